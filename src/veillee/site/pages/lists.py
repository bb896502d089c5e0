"""The pages that list: streams, tags, archives, members. Community -> views, one for each page, pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from veillee.model import Answer, Community, Kind, Member, Post, Stream
from veillee.model.places import Place, slug_of
from veillee.site.pages.post import NumberedAnswer, number_answers

UPCOMING_COUNT = 6
PAGE_SIZE = 20

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class PostList:
    """One page of a list of posts; `subject` is what it is about: a tag's name, a period's first day, nothing.

    `upcoming` are posts that invite to something, the next first.
    """

    posts: tuple[Post, ...]
    place: Place
    key: str = ""
    number: int = 1
    page_count: int = 1
    post_count: int = 0
    subject: str | date = ""
    waiting_count: int = 0
    upcoming: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, where its page stands, and how many posts carry it."""

    name: str
    slug: str
    post_count: int


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a month of the archive; `key` is `2026` or `2026/11`."""

    key: str
    first_day: date
    posts: tuple[Post, ...]
    months: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that a member gave, with the question it belongs to."""

    question: Post
    answer: NumberedAnswer


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member and what they wrote, asked and answered, newest first."""

    member: Member
    written: tuple[Post, ...]
    asked: tuple[Post, ...]
    answered: tuple[GivenAnswer, ...]

    @property
    def is_silent(self) -> bool:
        return not (self.written or self.asked or self.answered)


class Listing:
    """The community as one language lists it."""

    def __init__(self, community: Community, lang: str) -> None:
        self.community = community
        self.lang = lang
        self.posts = community.posts_in(lang)

    @cached_property
    def questions(self) -> tuple[Post, ...]:
        return self.community.of_stream(Stream.QUESTIONS, self.lang)

    @cached_property
    def waiting(self) -> tuple[Post, ...]:
        """Questions without an answer, the one that has waited longest first."""
        return tuple(reversed([post for post in self.questions if post.is_waiting]))

    @cached_property
    def knowledge(self) -> tuple[Post, ...]:
        """What answers have come to, newest first."""
        return self.community.of_kind(Kind.KNOWLEDGE, self.lang)

    @cached_property
    def upcoming(self) -> tuple[Post, ...]:
        """Posts that invite to something which is not over, the next first."""
        now = self.community.now
        ahead = [
            (post.event.starts_at, post.id, post) for post in self.posts if post.event and post.event.ends_at > now
        ]
        return tuple(post for _, _, post in sorted(ahead))

    def streams(self) -> Iterator[PostList]:
        """Every page of the streams, of the stories, and of the two filters of questions."""
        answered = tuple(post for post in self.questions if post.kind is Kind.QUESTION and post.answers)
        yield from paginate(self.community.of_kind(Kind.STORY, self.lang), Place.STORIES)
        for page in paginate(self.community.of_stream(Stream.ANNOUNCEMENTS, self.lang), Place.ANNOUNCEMENTS):
            yield replace(page, upcoming=self.upcoming[:UPCOMING_COUNT]) if page.number == 1 else page
        yield from paginate(self.community.of_stream(Stream.BUZZ, self.lang), Place.BUZZ)
        for place, posts in (
            (Place.QUESTIONS, self.questions),
            (Place.QUESTIONS_OPEN, self.waiting),
            (Place.QUESTIONS_ANSWERED, answered),
        ):
            yield from paginate(posts, place, waiting_count=len(self.waiting))

    @cached_property
    def tags(self) -> tuple[TagCount, ...]:
        """Every tag with its count, in alphabetical order; spellings that share a page are one tag."""
        return tuple(
            TagCount(name=name, slug=slug, post_count=len(posts))
            for slug, (name, posts) in sorted(self._tagged.items())
        )

    def tag_pages(self) -> Iterator[PostList]:
        for slug, (name, posts) in sorted(self._tagged.items()):
            yield from paginate(posts, Place.TAG, key=slug, subject=name)

    @cached_property
    def _tagged(self) -> Mapping[str, tuple[str, tuple[Post, ...]]]:
        posts: dict[str, list[Post]] = {}
        spellings: dict[str, Counter[str]] = {}
        for post in self.posts:
            for slug, tag in {slug_of(tag): tag for tag in post.tags}.items():
                posts.setdefault(slug, []).append(post)
                spellings.setdefault(slug, Counter())[tag] += 1
        return {slug: (_commonest(spellings[slug]), tuple(posts[slug])) for slug in posts if slug}

    @cached_property
    def years(self) -> tuple[Period, ...]:
        """The archive, newest year first, its months inside."""
        return tuple(
            Period(key=str(year), first_day=date(year, 1, 1), posts=posts, months=self._months(posts))
            for year, posts in _grouped((self._day(post).year, post) for post in self.posts)
        )

    def _months(self, posts: tuple[Post, ...]) -> tuple[Period, ...]:
        return tuple(
            Period(key=f"{first:%Y/%m}", first_day=first, posts=found)
            for first, found in _grouped((self._day(post).replace(day=1), post) for post in posts)
        )

    def period_pages(self) -> Iterator[PostList]:
        for year in self.years:
            for period in (year, *year.months):
                yield from paginate(period.posts, Place.PERIOD, key=period.key, subject=period.first_day)

    def _day(self, post: Post) -> date:
        return post.published_at.astimezone(self.community.timezone).date()

    @cached_property
    def members(self) -> tuple[MemberView, ...]:
        """Everybody, in the order of their names."""
        ordered = sorted(self.community.members, key=lambda member: (slug_of(member.name), member.id))
        return tuple(self._member_view(member) for member in ordered)

    def _member_view(self, member: Member) -> MemberView:
        posts = self._written.get(member.id, ())
        return MemberView(
            member=member,
            written=tuple(post for post in posts if post.kind is not Kind.QUESTION),
            asked=tuple(post for post in posts if post.kind is Kind.QUESTION),
            answered=self._answered.get(member.id, ()),
        )

    @cached_property
    def _written(self) -> Mapping[str, tuple[Post, ...]]:
        pairs = ((author.member_id, post) for post in self.posts for author in post.authors if author.member_id)
        return dict(_grouped(pairs))

    @cached_property
    def _answered(self) -> Mapping[str, tuple[GivenAnswer, ...]]:
        given = (GivenAnswer(post, numbered) for post in self.questions for numbered in number_answers(post.answers))
        newest_first = sorted(given, key=lambda one: one.answer.answer.answered_at, reverse=True)
        return dict(_grouped((_member_of(one.answer.answer), one) for one in newest_first))


def paginate(
    posts: tuple[Post, ...], place: Place, *, key: str = "", subject: str | date = "", waiting_count: int = 0
) -> Iterator[PostList]:
    """The pages of a list, twenty posts each; an empty list has one page, which says so."""
    page_count = max(1, -(-len(posts) // PAGE_SIZE))
    for number in range(1, page_count + 1):
        yield PostList(
            posts=posts[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            place=place,
            key=key,
            number=number,
            page_count=page_count,
            post_count=len(posts),
            subject=subject,
            waiting_count=waiting_count,
        )


def _grouped(pairs: Iterable[tuple[K, V]]) -> tuple[tuple[K, tuple[V, ...]], ...]:
    """Values by their key, in the order in which the keys first appear."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return tuple((key, tuple(values)) for key, values in groups.items())


def _member_of(answer: Answer) -> str:
    return answer.author.member_id or ""


def _commonest(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda tag: (-spellings[tag], tag))
