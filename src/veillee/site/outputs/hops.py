"""Hops: a template goes from one content to another, such as a neighbour's neighbour; what it leaves from is noted.

The digest of a content goes as far as what its neighbours plainly say; whoever goes further hangs on those in between.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from pelican.contents import Content
from pelican.urlwrappers import Author, Category, Tag
from pelican.utils import SafeDatetime

from veillee.site.outputs.digests import is_outlined
from veillee.site.outputs.tracking import note_hop

_PLAIN = frozenset({
    *(str, Markup, int, float, bool, bytes, type(None), date, datetime, time, timedelta, SafeDatetime),
    *(Tag, Category, Author),
})  # fmt: skip
"""What is part of what a content plainly says, told by its class alone."""
_NOT_SAID = frozenset({"translations"})


def follow_hops(environment: Environment) -> None:
    """The environment notes each content from which a template gets more than is plainly said of it.

    A second call changes nothing.
    """
    asked: Any = environment
    get_attribute, get_item = asked.getattr, asked.getitem
    if hasattr(get_attribute, "is_ours"):
        return

    def noted(content: Any, name: Any, value: Any) -> Any:
        if isinstance(content, Content) and (name in _NOT_SAID or not is_outlined(value)):
            note_hop(content)
        return value

    is_jinjas = type(environment).getattr is Environment.getattr

    def read_attribute(of: Any, attribute: str) -> Any:
        if is_jinjas:
            try:
                value = getattr(of, attribute)
            except AttributeError:
                value = _item_or_undefined(environment, of, attribute)
        else:
            value = get_attribute(of, attribute)
        return value if type(value) in _PLAIN else noted(of, attribute, value)

    def read_item(of: Any, argument: Any) -> Any:
        value = get_item(of, argument)
        return value if type(value) in _PLAIN else noted(of, argument, value)

    read_attribute.is_ours = True  # type: ignore[attr-defined]
    asked.getattr, asked.getitem = read_attribute, read_item


def _item_or_undefined(environment: Environment, of: Any, name: str) -> Any:
    """What Jinja gives where there is no such attribute."""
    try:
        return of[name]
    except (TypeError, LookupError, AttributeError):
        return environment.undefined(obj=of, name=name)
