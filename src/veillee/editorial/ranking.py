"""Ranking: candidates -> the order in which a section takes them, and the reason that goes with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from veillee.editorial.candidates import Basis, Candidate
from veillee.model.edition import SectionKind
from veillee.model.post import Kind, Post

Rank = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a section takes, in its order, and what it leaves: those whose author is in it already, and the others."""

    chosen: tuple[Candidate, ...]
    held_back: tuple[Candidate, ...]
    left: tuple[Candidate, ...]


def ranked(candidates: Iterable[Candidate], section: SectionKind) -> tuple[Candidate, ...]:
    """Pinned first, then by what counts in the section, the newest first where that is equal."""
    rank = _RANKS.get(section, _newest)
    return tuple(sorted(candidates, key=lambda one: (not one.is_pinned, *rank(one), *_newest(one))))


def take(candidates: Sequence[Candidate], slot_count: int) -> Taken:
    """The first `slot_count`, no author twice while others wait; pinned ones always keep their turn."""
    chosen = [one for one in candidates if one.is_pinned][:slot_count]
    waiting = [one for one in candidates if one not in chosen]
    present = {author for one in chosen for author in one.post.authors}
    while waiting and len(chosen) < slot_count:
        again = []
        for one in waiting:
            if len(chosen) < slot_count and present.isdisjoint(one.post.authors):
                chosen.append(one)
                present.update(one.post.authors)
            else:
                again.append(one)
        waiting, present = again, set()
    return _taken(candidates, chosen, waiting)


def _taken(candidates: Sequence[Candidate], chosen: list[Candidate], waiting: list[Candidate]) -> Taken:
    """Who was held back for the author's sake: whoever ranked before the last one that was chosen."""
    last = max((candidates.index(one) for one in chosen), default=-1)
    held_back = tuple(one for one in waiting if candidates.index(one) < last)
    return Taken(tuple(chosen), held_back, tuple(one for one in waiting if one not in held_back))


def reason_for(candidate: Candidate, section: SectionKind, *, day: Callable[[Post], str]) -> str:
    """Why a section takes a candidate, in a few words."""
    if candidate.is_pinned and section is not SectionKind.STORY:
        return "pinned by its author"
    words = _REASONS.get(section, _new_post)(candidate.post, day)
    if candidate.basis is Basis.OVERLOOKED or section in (SectionKind.QUESTIONS, SectionKind.ANSWERED_QUESTIONS):
        return "; ".join(filter(None, (words, candidate.note)))
    return words


def _newest(one: Candidate) -> Rank:
    return (-one.post.published_at.timestamp(), one.post.id)


def _announcement_rank(one: Candidate) -> Rank:
    return (one.post.kind is Kind.STORY,)


def _question_rank(one: Candidate) -> Rank:
    post = one.post
    return (post.accepted_answer is None, -len(post.answers), -post.last_activity_at.timestamp())


def _buzz_rank(one: Candidate) -> Rank:
    return (-one.post.reaction_count,)


def _story_rank(one: Candidate) -> Rank:
    post = one.post
    if post.is_story_of_the_week:
        return (0, -post.published_at.timestamp())
    echo = post.reaction_count + len(post.answers)
    return (1, one.basis is Basis.RESERVE, -echo, -post.word_count)


_RANKS: dict[SectionKind, Callable[[Candidate], Rank]] = {
    SectionKind.STORY: _story_rank,
    SectionKind.ANNOUNCEMENTS: _announcement_rank,
    SectionKind.QUESTIONS: _question_rank,
    SectionKind.ANSWERED_QUESTIONS: _question_rank,
    SectionKind.BUZZ: _buzz_rank,
}


def _new_post(post: Post, day: Callable[[Post], str]) -> str:
    return f"{post.kind} of {day(post)}"


def _answered(post: Post, day: Callable[[Post], str]) -> str:
    accepted = post.accepted_answer
    if accepted is not None:
        return f"accepted answer by {accepted.author.name}"
    if post.answers:
        return f"{len(post.answers)} answer{'s' if len(post.answers) > 1 else ''}, none accepted yet"
    return _new_post(post, day)


def _liked(post: Post, day: Callable[[Post], str]) -> str:
    count = post.reaction_count
    return f"{count} reaction{'s' if count > 1 else ''}" if count else _new_post(post, day)


_REASONS: dict[SectionKind, Callable[[Post, Callable[[Post], str]], str]] = {
    SectionKind.QUESTIONS: _answered,
    SectionKind.ANSWERED_QUESTIONS: _answered,
    SectionKind.BUZZ: _liked,
}
