"""Memory: what reading a file of the content came to, kept from one build to the next.

Only what was read without a word of trouble is kept: a file with a fault is read again, and says it again. What was
read stands as long as the file has the same bytes, whatever its clock says, and as long as what it links to is where
it was.
"""

from __future__ import annotations

import io
import pickle
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

FORM = 1

Result = tuple[str, dict[str, Any]]
"""HTML and metadata, as a reader gives them."""
Asked = tuple[tuple[str, str | None], ...]
"""Files that links were looked for, with what was found."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file stands on the disk."""

    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """A file that was read: how it stood, the digest of its bytes, what its links asked, and the pickled result."""

    stamp: Stamp
    digest: bytes
    asked: Asked
    content: bytes = field(repr=False)


class Memory:
    """Of one site. `signature` covers everything besides the file that a reading hangs on.

    `ties` are objects of this build that results point at (settings): they are not kept, but tied in again.
    """

    def __init__(self, path: Path | None, signature: bytes, ties: Mapping[str, Any]) -> None:
        self._path = path
        self._signature = signature
        self._ties = dict(ties)
        self._names = {id(one): name for name, one in ties.items()}
        self._stamps: dict[str, Stamp] = {}
        self._old: sqlite3.Connection | None = None
        self._new: dict[str, Remembered] = {}
        self._seen: set[str] = set()
        self.note = ""
        self._is_other = False
        self._open()

    def knows(self, name: str, stamp: Stamp) -> bool:
        """Whether a file is remembered as it stands, without looking into it."""
        return name in self._new or self._stamps.get(name) == stamp

    def recall(self, name: str, path: Path, find: Callable[[str, str], str | None]) -> Result | None:
        """What reading this file comes to; `find` says where a link from a file leads now."""
        found = self._new.get(name) or self._row(name)
        if found is None:
            return None
        stamp = stamp_of(path)
        if found.stamp != stamp and digest_of(path) != found.digest:
            return None
        if any(find(name, link) != target for link, target in found.asked):
            return None
        try:
            result: Result = _Untied(io.BytesIO(found.content), self._ties).load()
        except Exception:  # noqa: BLE001 whatever a pickle of another time raises
            return None
        self._seen.add(name)
        if found.stamp != stamp:
            self._new[name] = Remembered(stamp, found.digest, found.asked, found.content)
        return result

    def learn(self, name: str, remembered: Remembered) -> None:
        """Keeps what a file came to."""
        self._seen.add(name)
        self._new[name] = remembered

    def news(self, names: Iterable[str]) -> dict[str, Remembered]:
        """What was learnt of these files."""
        return {name: self._new[name] for name in names if name in self._new}

    def packed(self, path: Path, stamp: Stamp, result: Result, asked: Asked) -> Remembered | None:
        """A result ready to be kept; None where it cannot be, or where the file was changed meanwhile."""
        file = io.BytesIO()
        try:
            _Tied(file, self._names).dump(result)
        except Exception:  # noqa: BLE001 a plugin's object that no pickle takes
            return None
        return Remembered(stamp, digest_of(path), asked, file.getvalue()) if stamp_of(path) == stamp else None

    def save(self) -> None:
        """Keeps what was learnt, and forgets files that are gone; where that fails, the next build reads everything."""
        gone = self._stamps.keys() - self._seen
        if self._path is None or not (self._new or gone):
            return
        try:
            self._write(gone)
        except (OSError, sqlite3.Error):
            self.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._old is not None:
            self._old.close()
            self._old = None

    def _open(self) -> None:
        if self._path is None or not self._path.exists():
            return
        try:
            self._old = sqlite3.connect(self._path, isolation_level=None)
            form, signature = self._old.execute("SELECT form, signature FROM head").fetchone()
            if (form, signature) == (FORM, self._signature):
                rows = self._old.execute("SELECT name, size, mtime_ns, ctime_ns FROM reads")
                self._stamps = {name: Stamp(*stamp) for name, *stamp in rows}
                return
        except (sqlite3.Error, TypeError, ValueError):
            self.note = "what was read for the last build is damaged, or of another version; everything is read anew"
        self.close()
        self._is_other = True

    def _row(self, name: str) -> Remembered | None:
        if self._old is None or name not in self._stamps:
            return None
        try:
            wanted = "SELECT digest, asked, content, seal FROM reads WHERE name = ?"
            digest, asked, content, seal = self._old.execute(wanted, (name,)).fetchone()
            if _seal(digest, asked, content) != seal:
                return None
            return Remembered(self._stamps[name], digest, pickle.loads(asked), content)  # noqa: S301 sealed
        except (sqlite3.Error, TypeError, ValueError):
            return None

    def _write(self, gone: set[str]) -> None:
        assert self._path is not None
        if self._old is None:
            if self._is_other:
                self._path.unlink(missing_ok=True)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._old = sqlite3.connect(self._path, isolation_level=None)
            self._old.execute("PRAGMA synchronous=OFF")  # the file may be lost, not wrong: each row has a seal
            self._old.execute("CREATE TABLE head (form INTEGER, signature BLOB)")
            self._old.execute(
                "CREATE TABLE reads (name TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, "
                "digest BLOB, asked BLOB, content BLOB, seal BLOB)"
            )
            self._old.execute("INSERT INTO head VALUES (?, ?)", (FORM, self._signature))
        self._old.execute("BEGIN IMMEDIATE")
        self._old.executemany("DELETE FROM reads WHERE name = ?", [(name,) for name in gone])
        self._old.executemany(
            "INSERT OR REPLACE INTO reads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_as_row, self._new.items())
        )
        self._old.execute("COMMIT")


def stamp_of(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def digest_of(path: Path) -> bytes:
    return blake2b(path.read_bytes(), digest_size=16).digest()


def _as_row(item: tuple[str, Remembered]) -> tuple[Any, ...]:
    name, one = item
    asked = pickle.dumps(one.asked)
    seal = _seal(one.digest, asked, one.content)
    return name, one.stamp.size, one.stamp.mtime_ns, one.stamp.ctime_ns, one.digest, asked, one.content, seal


def _seal(*parts: bytes) -> bytes:
    return blake2b(b"\0".join(parts), digest_size=8).digest()


class _Tied(pickle.Pickler):
    """Leaves the objects of this build out, by name."""

    def __init__(self, file: io.BytesIO, names: Mapping[int, str]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = names

    def persistent_id(self, obj: Any) -> str | None:
        return self._names.get(id(obj))


class _Untied(pickle.Unpickler):
    """Puts the objects of this build in."""

    def __init__(self, file: io.BytesIO, ties: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._ties = ties

    def persistent_load(self, pid: str) -> Any:
        return self._ties[pid]
