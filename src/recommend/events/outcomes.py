"""What became of recommendations: how many were shown and, of those, opened, by strategy and reason."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from catalog.clock import now
from catalog.database import Database
from catalog.tables import EventRow
from recommend.events.event import EventType

_FRESH_SECONDS = 60.0


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
        opened.request == shown.request, opened.resource == shown.resource,
        opened.type == EventType.OPENED, opened.at >= since,
    )  # fmt: skip
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


class OutcomeWatch:
    """Knows what became of what was shown within a time, a minute old as a rule: it is looked up by one caller at a time, while
    the others go on with the former figures."""

    def __init__(self, database: Database, within: timedelta) -> None:
        self._database, self.within = database, within
        self._lock = threading.Lock()
        self._known: Sequence[Outcome] | None = None
        self._fresh_until = float("-inf")

    def outcomes(self) -> Sequence[Outcome]:
        """The outcomes as last looked up; only the first callers of all wait for another one."""
        known = self._known
        if known is not None and monotonic() <= self._fresh_until:
            return known
        if not self._lock.acquire(blocking=known is None) and known is not None:
            return known
        try:
            if self._known is None or monotonic() > self._fresh_until:
                with self._database.read() as session:
                    self._known = outcomes(session, now() - self.within)
                self._fresh_until = monotonic() + _FRESH_SECONDS
            return self._known
        finally:
            self._lock.release()
