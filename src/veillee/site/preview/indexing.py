"""The search index of a preview, brought up to date beside the builds: a save is seen before it can be searched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from veillee.config import SiteSettings
from veillee.errors import SourceError
from veillee.site.leftovers import LIST_NAME, Leftovers
from veillee.site.outputs.book import Book
from veillee.site.search.index import Search

QUIET_S = 0.5
"""Saves that come one shortly after the other are indexed once."""


class Indexer:
    """Makes the index anew in a thread of its own, a moment after it was asked to; `say` gets what goes wrong, once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = ""
        self._asked = threading.Event()
        self._idle = threading.Event()
        self._site: tuple[SiteSettings, str] | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def ask(self, site: SiteSettings, settings_file: str) -> None:
        """The pages of this site may have changed."""
        self._site = (site, settings_file)
        self._idle.clear()
        self._asked.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether there is nothing left to do."""
        return self._idle.wait(timeout_s)

    def _run(self) -> Any:
        while self._asked.wait():
            while self._asked.is_set():
                self._asked.clear()
                self._asked.wait(QUIET_S)
            assert self._site is not None
            try:
                refresh_beside(*self._site)
            except (SourceError, OSError) as error:
                if str(error) != self._said:
                    self._said = str(error)
                    self._say(self._said)
            if not self._asked.is_set():
                self._idle.set()


def refresh_beside(site: SiteSettings, settings_file: str) -> None:
    """Makes the index while builds may go on, and puts it in place when none does."""
    book = Book(site.var, site.output, settings_file)
    search = Search(site.output, book.search)
    if search.is_right:
        return
    index = search.make(is_kind=True)
    with book.held(lambda: None):
        search.put(index, Leftovers(site.output, site.output / LIST_NAME, book.recorded_files))
