"""Candidates: community, period, history -> the posts that an edition may carry, and why not the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from veillee.editorial.history import History, Role
from veillee.editorial.proposal import Refusal, Why
from veillee.editorial.unwritten import is_unwritten
from veillee.editorial.withdrawal import said_withdrawal
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import Digest, Period, SectionKind
from veillee.model.post import DigestChoice, Kind, Post

ASK_AGAIN = 3
"""In how many editions an unanswered question is asked of everybody."""

ASK_WITHIN = timedelta(days=90)
"""How old a question may be that is asked of everybody."""

STORY_RESERVE = timedelta(days=28)
"""How old a story may be that steps in for the story of the week when there is no new one."""


class Basis(StrEnum):
    """What makes a post a candidate."""

    PINNED = "pinned"  # its author wants it in the next edition
    NEW = "new"  # published in the period
    OVERLOOKED = "overlooked"  # published before the period, and after the edition before was drafted
    ANSWERED = "answered"  # an older question that was answered in the period
    RESERVE = "reserve"  # an older story that no edition carried


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post and what makes it a candidate; `note` completes the reason for choosing it."""

    post: Post
    basis: Basis
    note: str = ""

    @property
    def is_pinned(self) -> bool:
        return self.basis is Basis.PINNED


@dataclass(slots=True)
class Candidates:
    """What an edition may carry: as news, as questions to ask again; and the refusals so far."""

    news: list[Candidate] = field(default_factory=list)
    waiting: list[Candidate] = field(default_factory=list)
    refusals: dict[str, Refusal] = field(default_factory=dict)

    def refuse(self, post_id: str, why: Why, reason: str) -> None:
        self.refusals.setdefault(post_id, Refusal(post_id, why, reason))


def select_candidates(digest: Digest, period: Period, community: Community, history: History) -> Candidates:
    """The candidates in a fixed order, whatever the order of the community's posts."""
    found = Candidates()
    sieve = _Sieve(digest, period, community, history)
    for post in originals(community.posts):
        sieve.sort_out(post, found)
    shown = {post.id for post in community.posts}
    for post_id, reason in sorted(community.withdrawn):
        if post_id not in shown:
            found.refuse(post_id, Why.WITHDRAWN, said_withdrawal(reason))
    for post in originals(community.scheduled):
        if post.id not in shown:
            found.refuse(post.id, Why.SCHEDULED, f"it appears on {sieve.day(post.published_at)}")
    return found


def originals(posts: Iterable[Post]) -> tuple[Post, ...]:
    """One version of each post, its original where there is one, in the order of their ids."""
    best: dict[str, Post] = {}
    for post in sorted(posts, key=lambda post: (post.id, not post.is_original, post.lang, post.source)):
        best.setdefault(post.id, post)
    return tuple(best.values())


@dataclass(frozen=True, slots=True)
class _Sieve:
    digest: Digest
    period: Period
    community: Community
    history: History

    def day(self, instant: datetime) -> str:
        return language("en").format_date(instant, timezone=self.digest.schedule.timezone)

    def sort_out(self, post: Post, found: Candidates) -> None:
        if refusal := self._refusal(post):
            found.refuse(post.id, *refusal)
            return
        asked = self._asked(post)
        if asked is not None:
            found.waiting.append(asked)
        news = self._news(post)
        if news is not None:
            found.news.append(news)
        elif asked is None:
            found.refuse(post.id, *self._why_not_now(post))

    def _refusal(self, post: Post) -> tuple[Why, str] | None:
        """Why no edition of this period may carry the post, whatever the section."""
        if post.digest is DigestChoice.NEVER:
            return Why.NEVER, "its author wants it in no digest (digest: never)"
        if post.is_expired(max(self.community.now, self.period.end)) and post.expires_at is not None:
            return Why.EXPIRED, f"it expires on {self.day(post.expires_at)}, before the edition appears"
        if post.published_at >= self.period.end:
            return Why.OUTSIDE, f"of {self.day(post.published_at)}, after the period"
        if self.digest.schedule.is_instant and not self._happened_now(post):
            return Why.OUTSIDE, f"of {self.day(post.published_at)}, before what this digest looks at"
        if is_unwritten(post):
            return Why.UNWRITTEN, "its text is still the one that a new file begins with"
        return None

    def _happened_now(self, post: Post) -> bool:
        """Whether it was published in the period, or answered: an instant digest mails no archive, pinned or not."""
        answered = answer_instants(post) if post.kind is Kind.QUESTION else ()
        return any(instant in self.period for instant in (post.published_at, *answered))

    def _asked(self, post: Post) -> Candidate | None:
        """The post as a question to ask of everybody, None where it is none."""
        times = self.history.times_asked(post.id)
        is_recent = post.published_at >= self.period.end - ASK_WITHIN
        if not post.is_waiting or not is_recent or times >= ASK_AGAIN:
            return None
        since = f"waits for an answer since {self.day(post.published_at)}"
        note = f"{since}, asked {times + 1} times" if times else since
        return Candidate(post, self._basis(post) or Basis.RESERVE, note)

    def _news(self, post: Post) -> Candidate | None:
        basis = self._basis(post)
        if basis is None or self._carried_by(post):
            return None
        return Candidate(post, basis, self._note(post, basis))

    def _basis(self, post: Post) -> Basis | None:
        if post.digest is DigestChoice.PIN:
            return Basis.PINNED
        if post.published_at in self.period:
            return Basis.NEW
        if post.kind is Kind.QUESTION and any(map(self.history.covers, answer_instants(post))):
            return Basis.ANSWERED
        if self.history.covers(post.published_at):
            return Basis.OVERLOOKED
        is_in_reserve = self.period.start - STORY_RESERVE <= post.published_at < self.period.start
        return Basis.RESERVE if post.kind is Kind.STORY and is_in_reserve else None

    def _note(self, post: Post, basis: Basis) -> str:
        if basis is Basis.OVERLOOKED:
            return f"came after {self.history.before} was made" if self.history.before else "went to nobody so far"
        asked_in = self.history.carried_by(post.id, Role.ASKED)
        return f"asked of everybody in {asked_in}" if asked_in and not post.is_waiting else ""

    def _carried_by(self, post: Post) -> str | None:
        """The edition that carried the post in every role that it could still take."""
        roles = [Role.NEWS]
        if post.kind is Kind.QUESTION and SectionKind.NEW_QUESTIONS in self.digest.sections:
            roles = [Role.NEW, Role.ANSWERED]
        carriers = [self.history.carried_by(post.id, role) for role in roles]
        return carriers[-1] if all(carriers) else None

    def _why_not_now(self, post: Post) -> tuple[Why, str]:
        carrier = next(
            filter(None, (self.history.carried_by(post.id, role) for role in (Role.NEWS, Role.ANSWERED))), None
        )
        if carrier:
            return Why.CARRIED, f"carried by {carrier}"
        times = self.history.times_asked(post.id)
        if post.is_waiting and times >= ASK_AGAIN:
            return Why.ASKED, f"asked of everybody in {times} editions already"
        return Why.OUTSIDE, f"of {self.day(post.published_at)}, before the period"


def answer_instants(post: Post) -> tuple[datetime, ...]:
    """When a question was first answered, and when the answer came that was accepted."""
    instants = [min(answer.answered_at for answer in post.answers)] if post.answers else []
    accepted = post.accepted_answer
    return tuple(dict.fromkeys([*instants, *([accepted.answered_at] if accepted else [])]))
