"""Compressed copies beside the files of a site, for servers that send them as they are (nginx's `gzip_static`).

A copy has the time of its file: one with another time is made anew. Equal files give equal copies.
"""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Iterable
from pathlib import Path

from veillee.site.outputs.writing import write_whole

SUFFIX = ".gz"
LEAST_BYTES = 1_000
"""Smaller files fit into one packet as they are."""

_TEXTS = frozenset({
    ".css", ".html", ".ics", ".js", ".json", ".mjs", ".opml", ".svg", ".txt", ".webmanifest", ".xml",
})  # fmt: skip


def compress_files(output: Path, paths: Iterable[str]) -> set[str]:
    """Makes what is missing or old; gives the paths of all copies, below the output folder, with `/`."""
    return {f"{path}{SUFFIX}" for path in paths if Path(path).suffix in _TEXTS and _compress(output / path)}


def _compress(path: Path) -> bool:
    """Whether the file has a copy now."""
    try:
        status = path.stat()
    except OSError:
        return False
    if status.st_size < LEAST_BYTES:
        return False
    copy = Path(f"{path}{SUFFIX}")
    with contextlib.suppress(OSError):
        if copy.stat().st_mtime_ns == status.st_mtime_ns:
            return True
    write_whole(copy, gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True
