"""What Pelican says while it works: log records -> faults and notes, in words that say what to do.

Pelican logs an error and carries on; here every such loss becomes a fault, and nothing is printed on the way.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pelican.log import LimitFilter

from veillee.errors import Fault
from veillee.shown import shown_path

_SKIPPED = re.compile(r"Skipping (?P<path>.+): could not find information about '(?P<name>\w+)'")
_OUTSIDE = re.compile(r"Skipping (?P<path>.+): file '(?P<target>.+)' would be written outside output path")
_STATUS = re.compile(r"Unknown status '(?P<status>.*)' for file (?P<path>.+), skipping it")
_UNREADABLE = re.compile(r"Could not process (?P<path>.+)")
_UNLINKED = "Unable to find '%s', skipping url replacement."
_EMPTY_ALT = "Empty alt attribute for image"
PELICAN = "pelican"
"""What a fault names where Pelican names no file."""


class LogCollector(logging.Handler):
    """Keeps records instead of printing them."""

    def __init__(self, content: Path | None) -> None:
        super().__init__(logging.WARNING)
        self.content = content
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        record.raised = sys.exc_info()[1]
        self.records.append(record)

    def lost_files(self) -> set[str]:
        """The files that Pelican gave up, as messages name them."""
        return {fault.path for fault in self.faults() if fault.path != PELICAN}

    def errors(self) -> list[logging.LogRecord]:
        return [record for record in self.records if record.levelno >= logging.ERROR]

    def faults(self) -> tuple[Fault, ...]:
        """One fault for each error; what the run knows in more detail is left to the run."""
        return tuple(self._fault_of(record) for record in self.errors())

    def notes(self) -> tuple[str, ...]:
        """The warnings, each once, without those that our own checks say better."""
        found = (record for record in self.records if record.levelno == logging.WARNING)
        texts = (record.getMessage() for record in found if record.msg != _UNLINKED)
        return tuple(dict.fromkeys(text for text in texts if not text.startswith(_EMPTY_ALT)))

    def _fault_of(self, record: logging.LogRecord) -> Fault:
        message = record.getMessage()
        if match := _SKIPPED.match(message):
            name = match["name"]
            return self._fault(match["path"], f"there is no {name}", "", f"write a {name} at its top")
        if match := _OUTSIDE.match(message):
            found = f'it would be written to "{match["target"]}", outside of the output folder'
            return self._fault(match["path"], found, "", "mend its slug or save_as")
        if match := _STATUS.match(message):
            allowed = "published, hidden or draft"
            return self._fault(match["path"], f'status "{match["status"]}"', allowed, "choose one of them")
        if match := _UNREADABLE.match(message):
            error = getattr(record, "raised", None)
            found = f"it cannot be read: {error}" if error else "it cannot be read"
            return self._fault(match["path"], found, "", "mend the file")
        return Fault(PELICAN, 0, message.strip(), "", "mend the site's settings or plugins")

    def _fault(self, path: str, found: str, allowed: str, todo: str) -> Fault:
        absolute = (self.content / path) if self.content else Path(path)
        return Fault(shown_path(absolute), 0, found, allowed, todo)


class Listener(logging.Handler):
    """Counts what is said that people should hear."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.msg != _UNLINKED and not str(record.msg).startswith(_EMPTY_ALT)

    @contextmanager
    def listening(self) -> Iterator[None]:
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)


@contextmanager
def collected_logs(content: Path | None = None) -> Iterator[LogCollector]:
    """Everything logged inside goes to the collector and nowhere else; `content` is what paths are relative to."""
    root = logging.getLogger()
    collector = LogCollector(content)
    handlers, level = root.handlers[:], root.level
    forget_what_was_said()
    root.handlers = [collector]
    root.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield collector
    finally:
        root.handlers = handlers
        root.setLevel(level)
        forget_what_was_said()


def forget_what_was_said() -> None:
    """Pelican says each warning once in a process; a second run in one process must say it again."""
    LimitFilter._raised_messages.clear()
    LimitFilter._group_count.clear()
