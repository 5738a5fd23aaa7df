"""when something is to be unlearnt"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.tables import Base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = Base.metadata.tables["subject"].c.erased_at.type


def upgrade() -> None:
    with op.batch_alter_table("subject", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forgotten_at", _TIME, nullable=True))
    # Until now every deletion was one of something.
    op.execute("UPDATE subject SET forgotten_at = erased_at")


def downgrade() -> None:
    with op.batch_alter_table("subject", schema=None) as batch_op:
        batch_op.drop_column("forgotten_at")
