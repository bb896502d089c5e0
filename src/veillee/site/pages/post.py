"""What a post's page shows beside the post: its neighbours, what is related, its answers with their anchors.

Community -> PostShelf -> PostView
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from heapq import nlargest

from veillee.model import Answer, Author, Community, Kind, Post, Stream

RELATED_COUNT = 3
REACH = 50
"""How many posts of a tag are looked at: a tag that every post has would take quadratic time and say nothing."""


@dataclass(frozen=True, slots=True)
class NumberedAnswer:
    """An answer, and its number in the order of time: an anchor that stays when another one is accepted."""

    number: int
    answer: Answer


class Role(StrEnum):
    """What somebody did for a knowledge page."""

    ASKED = "asked"
    SETTLED = "settled"  # gave the accepted answer
    ANSWERED = "answered"
    WROTE = "wrote"


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who is credited, once, with the first thing that they did."""

    author: Author
    role: Role


@dataclass(frozen=True, slots=True)
class PostLink:
    """A post as another one's page points at it: nothing of its text, which may change without that page."""

    kind: Kind
    stream: Stream
    title: str
    url: str
    lang: str
    authors: tuple[Author, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PostView:
    """What the page of one post shows; `older` and `newer` are of its kind, `related` share tags with it.

    `question` is what a knowledge page came from, `knowledge` what a question has become; `is_due`: review it.
    """

    post: Post
    answers: tuple[NumberedAnswer, ...]
    has_standfirst: bool
    newer: PostLink | None = None
    older: PostLink | None = None
    related: tuple[PostLink, ...] = ()
    question: Post | None = None
    knowledge: tuple[Post, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    is_due: bool = False


class PostShelf:
    """The posts as one language lists them, ready to be asked what stands next to a post."""

    def __init__(self, community: Community, lang: str) -> None:
        self.community = community
        self._posts = community.posts_in(lang)
        self._last: PostView | None = None

    def view(self, post: Post) -> PostView:
        """The view of a post; one that is in no list (a draft, hidden) has no neighbours.

        The last one is kept: a page shows it in several places, and then it is looked at for what it came to.
        """
        if self._last is None or self._last.post is not post:
            self._last = self._viewed(post)
        return self._last

    def _viewed(self, post: Post) -> PostView:
        question = self.community.post(post.question_id, post.lang) if post.question_id else None
        newer, older = self._neighbours.get(post.id, (None, None))
        return PostView(
            post=post,
            answers=number_answers(post.answers),
            has_standfirst=has_standfirst(post),
            newer=link_to(newer) if newer else None,
            older=link_to(older) if older else None,
            related=tuple(map(link_to, self._related(post))),
            question=question,
            knowledge=self._knowledge.get(post.id, ()),
            contributors=credited(post, question) if post.kind is Kind.KNOWLEDGE else (),
            is_due=post.is_due(self.community.now),
        )

    @cached_property
    def _knowledge(self) -> Mapping[str, tuple[Post, ...]]:
        """Knowledge pages by the question that they came from."""
        found: dict[str, list[Post]] = {}
        for post in self._posts:
            if post.question_id:
                found.setdefault(post.question_id, []).append(post)
        return {question_id: tuple(posts) for question_id, posts in found.items()}

    @cached_property
    def _neighbours(self) -> Mapping[str, tuple[Post | None, Post | None]]:
        by_kind: dict[str, list[Post]] = {}
        for post in self._posts:
            by_kind.setdefault(post.kind, []).append(post)
        return {
            post.id: (newer, older)
            for row in by_kind.values()
            for newer, post, older in zip([None, *row[:-1]], row, [*row[1:], None], strict=True)
        }

    @cached_property
    def _by_tag(self) -> Mapping[str, tuple[Post, ...]]:
        tagged: dict[str, list[Post]] = {}
        for post in self._posts:
            for tag in post.tags:
                tagged.setdefault(tag, []).append(post)
        return {tag: tuple(posts) for tag, posts in tagged.items()}

    def _related(self, post: Post) -> tuple[Post, ...]:
        """The posts that share most with this one: a rare tag counts for more than one that is everywhere.

        Of a tag that many posts carry, only the newest are looked at.
        """
        weights: dict[str, float] = {}
        found: dict[str, Post] = {}
        for tag in post.tags:
            others = self._by_tag.get(tag, ())
            for other in others[:REACH]:
                weights[other.id] = weights.get(other.id, 0.0) + 1 / len(others)
                found[other.id] = other
        found.pop(post.id, None)
        best = nlargest(RELATED_COUNT, found.values(), key=lambda one: (weights[one.id], one.published_at, one.id))
        return tuple(best)


def link_to(post: Post) -> PostLink:
    """What a link to a post says."""
    return PostLink(post.kind, post.stream, post.title, post.url, post.lang, post.authors, post.published_at)


def credited(post: Post, question: Post | None) -> tuple[Contributor, ...]:
    """Who asked, who settled it, who else answered, who wrote the page."""
    roles: dict[Author, Role] = {}
    if question:
        roles.update(dict.fromkeys(question.authors, Role.ASKED))
        for answer in question.answers:
            roles.setdefault(answer.author, Role.SETTLED if answer.is_accepted else Role.ANSWERED)
    for author in post.authors:
        roles.setdefault(author, Role.WROTE)
    return tuple(Contributor(author, role) for author, role in roles.items())


def number_answers(answers: tuple[Answer, ...]) -> tuple[NumberedAnswer, ...]:
    """The answers in their order on the page, each with its number in the order of time."""
    in_time = sorted(range(len(answers)), key=lambda place: answers[place].answered_at)
    number_of = {place: number for number, place in enumerate(in_time, start=1)}
    return tuple(NumberedAnswer(number_of[place], answer) for place, answer in enumerate(answers))


def has_standfirst(post: Post) -> bool:
    """The summary was written for the post; one taken from the text would say its first lines twice."""
    opening = " ".join(post.summary.split())[:60].rstrip("… ")
    return bool(opening) and not " ".join(post.text.split()).startswith(opening)
