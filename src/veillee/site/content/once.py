"""Once: what Pelican works out at each look at a content, worked out with what it hangs on and nothing else.

Pelican copies all metadata of an article for each look at its address, and asks the system where it is for each look at
its place. On sites that use our plugin an address is filled in with the names that its pattern has; nothing is
remembered, so that what a plugin changes shows at once, as it always did.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import Any

from pelican.cache import FileStampDataCacher
from pelican.contents import Content
from pelican.urlwrappers import URLWrapper
from pelican.utils import path_to_url

from veillee.site.content.links import has_usual_links, tags_to_work_out
from veillee.site.content.texts import text_of, unnoticed
from veillee.site.run import RUN_KEY

_OF_WRAPPERS = ("url", "save_as", "page_name")
_OF_CONTENTS = ("url", "save_as")


@contextmanager
def settled_addresses() -> Iterator[None]:
    """Nothing that an address is made of changes any more: each is worked out once, for contents and for their tags."""
    originals = {
        **{(URLWrapper, name): URLWrapper.__dict__[name] for name in _OF_WRAPPERS},
        **{(Content, name): Content.__dict__[name] for name in _OF_CONTENTS},
    }
    for (kind, name), original in originals.items():
        once = _once_for_a_name if kind is URLWrapper else _once_for_each
        setattr(kind, name, property(once(original.fget)))
    try:
        with _last_tags.settled():
            yield
    finally:
        for (kind, name), original in originals.items():
            setattr(kind, name, original)


def _once_for_a_name(work_out: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[tuple[Any, ...], Any] = {}

    def once(wrapper: URLWrapper) -> Any:
        place = wrapper.__class__, wrapper._name, wrapper._slug, id(wrapper.settings)
        if place not in known:
            known[place] = work_out(wrapper)
        return known[place]

    return once


def _once_for_each(work_out: Callable[[Any], str]) -> Callable[[Any], str]:
    known: dict[int, tuple[str, Content]] = {}

    def once(content: Content) -> str:
        found = known.get(id(content))
        if found is None:
            found = known[id(content)] = work_out(content), content  # which is held, so that no other gets its number
        return found[0]

    return once


def hasten_contents() -> None:
    """Makes Pelican's contents quicker to ask; a second call changes nothing."""
    if not hasattr(Content._expand_settings, "is_ours"):
        Content._expand_settings = _filled_in(Content._expand_settings, Content.url_format)
        Content.get_relative_source_path = _placed(Content.get_relative_source_path)
        Content._update_content = _where_links_are(Content._update_content)
        Content.get_static_links = _if_links_are(Content.get_static_links)
        Content._has_valid_save_as = _inside(Content._has_valid_save_as)
        FileStampDataCacher.cache_data = _unless_off(FileStampDataCacher.cache_data)
        FileStampDataCacher.get_cached_data = _unless_empty(FileStampDataCacher.get_cached_data)


def _filled_in(original: Callable[..., str], url_format: Any) -> Callable[..., str]:
    def _expand_settings(self: Content, key: str, klass: str | None = None) -> str:
        if RUN_KEY not in self.__dict__.get("settings", ()) or type(self).url_format is not url_format:
            return original(self, key, klass)
        return _filled(self, key, klass, original)

    _expand_settings.is_ours = True  # type: ignore[attr-defined]
    return _expand_settings


def _filled(self: Content, key: str, klass: str | None, original: Callable[..., str]) -> str:
    pattern = str(self.settings[f"{klass or self.__class__.__name__}_{key}".upper()])
    names = _names_in(pattern)
    if names is None:
        return original(self, key, klass)
    return pattern.format(**{name: _value_of(self, name) for name in names})


@lru_cache(maxsize=100)
def _names_in(pattern: str) -> tuple[str, ...] | None:
    """The names that a pattern fills in; None where it does anything but name them."""
    try:
        parts = [(name, spec) for _, name, spec, _ in Formatter().parse(pattern) if name is not None]
    except ValueError:
        return None
    if any(not name.isidentifier() or "{" in (spec or "") for name, spec in parts):
        return None
    return tuple(dict.fromkeys(name for name, _ in parts))


def _value_of(content: Content, name: str) -> Any:
    """What Pelican fills in; KeyError where it has nothing of that name."""
    if name == "slug":
        return getattr(content, "slug", "")
    if name in ("author", "category"):
        return getattr(content, name).slug if hasattr(content, name) else ""
    if name == "date":
        return content.date if hasattr(content, "date") else datetime.now()  # noqa: DTZ005 as Pelican does
    if name == "lang":
        return getattr(content, "lang", "en")
    if name == "path":
        return path_to_url(content.metadata.get("path", content.get_relative_source_path()))
    return content.metadata[name]


def _placed(original: Callable[..., str | None]) -> Callable[..., str | None]:
    def get_relative_source_path(self: Content, source_path: str | None = None) -> str | None:
        path = source_path or self.source_path
        if isinstance(path, str):
            folder = _folder(self.settings["PATH"])
            if folder and path.startswith(folder):
                rest = path[len(folder) :]
                if rest and "//" not in rest and "/." not in rest and rest[0] not in "./" and rest[-1] != "/":
                    return rest
        return original(self, source_path)

    return get_relative_source_path


def _has_static_links(content: Content, html: str) -> bool:
    """Whether there may be one to a file that is copied as it is."""
    if not has_usual_links(content):
        return True
    return ("static" in html or "attach" in html) and _STATIC.search(html) is not None


_STATIC = re.compile(r"[{|](?:static|attach)[|}]")


def _where_links_are(original: Callable[..., str]) -> Callable[..., str]:
    def _update_content(self: Content, content: str, siteurl: str) -> str:
        if not isinstance(content, str) or not has_usual_links(self):
            return original(self, content, siteurl)
        tags = tags_to_work_out(content)
        if tags is None:
            return original(self, content, siteurl)
        parts, done = [], 0
        for start, end in tags:
            parts += [content[done:start], _last_tags.shown(self, content[start:end], siteurl, original)]
            done = end
        return "".join([*parts, content[done:]]) if parts else content

    return _update_content


class _LastTags:
    """The tags of the content that was shown last, each worked out once: a page shows them, and then it is digested."""

    def __init__(self) -> None:
        self._is_settled = False
        self._of: tuple[Content, str] | None = None
        self._known: dict[str, str] = {}

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Nothing that a link hangs on changes any more."""
        self._is_settled = True
        try:
            yield
        finally:
            self._is_settled, self._of, self._known = False, None, {}

    def shown(self, content: Content, tag: str, site_url: str, work_out: Callable[..., str]) -> str:
        """A tag as it is shown below an address."""
        if not self._is_settled:
            return work_out(content, tag, site_url)
        if self._of is None or self._of[0] is not content or self._of[1] != site_url:
            self._of, self._known = (content, site_url), {}
        found = self._known.get(tag)
        if found is None:
            found = self._known[tag] = work_out(content, tag, site_url)
        return found


_last_tags = _LastTags()


def _if_links_are(original: Callable[..., set[str]]) -> Callable[..., set[str]]:
    def get_static_links(self: Content) -> set[str]:
        text = text_of(self)
        if isinstance(text, str) and not _has_static_links(self, text):
            return set()
        tags = tags_to_work_out(text) if isinstance(text, str) and has_usual_links(self) else None
        if tags is None:
            with unnoticed():
                return original(self)
        with unnoticed(), _saying(self, "".join([text[start:end] for start, end in tags])):
            return original(self)

    return get_static_links


@contextmanager
def _saying(content: Content, text: str) -> Iterator[None]:
    """Meanwhile, this is the text of a content."""
    own, content._content = text_of(content), text
    try:
        yield
    finally:
        content._content = own


def _inside(original: Callable[..., bool]) -> Callable[..., bool]:
    def _has_valid_save_as(self: Content) -> bool:
        """A path that never goes up stays below the output folder, whatever that is."""
        if "OUTPUT_PATH" in self.settings:
            path = self.save_as
            if isinstance(path, str) and ".." not in path and path[:1] != "/" and os.sep == "/":
                return True
        return original(self)

    return _has_valid_save_as


@lru_cache(maxsize=100)
def _folder(path: str) -> str:
    """An absolute folder with a slash at its end; empty where it is not written as the system writes it."""
    return f"{path}/" if os.path.abspath(path) == path and os.sep == "/" and path != "/" else ""  # noqa: PTH100


def _unless_off(original: Callable[..., None]) -> Callable[..., None]:
    def cache_data(self: FileStampDataCacher, filename: str, data: Any) -> None:
        """Pelican keeps every article for a cache that it never writes where that is turned off."""
        if self._cache_data_policy or RUN_KEY not in self.settings:
            original(self, filename, data)

    return cache_data


def _unless_empty(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_cached_data(self: FileStampDataCacher, filename: str, default: Any = None) -> Any:
        """Pelican looks at the clock of every file, and then into a cache that is empty."""
        if RUN_KEY in self.settings and not self._cache and self._filestamp_func is os.path.getmtime:
            return default
        return original(self, filename, default)

    return get_cached_data
