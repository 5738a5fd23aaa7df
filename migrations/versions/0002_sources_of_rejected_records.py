"""sources of rejected records"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("raw_record", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_system", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("source_record", sa.String(length=500), nullable=True))
    op.create_index(
        op.f("ix_raw_record_source_record"),
        "raw_record",
        ["source_record"],
        unique=False,
        sqlite_where=sa.text("source_record IS NOT NULL"),
        postgresql_where=sa.text("source_record IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_raw_record_source_record"), table_name="raw_record")
    with op.batch_alter_table("raw_record", schema=None) as batch_op:
        batch_op.drop_column("source_record")
        batch_op.drop_column("source_system")
