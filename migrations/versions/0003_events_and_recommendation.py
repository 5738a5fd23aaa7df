"""events and recommendation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("personalised", sa.Boolean(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_subject")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_subject_pseudonym")),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("events", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subjects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resources", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_table(
        "curation",
        sa.Column("institution", sa.String(length=63), nullable=False),
        sa.Column("resource", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution"], ["institution.code"], name=op.f("fk_curation_institution_institution")
        ),
        sa.ForeignKeyConstraint(
            ["resource"], ["resource.number"], name=op.f("fk_curation_resource_resource")
        ),
        sa.PrimaryKeyConstraint("institution", "resource", name=op.f("pk_curation")),
    )
    op.create_table(
        "daily_use",
        sa.Column("resource", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource"], ["resource.number"], name=op.f("fk_daily_use_resource_resource")
        ),
        sa.PrimaryKeyConstraint("resource", "day", "type", name=op.f("pk_daily_use")),
    )
    op.create_table(
        "event",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("resource", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("session", sa.String(length=64), nullable=True),
        sa.Column("request", sa.String(length=26), nullable=True),
        sa.Column("strategy", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource"], ["resource.number"], name=op.f("fk_event_resource_resource")),
        sa.ForeignKeyConstraint(["subject"], ["subject.number"], name=op.f("fk_event_subject_subject")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
    op.create_index("ix_event_subject_at", "event", ["subject", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_event_subject_at", table_name="event")
    op.drop_index(op.f("ix_event_at"), table_name="event")
    op.drop_table("event")
    op.drop_table("daily_use")
    op.drop_table("curation")
    op.drop_table("training")
    op.drop_table("subject")
