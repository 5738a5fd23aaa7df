"""The change feed: what changed, in the order of commits. Followers read it; nothing is ever taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import database
from catalog.tables import ChangeRow

_FEED_LOCK = 0x57454E4D  # "WENM"


@dataclass(frozen=True, slots=True)
class Change:
    """Resource number `resource` changed to `revision`; `number` grows with each commit."""

    number: int
    resource: int
    revision: int


def lock(session: Session) -> None:
    """Hold the feed until commit; to be called before a `ChangeRow` is written.

    PostgreSQL hands out sequence numbers in another order than transactions commit: without the lock a
    follower could pass number 8 while 7 is still uncommitted.
    """
    database.lock(session, _FEED_LOCK)


def head(session: Session) -> int:
    """Number of the newest change; 0 if there is none."""
    return session.scalar(select(func.max(ChangeRow.number))) or 0


def read(session: Session, after: int, limit: int = 1000) -> list[Change]:
    """At most `limit` changes with a number above `after`, oldest first."""
    rows = session.execute(
        select(ChangeRow.number, ChangeRow.resource, ChangeRow.revision)
        .where(ChangeRow.number > after)
        .order_by(ChangeRow.number)
        .limit(limit)
    )
    return [Change(*row) for row in rows]
