"""Plugins: they have their turn at the articles of a plan -> those to which they give other attributes than before.

They find each article asleep: what they set is compared with what was set, and what they look at has not been set yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pelican.contents import Content
from pelican.plugins import signals
from pelican.urlwrappers import URLWrapper

from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.content.texts import look_count
from veillee.site.replay.lists import Lists
from veillee.site.replay.stage import Stage
from veillee.site.replay.thawing import Setting, Thawing, is_asleep
from veillee.site.replay.ties import ABSENT, NONE, Ties

MOST_CHANGED = 50
"""Where plugins change more articles than so many, a build of everything is about as quick."""


def changed_by_plugins(new: Sequence[Any], lists: Lists, stage: Stage, ties: Ties) -> list[Any]:
    """The articles that are not as they were since new ones stand in the lists; the ties hold what is set in them now.

    Raises ChangedOtherwiseError where plugins do anything else.
    """
    ties.contents += new
    for column in ties.columns:
        column += [ABSENT] * len(new)
    if not ties.names:
        return []
    set_by_number = _have_turns(stage, ties.names)
    lists.put_back()
    made = stage.thawing.made
    numbers = stage.thawing.numbers
    changed = []
    for place, number in enumerate(ties.contents):
        content = made[number] if type(number) is int else number
        found = set_by_number.pop(number, {}) if is_asleep(content) else content.__dict__
        given = {name: found[name] for name in ties.names if name in found}
        if _is_other(place, given, numbers, ties) and type(number) is int:
            changed.append(content)
            _set_attributes(content, ties.names, given)
    listed = set(map(id, stage.session.articles.articles))
    if len(changed) > MOST_CHANGED or any(id(one) not in listed for one in changed):
        raise ChangedOtherwiseError
    if any(is_asleep(made[number]) for number in set_by_number):  # no article
        raise ChangedOtherwiseError
    return changed


def _have_turns(stage: Stage, names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """What plugins set in contents that they found asleep, by number."""
    setting, looks, generator = Setting(frozenset(names)), look_count(), stage.session.articles
    thawing: Thawing = stage.thawing
    thawing.setting = setting
    for content in thawing.made.values():
        if not is_asleep(content):
            _set_attributes(content, names, {})
    with _unset_in_wrappers(setting.names):
        signals.article_generator_finalized.send(generator)
    thawing.setting = None
    if look_count() != looks:
        raise ChangedOtherwiseError
    return setting.set


def _is_other(place: int, given: Mapping[str, Any], numbers: Mapping[int, int], ties: Ties) -> bool:
    """Whether a content is given something else than it had; the columns hold that then."""
    is_other = False
    for name, column in zip(ties.names, ties.columns, strict=True):
        now = _as_known(given[name], numbers) if name in given else ABSENT
        if now is not column[place] and now != column[place]:
            column[place], is_other = now, True
    return is_other


def _as_known(value: Any, numbers: Mapping[int, int]) -> Any:
    """What is set, as columns hold it; a new article as it is."""
    if value is None:
        return NONE
    if not isinstance(value, Content):
        raise ChangedOtherwiseError
    return numbers.get(id(value), value)


def _set_attributes(content: Any, names: Iterable[str], given: Mapping[str, Any]) -> None:
    """A content has these of the attributes, and none of the others."""
    attributes = content.__dict__
    for name in names:
        attributes.pop(name, None)
    attributes.update(given)


@contextmanager
def _unset_in_wrappers(names: Iterable[str]) -> Iterator[None]:
    """Nobody gives one of these attributes to a tag, a category or an author meanwhile."""

    def put(wrapper: URLWrapper, name: str, value: Any) -> None:
        if name in names:
            raise ChangedOtherwiseError
        object.__setattr__(wrapper, name, value)

    URLWrapper.__setattr__ = put
    try:
        yield
    finally:
        del URLWrapper.__setattr__
