"""Subscribers, and the ledger of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _subscribers()
    _editions()
    _deliveries()


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("lang", sa.String(35), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("subscribed_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("address_key", name="uq_subscribers_address_key"),
    )
    op.create_table(
        "subscriber_choices",
        sa.Column("subscriber_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "what", "name", name="pk_subscriber_choices"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_subscriber_choices_subscriber_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_subscriber_choices_what_name", "subscriber_choices", ["what", "name"])


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(100), nullable=False),
        sa.Column("edition", sa.String(40), nullable=False),
        sa.Column("planned_at", sa.DateTime, nullable=False),
        sa.Column("period_end", sa.DateTime, nullable=False),
        sa.Column("sender", sa.String(320), nullable=False),
        sa.Column("unsubscribe_to", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("digest", "edition", name="uq_editions_digest_edition"),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("edition_id", sa.Integer, nullable=False),
        sa.Column("lang", sa.String(35), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("stencil", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_variants"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_variants_edition_id"),
        sa.UniqueConstraint("edition_id", "lang", name="uq_variants_edition_id_lang"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("edition_id", sa.Integer, nullable=False),
        sa.Column("variant_id", sa.Integer, nullable=False),
        sa.Column("subscriber_id", sa.Integer, nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("is_temporary", sa.Boolean, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("transport", sa.String(200)),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("settled_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id"),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name="fk_deliveries_variant_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_deliveries_subscriber_id"),
        sa.UniqueConstraint("edition_id", "subscriber_id", name="uq_deliveries_edition_id_subscriber_id"),
        sa.UniqueConstraint("edition_id", "address_key", name="uq_deliveries_edition_id_address_key"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
    )
    op.create_index("ix_deliveries_edition_id_state", "deliveries", ["edition_id", "state"])
