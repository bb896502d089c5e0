"""Consent, suppressions, variants by choice of posts, runs, retries, bounces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _audience()
    _editions()
    _deliveries()
    _bounces()


def _audience() -> None:
    with op.batch_alter_table("subscribers") as table:
        table.add_column(sa.Column("frequency", sa.String(10), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("timezone", sa.String(64), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("consent_at", sa.DateTime))
        table.add_column(sa.Column("consent_how", sa.String(200), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("consent_text", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("key_name", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("suppressed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name="pk_suppressions"),
    )


def _editions() -> None:
    with op.batch_alter_table("editions") as table:
        table.add_column(sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("variants") as table:
        table.add_column(sa.Column("choice", sa.String(64), nullable=False, server_default=sa.text("''")))
        table.drop_constraint("uq_variants_edition_id_lang", type_="unique")
        table.create_unique_constraint("uq_variants_edition_id_lang_choice", ["edition_id", "lang", "choice"])
    op.create_table(
        "runs",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("edition_id", sa.Integer, nullable=False),
        sa.Column("machine", sa.String(64), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("transport", sa.String(200), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("name", name="pk_runs"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_runs_edition_id"),
    )


def _deliveries() -> None:
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("domain", sa.String(255), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("due_at", sa.DateTime))
        table.add_column(sa.Column("decided_by", sa.String(200)))
        table.drop_index("ix_deliveries_edition_id_state")
        table.create_index("ix_deliveries_edition_id_state_variant_id", ["edition_id", "state", "variant_id"])
        table.create_index("ix_deliveries_subscriber_id", ["subscriber_id"])


def _bounces() -> None:
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("delivery_id", sa.Integer, nullable=False),
        sa.Column("subscriber_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bounces"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_bounces_delivery_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_bounces_subscriber_id"),
        sa.UniqueConstraint("delivery_id", "kind", name="uq_bounces_delivery_id_kind"),
    )
    op.create_index("ix_bounces_subscriber_id_received_at", "bounces", ["subscriber_id", "received_at"])
