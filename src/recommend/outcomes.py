"""What became of recommendations: how many were shown and, of those, opened, by strategy and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from catalog.tables import EventRow
from recommend.events import EventType


@dataclass(frozen=True, slots=True)
class Outcome:
    """One strategy and reason; `shown` is at least 1."""

    strategy: str
    reason: str
    shown: int
    opened: int


def outcomes(session: Session, since: datetime) -> list[Outcome]:
    """What was shown since then, each joined by request and resource with its being opened.

    A list shows a resource once, however often that is reported, and under whatever ids.
    """
    shown, opened = aliased(EventRow), aliased(EventRow)
    joined = and_(
        opened.request == shown.request, opened.resource == shown.resource, opened.type == EventType.OPENED
    )
    each = (
        select(shown.strategy, shown.reason, func.count(opened.number).label("opened"))
        .join(opened, joined, isouter=True)
        .where(shown.type == EventType.IMPRESSION, shown.at >= since, shown.request.is_not(None))
        .group_by(shown.request, shown.resource, shown.strategy, shown.reason)
        .subquery()
    )
    rows = session.execute(
        select(each.c.strategy, each.c.reason, func.count(), func.count(case((each.c.opened > 0, 1))))
        .group_by(each.c.strategy, each.c.reason)
        .order_by(each.c.strategy, each.c.reason)
    )
    return [Outcome(row[0] or "", row[1] or "", row[2], row[3]) for row in rows]
