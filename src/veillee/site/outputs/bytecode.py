"""Bytecode: compiled templates, kept from build to build, and shared by the environments of one build."""

from __future__ import annotations

import locale
import marshal
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pelican
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from veillee.site.outputs.fragments.finding import digest_of_template, looked_into
from veillee.site.outputs.signature import own_code, own_functions
from veillee.site.outputs.writing import write_whole

_HEAD = b"veillee templates 1\n"
_SIGNATURE_SIZE = 16
_OPTIONS = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks"),
    *("lstrip_blocks", "newline_sequence", "keep_trailing_newline", "optimized", "autoescape", "finalize", "is_async"),
    *("undefined", "code_generator_class", "sandboxed", "policies"),
)
"""What Jinja's compiler goes by; and by extensions."""

Looked = Mapping[str, str | None]
Compiled = tuple[str, dict[str, str | None], bytes]
"""The digest of a template's text, those of others that its code goes by, and the code."""
Named = tuple[tuple[tuple[str, bool], ...], bool]
"""The templates that a text names, each with whether it is imported; and whether there may be others."""


class _Kept(NamedTuple):
    code: dict[str, Compiled]
    named: dict[str, Named]


Shared = dict[bytes, _Kept]
"""What several sites of one process have compiled, by what compiled it."""


class TemplateCode(BytecodeCache):
    """Of one site, with what templates name in their texts. Without a `path`, it is kept for this build alone.

    Sites with the same `shared` compile a theme once among them. An environment with filters or tests of others
    compiles its templates each time: Jinja works out what these make of constants when it compiles.
    """

    def __init__(self, path: Path | None, shared: Shared | None = None) -> None:
        self._path = path
        self._shared = {} if shared is None else shared
        self._passing: dict[str, Named] = {}
        self._is_new = False
        self._options: dict[int, tuple[Environment, tuple[Any, ...], str]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        options = self._options_of(bucket.environment)
        key = f"{options} {bucket.key}"
        for kept in (self._own, self._others) if options else ():
            found = kept.code.get(key)
            if found is not None and found[0] == bucket.checksum and _still_says(found[1], bucket.environment):
                bucket.code = marshal.loads(found[2])  # noqa: S302 sealed where it comes from a file
                self._keep(key, found)
                return

    def dump_bytecode(self, bucket: Bucket) -> None:
        options = self._options_of(bucket.environment)
        if options:
            code = marshal.dumps(bucket.code)
            self._keep(f"{options} {bucket.key}", (bucket.checksum, looked_into(bucket.environment), code))

    def _keep(self, key: str, compiled: Compiled) -> None:
        self._is_new = self._is_new or self._own.code.get(key) is not compiled
        self._own.code[key] = self._others.code[key] = compiled

    def named_by(self, environment: Environment, source: str, work_out: Callable[[], Named]) -> Named:
        """The templates that a text names, as `work_out` finds them."""
        options = self._options_of(environment)
        key = f"{options or id(environment)} {_digest(source)}"
        if not options:
            return _found(self._passing, key, work_out)
        if key not in self._own.named:
            self._own.named[key] = _found(self._others.named, key, work_out)
            self._is_new = True
        return self._own.named[key]

    def save(self) -> None:
        """Keeps what was compiled for the next build; where that fails, the next build compiles it again."""
        if self._path is None or not self._is_new:
            return
        content = marshal.dumps(tuple(self._own))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, _HEAD + _signature() + zlib.crc32(content).to_bytes(4, "big") + content)
        except OSError:
            return
        self._is_new = False

    @cached_property
    def _own(self) -> _Kept:
        """Of this site."""
        return _loaded(self._path)

    @cached_property
    def _others(self) -> _Kept:
        """Of all sites that share."""
        return self._shared.setdefault(_signature(), _Kept({}, {}))

    def _options_of(self, environment: Environment) -> str:
        """What the compiler goes by in an environment; empty where nobody can say."""
        known = self._options.get(id(environment))
        functions = (*environment.filters.values(), *environment.tests.values(), *environment.extensions.values())
        if known is None or known[1] != functions:
            known = self._options[id(environment)] = environment, functions, _options_in_words(environment)
        return known[2]


def _found(named: dict[str, Named], key: str, work_out: Callable[[], Named]) -> Named:
    if key not in named:
        named[key] = work_out()
    return named[key]


def _options_in_words(environment: Environment) -> str:
    if any(own_functions(environment)):
        return ""
    said = [repr(getattr(environment, name)) for name in _OPTIONS]
    said += [type(environment).__qualname__, *sorted(environment.extensions), *sorted(environment.filters)]
    return blake2b("\0".join([*said, *sorted(environment.tests)]).encode(), digest_size=8).hexdigest()


def _digest(source: str) -> str:
    return blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _still_says(looked: Looked, environment: Environment) -> bool:
    """Whether other templates, by which code goes, have the same text."""
    return all(digest_of_template(environment, name) == digest for name, digest in looked.items())


def _loaded(path: Path | None) -> _Kept:
    try:
        found = path.read_bytes() if path is not None else b""
    except OSError:
        found = b""
    start = len(_HEAD) + _SIGNATURE_SIZE
    seal, content = found[start : start + 4], found[start + 4 :]
    if found[:start] != _HEAD + _signature() or not content or zlib.crc32(content).to_bytes(4, "big") != seal:
        return _Kept({}, {})
    return _Kept(*marshal.loads(content))  # noqa: S302 sealed


def _signature() -> bytes:
    """Of whatever compiles."""
    said = (sys.version, jinja2.__version__, pelican.__version__, locale.setlocale(locale.LC_ALL))
    return blake2b("\0".join(said).encode() + own_code(), digest_size=_SIGNATURE_SIZE).digest()
