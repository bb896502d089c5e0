"""The tables, as SQLAlchemy Core sees them: subscribers -> deliveries <- editions, their variants and runs;
bounces and suppressions.

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
    false,
    text,
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
    Column("frequency", String(10), nullable=False, server_default=text("''")),  # empty: any
    Column("timezone", String(64), nullable=False, server_default=text("''")),  # empty: the digest's
    Column("consent_at", Instant),  # when they agreed, how, and to which words
    Column("consent_how", String(200), nullable=False, server_default=text("''")),
    Column("consent_text", Text, nullable=False, server_default=text("''")),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", String(64), primary_key=True),  # HMAC of the normalised address: it cannot be turned back
    Column("key_name", String(16), nullable=False),  # fingerprint of the key that made it
    Column("reason", String(20), nullable=False),
    Column("suppressed_at", Instant, nullable=False),
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
    Column("is_paused", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("digest", "edition"),
)

variants = Table(
    "variants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("lang", String(35), nullable=False),
    Column("choice", String(64), nullable=False, server_default=text("''")),  # which of the posts; empty: all of them
    Column("subject", Text, nullable=False),
    Column("stencil", Text, nullable=False),  # the message's bytes with holes, as JSON
    UniqueConstraint("edition_id", "lang", "choice"),
)

runs = Table(
    "runs",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("machine", String(64), nullable=False),
    Column("boot", String(64), nullable=False),  # of the machine: another one means that unwritten pages were lost
    Column("transport", String(200), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
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
    Column("domain", String(255), nullable=False, server_default=text("''")),
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
    Column("due_at", Instant),  # not before; None: at once
    Column("decided_by", String(200)),  # who or what settled a doubt
    UniqueConstraint("edition_id", "subscriber_id"),
    UniqueConstraint("edition_id", "address_key"),
    UniqueConstraint("message_id"),
    Index("ix_deliveries_edition_id_state_variant_id", "edition_id", "state", "variant_id"),
    Index("ix_deliveries_subscriber_id", "subscriber_id"),
)

bounces = Table(
    "bounces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("kind", String(10), nullable=False),  # hard, soft or complaint
    Column("words", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("delivery_id", "kind"),
    Index("ix_bounces_subscriber_id_received_at", "subscriber_id", "received_at"),
)
