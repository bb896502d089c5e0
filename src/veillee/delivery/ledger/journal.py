"""The journal of a run: what is known of each message between two commits of the ledger.

    about to end -> (the final dot leaves) -> reply

A message without "about to end" has certainly not been handed over (RFC 5321 section 4.1.1.4: no final dot, no
delivery); one with a reply is settled; one with "about to end" alone is in doubt. Records survive the death of the
process, not that of the machine: they are not brought to the disk one by one. Room is reserved beforehand, so that a
full disk stops a run before a message is ended, and never between its end and its reply.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from veillee.delivery.envelope import Outcome, Reply
from veillee.errors import SourceError

ROOM_BYTES = 256 * 1024
RECORDS_OF_A_SEGMENT = 4096
MAX_WORDS = 300
_REPLY_BYTES = MAX_WORDS * 12 + 128  # the longest reply, were every character of it two escapes


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the journals of a run say. `ended` holds messages whose last record is "about to end".

    `is_sound` is False where a record in the middle cannot be read: then nothing is certain that is not a reply.
    """

    replies: dict[int, Outcome] = field(default_factory=dict)
    ended: frozenset[int] = frozenset()
    is_sound: bool = True


class Journal:
    """What one run writes. A segment goes when the ledger holds everything that it says."""

    def __init__(self, folder: Path, run: str) -> None:
        self._folder = folder
        self._run = run
        self._count = 0
        self._open: dict[int, _Segment] = {}  # by delivery: ended, and not yet in the ledger
        self._awaited: set[int] = set()
        self._current = self._new_segment()

    def about_to_end(self, delivery_id: int) -> None:
        """Raises SourceError where it cannot be written, or where there would be no room for the reply."""
        if self._current.record_count >= RECORDS_OF_A_SEGMENT:
            self._turn_over()
        self._forget_one(delivery_id)
        with _our_errors(self._current.path):
            self._current.append(f"E {delivery_id}", awaits_reply=True)
        self._open[delivery_id] = self._current
        self._awaited.add(delivery_id)
        self._current.open_count += 1

    def reply(self, delivery_id: int, outcome: Outcome) -> None:
        """Written into the segment that says how the message ended; nothing where it has not been ended."""
        segment = self._open.get(delivery_id)
        if segment is not None and delivery_id in self._awaited:
            self._awaited.discard(delivery_id)
            words = json.dumps(outcome.words[:MAX_WORDS])
            with _our_errors(segment.path):
                segment.append(f"R {delivery_id} {outcome.reply.value} {words}", awaits_reply=False)

    def awaits_reply(self, delivery_id: int) -> bool:
        """Whether a message may have left of which nothing more is known."""
        return delivery_id in self._awaited

    def forget(self, delivery_ids: Iterable[int]) -> None:
        """The ledger holds the outcome of these."""
        for delivery_id in delivery_ids:
            self._forget_one(delivery_id)

    def close(self, *, is_needed: bool) -> None:
        """Removes what was written, unless a later run needs it because the ledger does not hold it all."""
        for segment in {id(one): one for one in (*self._open.values(), self._current)}.values():
            segment.close(remove=not is_needed)

    def _forget_one(self, delivery_id: int) -> None:
        self._awaited.discard(delivery_id)
        segment = self._open.pop(delivery_id, None)
        if segment is not None:
            segment.open_count -= 1
            if segment is not self._current and not segment.open_count:
                segment.close(remove=True)

    def _turn_over(self) -> None:
        old, self._current = self._current, self._new_segment()
        if not old.open_count:
            old.close(remove=True)

    def _new_segment(self) -> _Segment:
        self._count += 1
        path = self._folder / f"{self._run}.{self._count:06}.journal"
        with _our_errors(path):
            return _Segment(path)


class _Segment:
    """One file, with zeros where nothing was written yet."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.record_count = 0
        self.open_count = 0
        self._awaited_count = 0
        self._number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._end = 0
        self._room = 0

    def append(self, text: str, *, awaits_reply: bool) -> None:
        record = _sealed(text)
        if awaits_reply:
            self._reserve(self._end + len(record) + (self._awaited_count + 1) * _REPLY_BYTES)
        done = 0
        while done < len(record):
            done += os.pwrite(self._number, record[done:], self._end + done)
        self._end += len(record)
        self._awaited_count += 1 if awaits_reply else -1
        self.record_count += 1

    def _reserve(self, size: int) -> None:
        while size > self._room:
            os.posix_fallocate(self._number, self._room, ROOM_BYTES)
            self._room += ROOM_BYTES

    def close(self, *, remove: bool) -> None:
        os.close(self._number)
        if remove:
            self.path.unlink(missing_ok=True)


class _our_errors:  # noqa: N801  # a context manager on the path of each message: a class costs less than a generator
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            todo = "make room on the disk, or check the folder's rights, and run this again: nothing is lost"
            raise SourceError(f"{self._path}: the journal cannot be written ({error.strerror}); {todo}") from error


def read_journal(folder: Path, run: str) -> Remembered | None:
    """What a run left; None where it left no journal. Raises SourceError where a file cannot be read."""
    paths = sorted(folder.glob(f"{run}.*.journal"))
    if not paths:
        return None
    replies: dict[int, Outcome] = {}
    ended: set[int] = set()
    is_sound = True
    for path in paths:
        with _our_errors(path):
            content = path.read_bytes()
        records, sound = _read_records(content)
        is_sound = is_sound and sound
        for words in records:
            delivery_id = int(words[1])
            if words[0] == "E":
                ended.add(delivery_id)
                replies.pop(delivery_id, None)
            else:
                ended.discard(delivery_id)
                replies[delivery_id] = Outcome(Reply(words[2]), json.loads(words[3]))
    return Remembered(replies, frozenset(ended), is_sound)


def remove_journal(folder: Path, run: str) -> None:
    """Once the ledger holds what it says."""
    for path in folder.glob(f"{run}.*.journal"):
        path.unlink(missing_ok=True)


def _sealed(text: str) -> bytes:
    return f"{crc32(text.encode()):08x} {text}\n".encode()


def _read_records(content: bytes) -> tuple[list[list[str]], bool]:
    """The records, and whether nothing but the very last one is torn."""
    written = content.rstrip(b"\0")
    records = list(_opened(written))
    if None not in records:
        return [one for one in records if one], True
    is_torn_end = records.index(None) == len(records) - 1
    return [one for one in records if one], is_torn_end


def _opened(written: bytes) -> Iterator[list[str] | None]:
    """Each line's words, None where its seal is broken."""
    for line in written.split(b"\n"):
        if not line:
            continue
        seal, _, text = line.partition(b" ")
        is_whole = seal == b"%08x" % crc32(text)
        yield text.decode().split(" ", 3) if is_whole else None
