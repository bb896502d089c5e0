"""Pagefind's bundles: what its command wrote -> the files to serve, the same for the same pages.

Pagefind keeps a filter's values in any order, and its languages too, so that no two runs agree. Here they are put in
order, and the files that name these files by a hash of theirs are written accordingly. Version 1.5 of its format.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from hashlib import blake2b

ENTRY = "pagefind-entry.json"
MAGIC = b"pagefind_dcd"
_PROGRAMS = ("pagefind.js", "pagefind-worker.js")
_COMPILED = ".pagefind"
_INDEX = (".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter")
ENDINGS = (_COMPILED, *_INDEX)


def served_files(bundle: Mapping[str, bytes], *, is_first: bool = True) -> dict[str, bytes]:
    """What a reader's browser asks for, the file that names the others last; Pagefind's own interfaces are left out.

    Of several bundles that are searched together, only the first one needs the programs.
    """
    files = {name: bundle[name] for name in sorted(bundle) if name.endswith(_INDEX)}
    if is_first:
        files |= {name: bundle[name] for name in sorted(bundle) if name in _PROGRAMS or name.endswith(_COMPILED)}
    hashes: dict[str, str] = {}
    for name in [name for name in files if name.endswith(".pf_filter")]:
        old = name.removeprefix("filter/").removesuffix(".pf_filter")
        content = ordered_filter(gzip.decompress(files.pop(name)))
        hashes[old] = _named(old, content)
        files[f"filter/{hashes[old]}.pf_filter"] = _packed(content)
    for name in [name for name in files if name.endswith(".pf_meta")]:
        old = name.removeprefix("pagefind.").removesuffix(".pf_meta")
        content = gzip.decompress(files.pop(name))
        for was, now in sorted(hashes.items()):
            content = content.replace(was.encode(), now.encode())
        hashes[old] = _named(old, content)
        files[f"pagefind.{hashes[old]}.pf_meta"] = _packed(content)
    entry = json.loads(bundle[ENTRY])
    for language in entry["languages"].values():
        language["hash"] = hashes.get(language["hash"], language["hash"])
    return {**dict(sorted(files.items())), ENTRY: json.dumps(entry, sort_keys=True).encode()}


def ordered_filter(content: bytes) -> bytes:
    """A filter with its values in order: CBOR (RFC 8949), `[name, [[value, [page, ...]], ...]]` after a mark."""
    _, at = _head(content, len(MAGIC))
    length, at = _head(content, at)
    count, first = _head(content, at + length)
    values, at = [], first
    for _ in range(count):
        start = at
        _, at = _head(content, at)
        length, at = _head(content, at)
        pages, at = _head(content, at + length)
        for _ in range(pages):
            _, at = _head(content, at)
        values.append(content[start:at])
    return content[:first] + b"".join(sorted(values)) + content[at:]


def _head(content: bytes, at: int) -> tuple[int, int]:
    """The number in the head of an item, and where the head ends."""
    kind = content[at] & 31
    if kind < 24:  # RFC 8949 section 3: the number itself
        return kind, at + 1
    end = at + 1 + (1 << (kind - 24))
    return int.from_bytes(content[at + 1 : end], "big"), end


def _named(old: str, content: bytes) -> str:
    """A name like the old one, `fr_1d13739`, by another hash of the same length."""
    language, _, digits = old.rpartition("_")
    return f"{language}_{blake2b(content, digest_size=16).hexdigest()[: len(digits)]}"


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
