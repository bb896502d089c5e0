"""The search index of a preview, brought up to date beside the builds: a save is seen before it can be searched."""

from __future__ import annotations

import threading
from collections.abc import Callable

from veillee.config import SiteSettings
from veillee.errors import SourceError
from veillee.site.leftovers import LIST_NAME, Leftovers
from veillee.site.outputs.book import Book
from veillee.site.search.index import Search

QUIET_S = 0.5
"""Saves that come one shortly after the other are indexed once."""
_PATIENCE_S = 5.0
"""So long the end of a program waits for what it has begun."""


class Indexer:
    """Makes the index anew a moment after it was asked to; `say` gets what goes wrong, once.

    It does so in a thread, which ends when there is nothing left to do: builds do not fork beside threads.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = ""
        self._calm = threading.Condition()
        self._site: tuple[SiteSettings, str] | None = None
        self._is_busy = False
        self._stop = threading.Event()

    def ask(self, site: SiteSettings, settings_file: str) -> None:
        """The pages of this site may have changed."""
        with self._calm:
            self._site = (site, settings_file)
            if self._is_busy:
                self._calm.notify_all()
                return
            self._is_busy = True
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """Whether there is nothing left to do."""
        with self._calm:
            return self._calm.wait_for(lambda: not self._is_busy, timeout_s)

    def stop(self) -> None:
        """The program ends, and an index that is being made with it: nothing more is said, and nothing stays behind."""
        self._stop.set()
        with self._calm:
            self._calm.notify_all()
        self.wait(_PATIENCE_S)

    def _run(self) -> None:
        while site := self._next():
            try:
                refresh_beside(*site, stop=self._stop)
            except (SourceError, OSError) as error:
                if str(error) != self._said and not self._stop.is_set():
                    self._said = str(error)
                    self._say(self._said)

    def _next(self) -> tuple[SiteSettings, str] | None:
        """What was asked for last, when nothing more has been asked for a moment; None at the end."""
        with self._calm:
            while self._site is not None and not self._stop.is_set() and self._calm.wait(QUIET_S):
                pass
            site, self._site = None if self._stop.is_set() else self._site, None
            if site is None:
                self._is_busy = False
                self._calm.notify_all()
            return site


def refresh_beside(site: SiteSettings, settings_file: str, *, stop: threading.Event) -> None:
    """Makes the index while builds may go on, and puts it in place when none does.

    Raises SourceError, OSError; the former, too, as soon as it is to `stop`.
    """
    book = Book(site.var, site.output, settings_file)
    search = Search(site.output, book.search)
    if search.is_right:
        return
    index = search.make(stop=stop)
    with book.held(lambda: None, is_build=False):
        search.put(index, Leftovers(site.output, site.output / LIST_NAME, book.recorded_files))
