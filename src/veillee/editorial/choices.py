"""What an edition holds for somebody who follows some topics or streams alone: an edition -> a part of it. Pure.

The story, the zapping and the teaser are for everybody: they are what a community tells itself. Every other post is
kept where its stream and one of its tags are followed; a post without tags speaks to all who follow its stream.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from veillee.model.community import Community
from veillee.model.edition import Edition, Section, SectionKind

_FOR_EVERYBODY = frozenset((SectionKind.STORY, SectionKind.ZAPPING, SectionKind.TEASER))
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of an edition. `id` is the same for the same posts, empty where it is the whole."""

    id: str
    post_ids: frozenset[str]

    @property
    def is_whole(self) -> bool:
        return not self.id


class Chooser:
    """Says for each choice of topics and streams which part of an edition it gets; each is worked out once."""

    def __init__(self, edition: Edition, community: Community) -> None:
        offered = [section for section in edition.sections if section.kind not in _FOR_EVERYBODY]
        post_ids = {post_id for section in offered for post_id in section.post_ids}
        self._tags: dict[str, set[str]] = {post_id: set() for post_id in post_ids}
        self._stream: dict[str, str] = dict.fromkeys(post_ids, "")
        for post in community.posts:
            if post.id in post_ids:  # the tags of every version count
                self._tags[post.id].update(map(_folded, post.tags))
                self._stream[post.id] = post.stream.value
        self.choose = lru_cache(_REMEMBERED)(self._choose)

    def _choose(self, topics: tuple[str, ...], streams: tuple[str, ...]) -> Choice | None:
        """The part for who follows these (empty: all of them); None where nothing of what they follow is in it."""
        offered = frozenset(self._stream)
        wanted = set(map(_folded, topics))
        kept = frozenset(
            post_id
            for post_id in offered
            if (not streams or self._stream[post_id] in streams)
            and (not wanted or not self._tags[post_id] or self._tags[post_id] & wanted)
        )
        if kept == offered:
            return Choice("", kept)
        return Choice(_name(kept), kept) if kept else None


def part_of(edition: Edition, choice: Choice) -> Edition:
    """The edition with the posts of the choice alone, in their order."""
    if choice.is_whole:
        return edition
    return replace(edition, sections=tuple(_part(section, choice) for section in edition.sections))


def _part(section: Section, choice: Choice) -> Section:
    if section.kind in _FOR_EVERYBODY:
        return section
    return replace(section, post_ids=tuple(post_id for post_id in section.post_ids if post_id in choice.post_ids))


def _folded(word: str) -> str:
    """One spelling for `SQL` and `sql`, and for both ways to write an accent."""
    return " ".join(unicodedata.normalize("NFC", word.casefold()).split())


def _name(post_ids: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(post_ids)).encode()).hexdigest()[:32]
