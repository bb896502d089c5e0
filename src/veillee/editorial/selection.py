"""The selection: digest, period, community and earlier editions -> a proposal with its reasons. Pure.

Sections are filled in a fixed order (story, question sections, help, the streams by the mix, zapping, teaser);
what one took the others cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from veillee.editorial.candidates import Basis, Candidate, Candidates, answer_instants, originals, select_candidates
from veillee.editorial.history import History, Role
from veillee.editorial.mix import largest_remainder, share_out
from veillee.editorial.proposal import Choice, Proposal, Refusal, Share, Why
from veillee.editorial.ranking import Taken, ranked, reason_for, take
from veillee.editorial.zapping import Line, zapping_lines
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import Digest, Edition, Period, Section, SectionKind
from veillee.model.post import Kind, Post, Stream


def propose_edition(
    digest: Digest,
    period: Period,
    community: Community,
    *,
    earlier: Iterable[Edition] = (),
    untold: Collection[str] = (),
) -> Proposal:
    """The edition for a period. Equal input gives an equal proposal, in whatever order posts come.

    `earlier` are the digest's other editions: what they carried is not carried again, but for the `untold` ones, which
    went to nobody.
    """
    looked_at = _until_now(period, community) if digest.schedule.is_instant else period
    history = History.of(earlier, looked_at, untold=untold)
    desk = _Desk(digest, looked_at, community, history, select_candidates(digest, looked_at, community, history))
    desk.fill()
    sections = tuple(
        Section(kind, tuple(choice.post_id for choice in desk.choices if choice.section is kind), desk.lines_of(kind))
        for kind in digest.sections
    )
    edition = Edition(
        digest_id=digest.id,
        id=period.id,
        period_start=period.start,
        period_end=period.end,
        sections=sections,
        drafted_at=community.now.replace(second=0, microsecond=0),
    )
    choices = tuple(choice for kind in digest.sections for choice in desk.choices if choice.section is kind)
    return Proposal(edition, choices, desk.refusals(), tuple(desk.shares), digest.minimum_items)


def _until_now(period: Period, community: Community) -> Period:
    """An instant edition is named by its minute, and carries what was published in this minute, too."""
    return replace(period, end=max(period.end, community.now + timedelta.resolution))


@dataclass(slots=True)
class _Desk:
    """An edition in the making: what is chosen so far, and why."""

    digest: Digest
    period: Period
    community: Community
    history: History
    candidates: Candidates
    choices: list[Choice] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    lines: tuple[Line, ...] = ()

    def fill(self) -> None:
        self._fill_story()
        self._fill_new_questions()
        self._fill_answered_questions()
        self._fill_waiting(SectionKind.HELP)
        self._fill_waiting(SectionKind.WAITING_QUESTIONS)
        self._fill_streams()
        self._fill_zapping()
        self._fill_teaser()

    def lines_of(self, kind: SectionKind) -> tuple[Line, ...]:
        return self.lines if kind is SectionKind.ZAPPING else ()

    def refusals(self) -> tuple[Refusal, ...]:
        """Why the others are not chosen, what was nearest first."""
        chosen = {choice.post_id for choice in self.choices}
        for one in (*self.candidates.news, *self.candidates.waiting):
            if one.post.id not in chosen:
                self.candidates.refuse(one.post.id, *self._leftover(one))
        refusals = (one for post_id, one in self.candidates.refusals.items() if post_id not in chosen)
        return tuple(sorted(refusals, key=lambda one: (_NEARNESS.index(one.why), one.post_id)))

    def _leftover(self, one: Candidate) -> tuple[Why, str]:
        if one.basis is Basis.RESERVE and one.post.kind is Kind.STORY:
            return Why.OUTSIDE, f"of {self._day(one.post)}, before the period"
        if one.post.is_waiting and self._asks:
            return Why.NO_SLOT, "waits for an answer; other questions are asked first this time"
        if self._section_of(one.post) is None:
            return Why.NO_SECTION, f"this digest has no section for a post of kind {one.post.kind}"
        return Why.NO_SLOT, "others came first"

    @property
    def _asks(self) -> bool:
        """Whether questions without an answer have a section of their own."""
        return self._has(SectionKind.HELP) or self._has(SectionKind.WAITING_QUESTIONS)

    def _section_of(self, post: Post) -> SectionKind | None:
        wanted = [SectionKind(post.stream.value)]
        if post.kind is Kind.STORY:
            wanted.append(SectionKind.STORY)
        if post.kind is Kind.QUESTION:
            wanted += [SectionKind.NEW_QUESTIONS, SectionKind.ANSWERED_QUESTIONS]
        return next((kind for kind in wanted if self._has(kind)), None)

    def _has(self, kind: SectionKind) -> bool:
        return kind in self.digest.sections

    def _day(self, post: Post) -> str:
        return language("en").format_date(post.published_at, "short", timezone=self.digest.schedule.timezone)

    def _free(self, candidates: Iterable[Candidate], role: Role = Role.NEWS) -> list[Candidate]:
        """Those that no section of this edition took, and no other edition carried in this role."""
        chosen = {choice.post_id for choice in self.choices}
        return [
            one
            for one in candidates
            if one.post.id not in chosen and self.history.carried_by(one.post.id, role) is None
        ]

    def _fill_story(self) -> None:
        if not self._has(SectionKind.STORY):
            return
        stories = ranked(
            self._free(one for one in self.candidates.news if one.post.kind is Kind.STORY), SectionKind.STORY
        )
        for one in sorted(stories, key=lambda one: not one.post.is_story_of_the_week)[:1]:
            self.choices.append(Choice(SectionKind.STORY, one.post.id, self._story_reason(one, stories)))

    def _story_reason(self, one: Candidate, stories: Sequence[Candidate]) -> str:
        if one.post.is_story_of_the_week:
            return "marked as story of the week"
        if one.is_pinned:
            return "story of the week: pinned by its author"
        if one.basis is Basis.RESERVE:
            return f"story of the week: no new one, and no edition carried this one of {self._day(one.post)}"
        others = [other for other in stories if other.basis is not Basis.RESERVE and other is not one]
        if not others:
            return "story of the week: the only new story"
        echo = one.post.reaction_count + len(one.post.answers)
        if echo > max(other.post.reaction_count + len(other.post.answers) for other in others):
            return f"story of the week: {echo} reactions, the most of {len(others) + 1} new stories"
        return f"story of the week: the longest of {len(others) + 1} new stories with as many reactions"

    def _fill_new_questions(self) -> None:
        kind = SectionKind.NEW_QUESTIONS
        bases = (Basis.NEW, Basis.PINNED, Basis.OVERLOOKED)
        found = self._free(self._questions(), Role.NEW)
        self._fill(kind, [one for one in found if one.basis in bases], self.digest.item_count)

    def _fill_answered_questions(self) -> None:
        kind = SectionKind.ANSWERED_QUESTIONS
        found = self._free(self._questions(), Role.ANSWERED)
        answered = [one for one in found if any(self.history.covers(instant) for instant in answer_instants(one.post))]
        self._fill(kind, answered, self.digest.item_count)

    def _questions(self) -> list[Candidate]:
        return [one for one in self.candidates.news if one.post.kind is Kind.QUESTION]

    def _fill_waiting(self, kind: SectionKind) -> None:
        """Questions to ask of everybody: those asked least often first, then the newest."""
        chosen = {choice.post_id for choice in self.choices}
        waiting = ranked((one for one in self.candidates.waiting if one.post.id not in chosen), kind)
        by_turn = sorted(waiting, key=lambda one: (not one.is_pinned, self.history.times_asked(one.post.id)))
        self._fill(kind, by_turn, self.digest.help_count)

    def _fill_streams(self) -> None:
        """The streams, each with its share of the slots."""
        streams = [(stream, weight) for stream, weight in self.digest.mix if self._has(SectionKind(stream.value))]
        pools = [self._pool(stream) for stream, _ in streams]
        weights = [weight for _, weight in streams]
        given = share_out(self.digest.item_count, weights, [len(pool) for pool in pools])
        quotas = largest_remainder(self.digest.item_count, weights)
        for (stream, _), pool, quota, slots in zip(streams, pools, quotas, given, strict=True):
            self.shares.append(Share(stream, quota, slots, len(pool)))
            self._fill(SectionKind(stream.value), pool, slots)

    def _pool(self, stream: Stream) -> list[Candidate]:
        pool = [
            one
            for one in self._free(self.candidates.news)
            if one.post.stream is stream and one.basis is not Basis.RESERVE and not (one.post.is_waiting and self._asks)
        ]
        return list(ranked(pool, SectionKind(stream.value)))

    def _fill(self, kind: SectionKind, candidates: Sequence[Candidate], slot_count: int) -> None:
        if not self._has(kind):
            return
        pool = candidates if kind in _ORDERED_BY_CALLER else ranked(candidates, kind)
        taken = take(pool, slot_count)
        for one in taken.chosen:
            self.choices.append(Choice(kind, one.post.id, self._reason(one, kind)))
        self._refuse(kind, taken, slot_count)

    def _reason(self, one: Candidate, kind: SectionKind) -> str:
        if kind in _ORDERED_BY_CALLER and not one.is_pinned:
            return next(asked.note for asked in self.candidates.waiting if asked.post.id == one.post.id)
        return reason_for(one, kind, day=self._day)

    def _refuse(self, kind: SectionKind, taken: Taken, slot_count: int) -> None:
        slots = f"{kind} had {slot_count} slot{'' if slot_count == 1 else 's'}, and others came first"
        for one in taken.held_back:
            names = " and ".join(author.name for author in one.post.authors)
            self.candidates.refuse(one.post.id, Why.AUTHOR, f"{names} has a post in {kind} already, and others waited")
        for one in taken.left:
            self.candidates.refuse(one.post.id, Why.NO_SLOT, slots)

    def _fill_zapping(self) -> None:
        """New posts that found no slot, one line each, then newcomers and numbers."""
        if not self._has(SectionKind.ZAPPING) or self.digest.zapping_count == 0:
            return
        self.lines = zapping_lines(self.digest, self.period, self.community)[: self.digest.zapping_count]
        left = [
            one
            for one in self._free(self.candidates.news)
            if one.basis is not Basis.RESERVE and not one.post.is_waiting and self._section_of(one.post)
        ]
        room = self.digest.zapping_count - len(self.lines)
        for one in take(ranked(left, SectionKind.ZAPPING), room).chosen:
            self.choices.append(Choice(SectionKind.ZAPPING, one.post.id, f"one line: {self._why_not_above(one)}"))

    def _why_not_above(self, one: Candidate) -> str:
        refusal = self.candidates.refusals.get(one.post.id)
        return refusal.reason if refusal else "no section above has a place for it"

    def _fill_teaser(self) -> None:
        if not self._has(SectionKind.TEASER):
            return
        teased = [
            post
            for post in originals(self.community.scheduled)
            if post.teaser
            and post.published_at >= self.period.end
            and self.history.carried_by(post.id, Role.TEASED) is None
        ]
        for post in sorted(teased, key=lambda post: (post.published_at, post.id))[:1]:
            self.choices.append(Choice(SectionKind.TEASER, post.id, f"appears on {self._day(post)}"))


_ORDERED_BY_CALLER = (SectionKind.HELP, SectionKind.WAITING_QUESTIONS)
_NEARNESS = (
    Why.AUTHOR,
    Why.NO_SLOT,
    Why.NO_SECTION,
    Why.ASKED,
    Why.CARRIED,
    Why.NEVER,
    Why.UNWRITTEN,
    Why.EXPIRED,
    Why.SCHEDULED,
    Why.WITHDRAWN,
    Why.OUTSIDE,
)
