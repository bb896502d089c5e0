"""Keeping: the texts of fragments, for as long as nothing that they show changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2.utils import missing
from markupsafe import Markup
from pelican.contents import Content
from pelican.urlwrappers import URLWrapper

from veillee.site.outputs.fragments.lasting import Lasting, Noted, Others, Place
from veillee.site.outputs.tracking import Told, back_to, current_reads, listen_apart

_BY_VALUE = frozenset({str, Markup, int, bool, bytes, type(None)})  # 0.0 is equal to -0.0, and looks otherwise
_STILL = (Content, URLWrapper)
"""What does not change while pages are rendered, and says the same whenever it is asked."""


class Fragment:
    """A text; None as long as it is not rendered."""

    __slots__ = ("text",)

    def __init__(self, text: str | None = None) -> None:
        self.text = text

    def keep(self, text: str) -> None:
        """It was rendered."""
        self.text = text


class _Known(Fragment):
    """A fragment that was rendered, in a build before where it is not `is_new`.

    `contents` are those that it shows; they are held, so that nothing else gets their numbers.
    """

    __slots__ = ("contents", "is_new", "others", "told")

    def __init__(self, text: str, contents: Any, others: Others, told: Told, *, is_new: bool) -> None:
        super().__init__(text)
        self.contents = contents
        self.others = others
        self.told = told
        self.is_new = is_new


class _Awaited(Fragment):
    """A fragment that is rendered now: what is read meanwhile is noted for it."""

    __slots__ = ("_contents", "_key", "_of", "_others", "_outer", "_said")

    def __init__(self, of: Fragments, key: tuple[Any, ...], contents: Any, others: Others) -> None:
        super().__init__()
        self._of = of
        self._key = key
        self._contents = contents
        self._others = others
        self._said = of.said()
        self._outer = listen_apart()

    def keep(self, text: str) -> None:
        self.text = text
        known = _Known(text, self._contents, self._others, back_to(self._outer), is_new=True)
        if self._said == self._of.said():  # whoever hears something said says it anew
            self._of.put(self._key, known)


class Fragments:
    """Those of one environment, while pages are rendered.

    Of each fragment the last text is kept for each content that it shows: whatever else it hangs on is mostly the same
    on all pages.
    """

    def __init__(self) -> None:
        self._by_address: dict[str, dict[tuple[Any, ...], _Known]] | None = None
        self._known: dict[tuple[Any, ...], _Known] | None = None
        self._is_still: dict[type, bool] = {}
        self._others: dict[Others, Others] = {}
        self._lasting: Lasting | None = None
        self._site_url = ""
        self.said: Callable[[], int] = int

    @contextmanager
    def kept(self, lasting: Lasting | None, said: Callable[[], int]) -> Iterator[None]:
        """Nothing that a page shows changes meanwhile.

        `lasting` knows texts of builds before, `said` tells how much was said by now that people should hear.
        """
        self._by_address, self._lasting, self.said = {}, lasting, said
        try:
            yield
        finally:
            self._known = self._by_address = self._lasting = None
            self._others.clear()
            self.said = int

    def begin(self, site_url: str) -> None:
        """What comes next is part of a page that says this for the site's address."""
        self._site_url = site_url
        self._known = None if self._by_address is None else self._by_address.setdefault(site_url, {})

    def of(self, place: Place, values: tuple[Any, ...]) -> Fragment:
        """The fragment that stands there with these values of its names."""
        known, reads = self._known, current_reads()
        if known is None or reads is None:
            return Fragment()
        contents: list[Any] = []
        others: list[Any] = []
        for value in values:
            kind = type(value)  # a content that is asleep wakes up where it is asked for its class
            if kind in _BY_VALUE:
                others += kind, value
            elif value is missing:
                others += None, None
            elif self._is_still.get(kind) or self._found_still(kind):
                contents.append(value)
                others += Content if issubclass(kind, Content) else URLWrapper, None
            else:
                return Fragment()
        if not contents:
            return Fragment()
        key = (place, id(contents[0])) if len(contents) == 1 else (place, *map(id, contents))
        besides = tuple(others)
        besides = self._others.setdefault(besides, besides)
        found = known.get(key)
        if found is None or found.others is not besides:
            shown = contents[0] if len(contents) == 1 else tuple(contents)
            found = self._lasting_one(place, shown, besides)
            if found is None:
                return _Awaited(self, key, shown, besides)
            known[key] = found
        reads.tell(found.told)
        return found

    def put(self, key: tuple[Any, ...], fragment: _Known) -> None:
        """It was rendered, and is known from now on."""
        assert self._known is not None
        self._known[key] = fragment

    def noted(self) -> Iterator[Noted]:
        """The fragments that a later build may use."""
        if self._lasting is not None and self._by_address is not None:
            for site_url, known in self._by_address.items():
                for (place, *_), one in known.items():
                    if one.is_new and one.text is not None and isinstance(one.contents, Content):
                        yield from self._lasting.noted((site_url, *place), one.contents, one.others, one.text, one.told)

    def _lasting_one(self, place: Place, shown: Any, others: Others) -> _Known | None:
        """A fragment of a build before."""
        if self._lasting is None or not self._lasting.known or type(shown) is tuple:
            return None
        found = self._lasting.found((self._site_url, *place), shown, others)
        return None if found is None else _Known(found[0], shown, others, found[1], is_new=False)

    def _found_still(self, kind: type) -> bool:
        known = self._is_still[kind] = issubclass(kind, _STILL)
        return known
