"""A mailbox that mail comes back to, read: a maildir or a folder on a server -> letters that nobody has read yet.

What is taken care of is marked as read, and nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from veillee.mailbox.letter import Letter
from veillee.mailbox.places import ImapPlace, MaildirPlace


class Inbox(Protocol):
    """One mailbox, open for a while. Its failures are SourceErrors, a wrong password is a ConfigurationError."""

    @property
    def label(self) -> str:
        """How messages name it: without a password."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def unread(self) -> Iterator[Letter]:
        """What nobody has read yet, the oldest first. Reading marks nothing."""
        ...

    def mark_read(self, letter: Letter) -> None:
        """Says that it was taken care of; whoever removed it meanwhile is not disturbed."""
        ...


def open_inbox(place: MaildirPlace | ImapPlace) -> Inbox:
    """The inbox at a place; it is reached when it is entered."""
    if isinstance(place, MaildirPlace):
        from veillee.mailbox.maildir import MaildirInbox

        return MaildirInbox(place.folder)
    from veillee.mailbox.imap import ImapInbox

    return ImapInbox(place)
