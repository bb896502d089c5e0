"""The tables, as SQLAlchemy Core sees them: subscribers -> deliveries <- editions and their variants.

A change here needs a migration beside it; a test compares the two. Types are portable: SQLite now, PostgreSQL
with several machines.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC without its zone, because SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(320), nullable=False),  # as typed
    Column("address_key", String(320), nullable=False, unique=True),  # normalised: one for every spelling
    Column("name", String(200), nullable=False),
    Column("lang", String(35), nullable=False),  # empty: the digest's first
    Column("state", String(20), nullable=False),
    Column("subscribed_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

choices = Table(
    "subscriber_choices",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("what", String(10), primary_key=True),  # digests, topics or streams; no row: all of them
    Column("name", String(100), primary_key=True),
)
Index("ix_subscriber_choices_what_name", choices.c.what, choices.c.name)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(100), nullable=False),
    Column("edition", String(40), nullable=False),
    Column("planned_at", Instant, nullable=False),  # also the Date of every message
    Column("period_end", Instant, nullable=False),
    Column("sender", String(320), nullable=False),  # of the envelope
    Column("unsubscribe_to", String(320), nullable=False),
    UniqueConstraint("digest", "edition"),
)

variants = Table(
    "variants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("lang", String(35), nullable=False),
    Column("subject", Text, nullable=False),
    Column("stencil", Text, nullable=False),  # the message's bytes with holes, as JSON
    UniqueConstraint("edition_id", "lang"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("variant_id", ForeignKey("variants.id"), nullable=False),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("address", String(320), nullable=False),  # as at planning
    Column("address_key", String(320), nullable=False),
    Column("name", String(200), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("is_temporary", Boolean, nullable=False),  # of a failure: the next run tries again
    Column("words", Text, nullable=False),  # the server's, or the reason
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", String(40)),  # the run that holds or held it
    Column("transport", String(200)),  # through which it was, or may have been, handed over
    Column("claimed_at", Instant),
    Column("settled_at", Instant),
    UniqueConstraint("edition_id", "subscriber_id"),
    UniqueConstraint("edition_id", "address_key"),
    UniqueConstraint("message_id"),
    Index("ix_deliveries_edition_id_state", "edition_id", "state"),
)
