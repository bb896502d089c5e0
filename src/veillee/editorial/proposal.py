"""A proposal: an edition as it could be, with the reason for each choice and each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from veillee.model.edition import Edition, SectionKind
from veillee.model.post import Stream


class Why(StrEnum):
    """Why a post is not in an edition."""

    CARRIED = "carried"  # an earlier edition had it
    NEVER = "never"  # its author wants it in no digest
    EXPIRED = "expired"  # it is over before the edition appears
    WITHDRAWN = "withdrawn"  # hidden, a draft, expired: it is not on the site
    UNWRITTEN = "unwritten"  # its text is still the one that a new file begins with
    SCHEDULED = "scheduled"  # its date is still to come
    OUTSIDE = "outside"  # it is of another time
    ASKED = "asked"  # an unanswered question that was asked often enough
    NO_SECTION = "no_section"  # the digest has no section for such posts
    AUTHOR = "author"  # its author has a post in the section, and others waited
    NO_SLOT = "no_slot"  # others came first

    @property
    def is_near(self) -> bool:
        """Whether the post could have been chosen: whoever edits the file may swap it in."""
        return self in (Why.AUTHOR, Why.NO_SLOT)


@dataclass(frozen=True, slots=True)
class Choice:
    """A post in a section, and why it stands there."""

    section: SectionKind
    post_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A post that is in no section, and why not."""

    post_id: str
    why: Why
    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """What the mix gave to a stream: `quota` by its weight alone, `given` after streams with too little gave theirs."""

    stream: Stream
    quota: int
    given: int
    available: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edition, and how it came about: choices in reading order, refusals of what was nearest first."""

    edition: Edition
    choices: tuple[Choice, ...]
    refusals: tuple[Refusal, ...]
    shares: tuple[Share, ...]
    minimum: int

    @property
    def is_enough(self) -> bool:
        """Whether it carries enough to go out."""
        return self.edition.news_count >= self.minimum
