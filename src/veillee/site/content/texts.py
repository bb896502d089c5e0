"""Texts: who looks at the text of a content before its page is rendered, and where a text is fetched from.

A plugin that reads texts while the site is read may make anything of them: then what was planned hangs on every text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pelican.contents import Content

_TEXT = "_content"
FETCH = "_fetch_text"
"""Where a content keeps the function that fetches its text when it is asked for."""

_looks = 0
_heard: Callable[[Any], None] | None = None


def watch_texts() -> None:
    """Makes Pelican's contents tell when their text is looked at; a second call changes nothing."""
    if not isinstance(Content.__dict__.get(_TEXT), property):
        Content._content = property(_looked_at, _put)


def text_of(content: Any) -> Any:
    """The text of a content, looked at by us, who know what we make of it; None where it has none."""
    attributes = content.__dict__
    if _TEXT not in attributes and FETCH in attributes:
        attributes[_TEXT] = attributes[FETCH](content)
    return attributes.get(_TEXT)


def look_count() -> int:
    """How often others have looked at a text in this process."""
    return _looks


@contextmanager
def heard(tell: Callable[[Any], None]) -> Iterator[None]:
    """Whoever looks at the text of a content inside, `tell` is told of the content."""
    global _heard
    before, _heard = _heard, tell
    try:
        yield
    finally:
        _heard = before


@contextmanager
def unnoticed() -> Iterator[None]:
    """What is looked at inside is looked at by us."""
    global _looks
    before = _looks
    try:
        yield
    finally:
        _looks = before


def _looked_at(content: Content) -> Any:
    global _looks
    _looks += 1
    if _heard is not None:
        _heard(content)
    if _TEXT not in content.__dict__ and FETCH not in content.__dict__:
        raise AttributeError(_TEXT)
    return text_of(content)


def _put(content: Content, text: Any) -> None:
    content.__dict__[_TEXT] = text
