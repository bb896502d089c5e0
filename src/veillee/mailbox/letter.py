"""A letter: one message as it lies in the mailbox, its beginning at least."""

from __future__ import annotations

from dataclasses import dataclass, field

BYTES_READ = 256 * 1024
"""No more of a message is read: what a report says stands in its beginning, and a huge one must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`key` is the mailbox's own name for it, `content` at most BYTES_READ bytes."""

    key: str
    content: bytes = field(repr=False)
