"""The nouns: frozen dataclasses that cross the walls between packages."""

from veillee.model.audience import Consent, DeliveryState, Frequency, RawSubscriber, Subscriber, SubscriberState
from veillee.model.community import Community
from veillee.model.edition import (
    ComposedEdition,
    ComposedSection,
    Digest,
    Edition,
    EditionNotes,
    Every,
    Mailbox,
    Parts,
    Period,
    Schedule,
    Section,
    SectionKind,
    Token,
    Variant,
    Weekday,
)
from veillee.model.member import Link, Member
from veillee.model.post import Answer, Author, DigestChoice, Image, Kind, Post, Reaction, Status, Stream

__all__ = [
    "Answer",
    "Author",
    "Community",
    "ComposedEdition",
    "ComposedSection",
    "Consent",
    "DeliveryState",
    "Digest",
    "DigestChoice",
    "Edition",
    "EditionNotes",
    "Every",
    "Frequency",
    "Image",
    "Kind",
    "Link",
    "Mailbox",
    "Member",
    "Parts",
    "Period",
    "Post",
    "RawSubscriber",
    "Reaction",
    "Schedule",
    "Section",
    "SectionKind",
    "Status",
    "Stream",
    "Subscriber",
    "SubscriberState",
    "Token",
    "Variant",
    "Weekday",
]
