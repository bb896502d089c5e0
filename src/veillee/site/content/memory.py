"""Memory: what files of the content came to, kept from one build to the next.

What was read stands as long as the file has the same bytes, whatever its clock says, and as long as what it links to
is where it was. The file of the memory may be lost at any time, and costs nothing but time.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Generic, TypeVar

from veillee.site.packing import packed_as_call
from veillee.site.workers import dismiss, forked, worker_count
from veillee.standstill import SETTLED_NS

Read = TypeVar("Read")

Asked = tuple[tuple[str, str | None], ...]
"""Files that links were looked for, with what was found."""

FORM = 5
LEAST_READS = 500
"""Fewer are written sooner than a fork is made."""


@packed_as_call
@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file stands on the disk."""

    size: int
    mtime_ns: int
    ctime_ns: int


UNSETTLED = Stamp(-1, 0, 0)
"""Stands for no file: whether that is the same can only its bytes say."""


@packed_as_call
@dataclass(frozen=True, slots=True)
class Remembered:
    """A file that was read: how it stood, the digest of its bytes, what its links asked, and the packed read."""

    stamp: Stamp
    digest: bytes
    asked: Asked
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held(Generic[Read]):
    """A read that this process still has in memory."""

    stamp: Stamp
    digest: bytes
    asked: Asked
    read: Read


FEW_LOOKS = 20
"""Whoever asks for more files than so many is told how all of them stood."""

Shelf = dict[tuple[Path | None, bytes], dict[str, Held[Read]]]
"""What a process that builds again and again holds from one build to the next, for each file and signature."""


class Memory(Generic[Read]):
    """Of one site. `signature` covers everything besides the file that a reading hangs on.

    Without a `path`, nothing is kept on the disk; without a `shelf`, nothing for another build of this process.
    `unpack` makes a read of its packed form; whatever it raises, the file is read again. `learnt_count` says how many
    files were read, not remembered.
    """

    def __init__(
        self,
        path: Path | None,
        signature: bytes,
        unpack: Callable[[bytes], Read],
        *,
        shelf: Shelf[Read] | None = None,
    ) -> None:
        self._path = path
        self._signature = signature
        self._unpack = unpack
        self._held = self._on(shelf)
        self._is_holding = shelf is not None
        self._old: sqlite3.Connection | None = None
        self._new: dict[str, Remembered] = {}
        self._seen: set[str] = set()
        self.learnt_count = 0
        self.note = ""
        self._is_other = False
        self._look_count = 0
        self._writing: tuple[int, int] | None = None
        self._open()

    @property
    def is_empty(self) -> bool:
        """Whether no file at all is remembered."""
        return not (self._held or self._new or self._stamps)

    def knows(self, name: str, stamp: Stamp) -> bool:
        """Whether a file is remembered as it stands, without looking into it."""
        held = self._held.get(name)
        if held is not None and held.stamp == stamp:
            return True
        return name in self._new or (name in self._stamps and self._stamps[name][1] == stamp)

    def keeps(self, name: str) -> bool:
        """Whether the next build will find what this file came to."""
        return self._path is not None and (name in self._new or name in self._stamps)

    def is_asked_for(self, file_name: str) -> bool:
        """Whether a link of any file that is kept may have been looked for as this one, in whatever folder."""
        if self._old is None:
            return True
        wanted = "SELECT EXISTS (SELECT 1 FROM reads WHERE asked <> x'' AND instr(asked, ?))"
        return bool(self._old.execute(wanted, (file_name.encode("utf-8", "surrogateescape"),)).fetchone()[0])

    def kept(self, name: str) -> Read | None:
        """What a file came to when it was read last, whatever it holds by now."""
        found = self._new.get(name) or self._named(name)
        try:
            return None if found is None else self._unpack(found.content)
        except Exception:  # noqa: BLE001 whatever a pickle of another time raises
            return None

    def recall(self, name: str, path: Path, find: Callable[[str], str | None]) -> Read | None:
        """What reading this file comes to; `find` says where a link from it leads now."""
        try:
            return self._held_read(name, path, find) or self._kept_read(name, path, find)
        except OSError:  # it is gone since the folder was listed
            return None

    def _held_read(self, name: str, path: Path, find: Callable[[str], str | None]) -> Read | None:
        held = self._held.get(name)
        if held is None or _standing(held.stamp, held.digest, held.asked, path, find) is None:
            return None
        self._seen.add(name)
        return held.read if self._is_holding else self._held.pop(name).read

    def _kept_read(self, name: str, path: Path, find: Callable[[str], str | None]) -> Read | None:
        found = self._new.get(name) or self._row(name)
        stamp = None if found is None else _standing(found.stamp, found.digest, found.asked, path, find)
        if found is None or stamp is None:
            return None
        try:
            read = self._unpack(found.content)
        except Exception:  # noqa: BLE001 whatever a pickle of another time raises
            return None
        self._seen.add(name)
        if found.stamp != stamp:
            self._new[name] = Remembered(stamp, found.digest, found.asked, found.content)
        if self._is_holding:
            self._held[name] = Held(stamp, found.digest, found.asked, read)
        return read

    def learn(self, name: str, remembered: Remembered, read: Read | None = None) -> None:
        """Keeps what a file came to; the `read` itself, too, where another build may want it."""
        self._seen.add(name)
        self._new[name] = remembered
        self._held.pop(name, None)
        self.learnt_count += 1
        if read is not None and self._is_holding:
            self._held[name] = Held(remembered.stamp, remembered.digest, remembered.asked, read)

    def save(self, *, is_all: bool = True) -> None:
        """Keeps what was learnt, and forgets files that are gone; where that fails, the next build reads them again.

        `is_all`: every file was asked for, so that the others are gone.
        """
        gone = self._stamps.keys() - self._seen if is_all else set()
        for name in self._held.keys() - self._seen if is_all else ():
            del self._held[name]
        if self._path is None or not (self._new or gone):
            return
        try:
            self._write(gone)
        except sqlite3.OperationalError:  # another command reads in it, or the disk is full: it is as it was
            self.close()
        except (OSError, sqlite3.Error):
            self.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def save_beside(self) -> None:
        """As `save` of all, while this process goes on: `close` waits until it is done."""
        is_first = self._path is not None and self._old is None and not self._is_holding
        if is_first and worker_count(len(self._new), least=LEAST_READS) > 1:
            self._writing = forked(lambda _: self.save())
            self._new.clear()
        else:
            self.save()

    def close(self) -> None:
        """What was learnt and not kept is forgotten: whoever asks for it finds what is on the disk, or reads it."""
        for name in self._new:
            self._held.pop(name, None)
        if self._old is not None:
            self._old.close()
            self._old = None
        if self._writing is not None:
            dismiss([self._writing])
            self._writing = None

    def _on(self, shelf: Shelf[Read] | None) -> dict[str, Held[Read]]:
        """What is held of this site as it is set up now; what was held of it under other settings is dropped."""
        if shelf is None:
            return {}
        mine = (self._path, self._signature)
        for other in [key for key in shelf if key != mine]:
            del shelf[other]
        return shelf.setdefault(mine, {})

    def _open(self) -> None:
        if self._path is None or not self._path.exists():
            return
        try:
            self._old = sqlite3.connect(self._path, isolation_level=None)
            self._old.execute("BEGIN")  # one look at its locks, not one for each row
            head = self._old.execute("SELECT form, signature FROM head").fetchone()
            if head == (FORM, self._signature):
                return
            is_whole = head is not None and head[0] == FORM
        except (sqlite3.Error, TypeError, ValueError):
            is_whole = False
        if not is_whole:
            self.note = "what was read for the last build is damaged, or of another version; everything is read anew"
        self.close()
        self._is_other = True

    @cached_property
    def _stamps(self) -> dict[str, tuple[int, Stamp]]:
        """How each file stood, and where in the database it is."""
        if self._old is None:
            return {}
        try:
            rows = self._old.execute("SELECT rowid, name, size, mtime_ns, ctime_ns FROM reads").fetchall()
        except sqlite3.Error:
            return {}
        return {name: (row, Stamp(*stamp)) for row, name, *stamp in rows}

    def _row(self, name: str) -> Remembered | None:
        if "_stamps" not in self.__dict__ and self._look_count < FEW_LOOKS:
            self._look_count += 1
            return self._named(name)
        if self._old is None or name not in self._stamps:
            return None
        row, stamp = self._stamps[name]
        return self._found(name, stamp, row)

    def _named(self, name: str) -> Remembered | None:
        """The same for one file, without a look at all others."""
        if self._old is None:
            return None
        try:
            row = self._old.execute(
                "SELECT rowid, size, mtime_ns, ctime_ns FROM reads WHERE name = ?", (name,)
            ).fetchone()
        except sqlite3.Error:
            return None
        return None if row is None else self._found(name, Stamp(*row[1:]), row[0])

    def _found(self, name: str, stamp: Stamp, row: int) -> Remembered | None:
        assert self._old is not None
        wanted = "SELECT digest, asked, content, seal FROM reads WHERE rowid = ?"
        try:
            digest, asked, content, seal = self._old.execute(wanted, (row,)).fetchone()
            if _seal(name, stamp, digest, asked, content) != seal:
                return None
            links: Asked = pickle.loads(asked) if asked else ()  # noqa: S301 sealed
            return Remembered(stamp, digest, links, content)
        except (sqlite3.Error, TypeError, ValueError):
            return None

    def _write(self, gone: set[str]) -> None:
        if self._old is None:
            self._old = self._made()
        if self._old.in_transaction:
            self._old.execute("ROLLBACK")
        self._old.execute("PRAGMA synchronous=OFF")  # the file may be lost, not wrong: each row has a seal
        self._old.execute("BEGIN IMMEDIATE")
        self._old.executemany("DELETE FROM reads WHERE name = ?", [(name,) for name in gone])
        rows = (_as_row(name, one) for name, one in self._new.items() if _is_text(name))
        self._old.executemany("INSERT OR REPLACE INTO reads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._old.execute("COMMIT")
        self._new.clear()  # it lies on the disk now, and a build has more to hold

    def _made(self) -> sqlite3.Connection:
        """A new file, whole from its first moment."""
        assert self._path is not None
        if self._is_other:
            self._path.unlink(missing_ok=True)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = sqlite3.connect(self._path, isolation_level=None)
        made.execute("PRAGMA page_size=16384")
        made.execute("BEGIN IMMEDIATE")
        made.execute("CREATE TABLE head (form INTEGER, signature BLOB)")
        made.execute(
            "CREATE TABLE reads (name TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, "
            "digest BLOB, asked BLOB, content BLOB, seal INTEGER)"
        )
        made.execute("CREATE INDEX links ON reads (asked) WHERE asked <> x''")  # most files have none
        made.execute("INSERT INTO head VALUES (?, ?)", (FORM, self._signature))
        made.execute("COMMIT")
        return made


class Watch:
    """Holds the bytes of a file while it is read, so that what it came to is kept for these and no others."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._path = path
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 each build asks this of many files
            self._stamp = _settled(os.fstat(file.fileno()))
            self.raw = file.readall()

    def remembered(self, content: bytes, asked: Asked) -> Remembered | None:
        """What was read and packed, ready to be kept; None where the file was changed meanwhile."""
        digest = _digest(self.raw)
        try:
            if self._stamp is UNSETTLED:
                is_same = digest_of(self._path) == digest
            else:
                is_same = settled_stamp(self._path) == self._stamp
        except OSError:
            return None
        return Remembered(self._stamp, digest, asked, content) if is_same else None


def settled_stamp(path: Path) -> Stamp:
    """How a file stands, UNSETTLED where it was changed only now. Raises OSError."""
    return _settled(os.stat(path))  # noqa: PTH116 each build asks for every file


def _settled(found: os.stat_result) -> Stamp:
    if max(found.st_mtime_ns, found.st_ctime_ns) > time.time_ns() - SETTLED_NS:
        return UNSETTLED
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def digest_of(path: Path) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 each build asks this of many files
        return _digest(file.readall())


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def _standing(stamp: Stamp, digest: bytes, asked: Asked, path: Path, find: Callable[[str], str | None]) -> Stamp | None:
    """How a file stands now, where what it came to still holds. Raises OSError."""
    now = settled_stamp(path)
    if (now is UNSETTLED or now != stamp) and digest_of(path) != digest:
        return None
    return now if all(find(link) == target for link, target in asked) else None


def _is_text(name: str) -> bool:
    """Whether the name of a file can stand in a database; others are read each time."""
    return name.isprintable() or not any("\ud800" <= char <= "\udfff" for char in name)


def _as_row(name: str, one: Remembered) -> tuple[object, ...]:
    asked, stamp = pickle.dumps(one.asked) if one.asked else b"", one.stamp
    seal = _seal(name, stamp, one.digest, asked, one.content)
    return name, stamp.size, stamp.mtime_ns, stamp.ctime_ns, one.digest, asked, one.content, seal


def _seal(name: str, stamp: Stamp, digest: bytes, asked: bytes, content: bytes) -> int:
    """A sum that tells a row as it was written from a damaged one."""
    head = f"{name}\0{stamp.size}\0{stamp.mtime_ns}\0{stamp.ctime_ns}\0".encode()
    return zlib.crc32(content, zlib.crc32(asked, zlib.crc32(digest, zlib.crc32(head))))
