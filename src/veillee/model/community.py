"""The community: everything that was published, at one instant. Every later part works from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from veillee.model.member import Member
from veillee.model.post import Kind, Post, Stream

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Community:
    """What stands in `content/`, seen at `now`.

    `posts` are published and not expired, newest first, every language version its own post; `scheduled` are
    posts whose date is still to come, soonest first (only their teasers may be shown); `withdrawn` are the ids
    of posts that exist but may not be shown any more (expired, hidden, draft), with the reason. `url` is
    absolute, without a slash at its end. `languages` opens with the default one.
    """

    title: str
    url: str
    languages: tuple[str, ...]
    timezone: ZoneInfo
    now: datetime
    posts: tuple[Post, ...]
    members: tuple[Member, ...] = ()
    scheduled: tuple[Post, ...] = ()
    withdrawn: tuple[tuple[str, str], ...] = ()
    tagline: str = ""

    @property
    def language(self) -> str:
        """The default language."""
        return self.languages[0]

    def posts_in(self, lang: str) -> tuple[Post, ...]:
        """Each post once, newest first: its version in `lang` where there is one, else its original."""
        return self._posts_by_language[lang] if lang in self._posts_by_language else _one_version(self.posts, lang)

    def post(self, post_id: str, lang: str | None = None) -> Post | None:
        """The post with this id, in `lang` where there is such a version; None where nothing has the id."""
        versions = self._versions.get(post_id, ())
        for wanted in (lang, self.language):
            for version in versions:
                if version.lang == wanted:
                    return version
        return versions[0] if versions else None

    def member(self, member_id: str) -> Member | None:
        return self._members_by_id.get(member_id)

    def of_stream(self, stream: Stream, lang: str) -> tuple[Post, ...]:
        return tuple(post for post in self.posts_in(lang) if post.stream is stream)

    def of_kind(self, kind: Kind, lang: str) -> tuple[Post, ...]:
        return tuple(post for post in self.posts_in(lang) if post.kind is kind)

    def waiting_time(self, post: Post) -> timedelta:
        """For how long a post has stood there, as it is told: by hours of the clock, then by days of the calendar.

        It becomes another one for all posts at once, on the hour and at midnight, so that pages stay right in between.
        """
        waited = self.now.replace(minute=0, second=0, microsecond=0) - post.published_at
        if waited < DAY:
            return waited
        since, today = (moment.astimezone(self.timezone).date() for moment in (post.published_at, self.now))
        return max(today - since, DAY)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Every tag in use, in alphabetical order."""
        return tuple(sorted({tag for post in self.posts for tag in post.tags}))

    @cached_property
    def _versions(self) -> dict[str, tuple[Post, ...]]:
        versions: dict[str, list[Post]] = {}
        for post in self.posts:
            versions.setdefault(post.id, []).append(post)
        return {key: tuple(sorted(found, key=lambda p: not p.is_original)) for key, found in versions.items()}

    @cached_property
    def _members_by_id(self) -> dict[str, Member]:
        return {member.id: member for member in self.members}

    @cached_property
    def _posts_by_language(self) -> dict[str, tuple[Post, ...]]:
        return {lang: _one_version(self.posts, lang) for lang in self.languages}


def _one_version(posts: tuple[Post, ...], lang: str) -> tuple[Post, ...]:
    """Each id once, in the order of `posts`: the version in `lang`, else the original, else the first."""
    best: dict[str, Post] = {}
    for post in posts:
        other = best.get(post.id)
        if other is None or _preference(post, lang) > _preference(other, lang):
            best[post.id] = post
    return tuple(post for post in posts if best[post.id] is post)


def _preference(post: Post, lang: str) -> tuple[bool, bool]:
    return post.lang == lang, post.is_original
