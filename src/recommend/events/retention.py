"""How long events are kept: old ones become counts by day, of nobody, and go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.tables import DailyUseRow, EventRow

# Events that one transaction turns into counts, so that others can write in between.
_AT_ONCE = 20_000


def tidy(database: Database, before: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Count and delete the events before this moment, as long as it `goes_on`; returns how many. Safe to interrupt and to run
    again."""
    done = 0
    while goes_on():
        with database.write() as session:
            numbers = _oldest(session, before)
            if not numbers:
                break
            _count(session, numbers)
            session.execute(delete(EventRow).where(EventRow.number.in_(numbers)))
        done += len(numbers)
    if done:
        database.forget_deleted()
    return done


def _oldest(session: Session, before: datetime) -> list[int]:
    statement = select(EventRow.number).where(EventRow.at < before).order_by(EventRow.at).limit(_AT_ONCE)
    return list(session.scalars(statement))


def _count(session: Session, numbers: list[int]) -> None:
    day = func.substr(func.cast(EventRow.at, DailyUseRow.day.type), 1, 10)
    rows = session.execute(
        select(EventRow.resource, day, EventRow.type, func.count(), func.count(EventRow.subject.distinct()))
        .where(EventRow.number.in_(numbers))
        .group_by(EventRow.resource, day, EventRow.type)
    ).all()
    for resource, of_day, kind, events, subjects in rows:
        known = session.get(DailyUseRow, (resource, of_day, kind))
        if known is None:
            session.add(
                DailyUseRow(resource=resource, day=of_day, type=kind, events=events, subjects=subjects)
            )
        else:
            known.events += events
            # A subject that is in both parts of the day counts twice: the count is an upper bound.
            known.subjects += subjects
