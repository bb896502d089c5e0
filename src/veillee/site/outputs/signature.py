"""The signature of a build: what every page hangs on without reading it by name; with it, all are rendered anew."""

from __future__ import annotations

import locale
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_bytes
from typing import Any

from jinja2 import Environment
from pelican.settings import DEFAULT_CONFIG

import veillee
from veillee.site.outputs.digests import Digester, UnknownValueError, is_predictable
from veillee.site.programs import are_restless, sources_of

_PACKAGES = ("pelican", "jinja2", "markupsafe", "markdown", "pygments", "feedgenerator", "feedgen", "babel", "tzdata")
_READ_BY_NAME = frozenset(
    {
        "SITENAME",
        "SITEURL",
        "SITESUBTITLE",
        "SOCIAL",
        "LINKS",
        "MENUITEMS",
        "THEME",
        "THEME_STATIC_DIR",
        "OUTPUT_PATH",
        "PATH",
        "CACHE_PATH",
        "PLUGINS",
        "PLUGIN_PATHS",
    }
)
"""Settings of Pelican that only templates look at, or that show in what is read and rendered."""
_SUFFIXES = (".py", ".po")


def signature_of(settings: Mapping[str, Any], environments: Iterable[Environment] = ()) -> bytes:
    """Versions, the program itself, the locale, and those of Pelican's settings that its own code looks at.

    With the environments of the templates, also their filters and tests; with templates that look at `settings`, all
    settings.
    """
    digester = Digester(lambda: "")
    parts = [
        _versions(),
        own_code(),
        settings.get("_VEILLEE_CATALOGUES", b""),
        repr(locale.setlocale(locale.LC_ALL)).encode(),
    ]
    for name in sorted(name for name in DEFAULT_CONFIG if name not in _READ_BY_NAME):
        try:
            parts.append(name.encode() + digester.value(settings.get(name)))
        except UnknownValueError:
            parts.append(name.encode() + _said(settings.get(name), digester))
    found = {id(one): one for one in environments}.values()
    functions = [function for one in found for function in own_functions(one)]
    if functions:
        parts += [repr(sorted(set(map(repr_of, functions)))).encode(), _programs(settings, digester)]
    if any(map(_looks_at_settings, found)):
        parts.append(settings_digest(settings))
    return blake2b(b"\0".join(parts), digest_size=16).digest()


def own_functions(environment: Environment) -> Iterator[Any]:
    """Filters, tests and extensions that neither Jinja nor Pelican nor we have brought."""
    extensions = [type(one) for one in environment.extensions.values()]
    for function in (*environment.filters.values(), *environment.tests.values(), *extensions):
        plain = getattr(function, "func", function)
        if not is_predictable(plain):
            yield function


def repr_of(function: Any) -> str:
    """The name of a function, the same in every process."""
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _programs(settings: Mapping[str, Any], digester: Digester) -> bytes:
    """What a site's own functions are made of; where that looks at other files or at a clock, never the same."""
    sources = sources_of(settings, Path(settings.get("_VEILLEE_ROOT", ".")))
    if sources is None or are_restless(sources):
        return token_bytes(16)
    return b"".join(digester.source(str(source)) for source in sorted(sources))


def _looks_at_settings(environment: Environment) -> bool:
    """Whether a template reads `settings`, by which an article gives away all of them."""
    names = environment.list_templates(filter_func=lambda name: not name.startswith("!"))
    return any("settings" in environment.loader.get_source(environment, name)[0] for name in names)  # type: ignore[union-attr]


def settings_digest(settings: Mapping[str, Any]) -> bytes:
    """Of all settings; of one that cannot be digested, that it is there."""
    digester, parts = Digester(lambda: ""), []
    for name in sorted(name for name in settings if not name.startswith("_VEILLEE")):
        try:
            parts.append(name.encode() + digester.value(settings[name]))
        except UnknownValueError:
            parts.append(name.encode())
    return blake2b(b"".join(parts), digest_size=16).digest()


def _said(value: object, digester: Digester) -> bytes:
    """Functions of a settings file, and what else only its text can tell apart."""
    functions = value.values() if isinstance(value, Mapping) else ()
    sources = {one.__code__.co_filename for one in functions if hasattr(one, "__code__")}
    names = sorted(map(str, value)) if isinstance(value, Mapping) else [type(value).__qualname__]
    return b"".join([repr(names).encode(), *(digester.source(source) for source in sorted(sources))])


@cache
def _versions() -> bytes:
    return "\n".join([platform.python_version(), *(f"{name} {_version(name)}" for name in _PACKAGES)]).encode()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


@cache
def own_code() -> bytes:
    """When the files of the program were changed: whoever develops it has one version for months."""
    folder = Path(veillee.__file__).parent
    files = sorted(path for suffix in _SUFFIXES for path in folder.rglob(f"*{suffix}"))
    stats = ((path, path.stat()) for path in files)
    return "\n".join(f"{path.name} {found.st_size} {found.st_mtime_ns}" for path, found in stats).encode()
