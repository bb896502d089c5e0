"""The door to a built site: a path below its root -> whether it is there, and what a fragment may name in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from veillee.preflight.page import read_page

MAX_PAGE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """What lies in the output folder; nothing outside of it is ever looked at."""

    folder: Path

    @property
    def is_built(self) -> bool:
        return (self.folder / "index.html").is_file()

    def has_file(self, path: str) -> bool:
        return self.file(path) is not None

    def file(self, path: str) -> Path | None:
        """The file that a server would answer with; None where there is none."""
        try:
            root = self.folder.resolve()
            found = (root / path).resolve()
            if found.is_dir():
                found = found / "index.html"
            return found if found.is_relative_to(root) and found.is_file() else None
        except (OSError, ValueError):
            return None

    def anchors(self, path: str) -> frozenset[str] | None:
        """The ids and names in a page; None where it is no page, or cannot be read."""
        found = self.file(path)
        if found is None or found.suffix not in (".html", ".htm"):
            return None
        try:
            if found.stat().st_size > MAX_PAGE_BYTES:
                return None
            return read_page(found.read_text(encoding="utf-8", errors="replace")).anchors | {"top"}
        except OSError:
            return None
