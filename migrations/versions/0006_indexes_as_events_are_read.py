"""indexes as events are read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OF_A_SUBJECT = sa.text("subject IS NOT NULL")
_OPENED = sa.text("type = 'opened'")
_FORGOTTEN = sa.text("forgotten_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_event_subject_type_at", "event", ["subject", "type", "at", "resource"],
        sqlite_where=_OF_A_SUBJECT, postgresql_where=_OF_A_SUBJECT,
    )  # fmt: skip
    op.drop_index("ix_event_subject_at", table_name="event")
    op.create_index(
        "ix_event_opened", "event", ["request", "resource", "at"],
        sqlite_where=_OPENED, postgresql_where=_OPENED,
    )  # fmt: skip
    op.create_index(
        "ix_subject_forgotten_at", "subject", ["forgotten_at"],
        sqlite_where=_FORGOTTEN, postgresql_where=_FORGOTTEN,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_subject_forgotten_at", table_name="subject")
    op.drop_index("ix_event_opened", table_name="event")
    op.create_index("ix_event_subject_at", "event", ["subject", "at"], unique=False)
    op.drop_index("ix_event_subject_type_at", table_name="event")
