"""What an edition holds for somebody who follows some topics or streams alone: an edition -> a part of it. Pure.

The story, the zapping and the teaser are for everybody: they are what a community tells itself. Every other post is
kept where its stream and one of its tags are followed; a post without tags speaks to all who follow its stream.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from veillee.model.community import Community
from veillee.model.edition import Edition, Section, SectionKind

_FOR_EVERYBODY = frozenset((SectionKind.STORY, SectionKind.ZAPPING, SectionKind.TEASER))
_REMEMBERED = 4096


Choice = tuple[str, frozenset[str] | None]
"""The name of a part, the same for the same posts, and the posts that are kept; `("", None)` is the whole edition."""

WHOLE: Choice = ("", None)


class Chooser:
    """Says for each choice of topics and streams which part of an edition it gets; each is worked out once."""

    def __init__(self, edition: Edition, community: Community) -> None:
        for_all = [section for section in edition.sections if section.kind in _FOR_EVERYBODY]
        self._shown_to_all = frozenset(post_id for section in for_all for post_id in section.post_ids)
        self._offered = frozenset(edition.post_ids) - self._shown_to_all
        self._tags: dict[str, set[str]] = {post_id: set() for post_id in edition.post_ids}
        self._stream: dict[str, str] = dict.fromkeys(edition.post_ids, "")
        for post in community.posts:
            if post.id in self._tags:  # the tags of every version count
                self._tags[post.id].update(map(_folded, post.tags))
                self._stream[post.id] = post.stream.value
        self.choose = lru_cache(_REMEMBERED)(self._choose)

    def _choose(self, topics: tuple[str, ...], streams: tuple[str, ...]) -> Choice | None:
        """The part for who follows these (empty: all of them); None where nothing of what they follow is in it.

        The story alone is worth a mail to who follows its topic, and to nobody else.
        """
        wanted = set(map(_folded, topics))

        def follows(post_id: str) -> bool:
            tags = self._tags[post_id]
            return (not streams or self._stream[post_id] in streams) and (not wanted or not tags or bool(tags & wanted))

        kept = frozenset(filter(follows, self._offered))
        if kept == self._offered:
            return WHOLE
        is_worth_it = kept or any(self._tags[one] & wanted and follows(one) for one in self._shown_to_all)
        return (_name(kept), kept) if is_worth_it else None


def part_of(edition: Edition, post_ids: frozenset[str]) -> Edition:
    """The edition with these posts alone, in their order, beside what is for everybody."""
    return replace(edition, sections=tuple(_part(section, post_ids) for section in edition.sections))


def _part(section: Section, kept: frozenset[str]) -> Section:
    if section.kind in _FOR_EVERYBODY:
        return section
    return replace(section, post_ids=tuple(post_id for post_id in section.post_ids if post_id in kept))


def _folded(word: str) -> str:
    """One spelling for `SQL` and `sql`, and for both ways to write an accent."""
    return " ".join(unicodedata.normalize("NFC", word.casefold()).split())


def _name(post_ids: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(post_ids)).encode()).hexdigest()[:32]
