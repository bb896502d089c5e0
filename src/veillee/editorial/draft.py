"""Drafting: which edition is next, and what its file says beside each choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from veillee.editorial.candidates import originals
from veillee.editorial.periods import last_ended, period_of
from veillee.editorial.proposal import Proposal
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import Digest, Edition, EditionNotes, Period
from veillee.model.post import Post


@dataclass(frozen=True, slots=True)
class NextDraft:
    """The period to draft, and why this one, in a sentence."""

    period: Period
    reason: str


def next_draft(digest: Digest, editions: Iterable[Edition], now: datetime) -> NextDraft:
    """The period that ended last where it has no edition yet, else the one in progress."""
    assert not digest.schedule.is_instant
    drafted = {edition.id for edition in editions}
    ended = last_ended(digest.schedule, now)
    if ended.id not in drafted:
        return NextDraft(ended, f"{ended.id} is the last period that has ended, and it has no edition yet")
    current = period_of(digest.schedule, now)
    if current.id not in drafted:
        return NextDraft(current, f"{ended.id} has its edition, so this is the one in progress")
    return NextDraft(current, f"{ended.id} and {current.id} have their editions")


def describe_proposal(proposal: Proposal, digest: Digest, community: Community) -> EditionNotes:
    """The remarks for the file of a proposed edition."""
    titles = {post.id: _named(post) for post in originals((*community.posts, *community.scheduled))}
    beside = ((one.post_id, f"{titles.get(one.post_id, '')}: {one.reason}") for one in proposal.choices)
    refused = (one for one in proposal.refusals if one.why.is_near)
    return EditionNotes(
        heading=_heading(digest),
        beside=tuple(beside),
        not_chosen=tuple((one.post_id, f"{titles.get(one.post_id, '')}: {one.reason}") for one in refused),
    )


def _heading(digest: Digest) -> tuple[str, ...]:
    first, *others = (language(lang).own_name for lang in digest.languages)
    marks = (f"; {name}: below <!-- {lang} -->" for name, lang in zip(others, digest.languages[1:], strict=True))
    return (
        "Proposed by the program; from here on it is yours: move lines, take lines out, put others in.",
        f"Introduction in {first}: below the second line of dashes{''.join(marks)}.",
        f"To see it: veillee digest preview {digest.id}",
    )


def _named(post: Post) -> str:
    names = ", ".join(author.name for author in post.authors)
    return f"{post.title} ({names})" if names else post.title
