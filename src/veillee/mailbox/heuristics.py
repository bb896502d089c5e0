"""Bounces in no standard form, from twenty years of mail servers: by flufl.bounce. Its door."""

from __future__ import annotations

import logging
from email.message import Message

from flufl.bounce import all_failures

from veillee.mailbox.anatomy import UnreadableError


def has_failed_for_good(message: Message) -> bool | None:
    """True where a server's own form says so, False where it says that it still tries, None where it says nothing."""
    _keep_quiet()
    try:
        temporary, permanent = all_failures(message)
    except Exception as err:
        raise UnreadableError(f"it cannot be understood as a bounce ({type(err).__name__})") from err
    if permanent:
        return True
    return False if temporary else None


def _keep_quiet() -> None:
    """The library writes a traceback for each message that breaks one of its detectors; we say it in our own words."""
    logging.getLogger("flufl.bounce").disabled = True
