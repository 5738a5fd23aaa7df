"""What is new: entered of late, into the stock of an institution that was there before."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.lifecycle import State
from catalog.tables import ResourceRow

# Published resources entered since may be new, the newest so many at most.
_NEW_FOR = timedelta(days=90)
_MOST_NEW = 5000
# What an institution has is loaded within so long: none of that is new, though the catalogue has it of late.
_LOADING = timedelta(days=7)


class Entry(NamedTuple):
    """A published resource that was entered of late, by its number; not `is_new` if its institution's stock came with it."""

    number: int
    institution: str
    kind: str
    is_new: bool


def newest_entries(session: Session) -> list[Entry]:
    """The newest published resources, newest first."""
    rows = session.execute(
        select(ResourceRow.number, ResourceRow.institution, ResourceRow.kind, ResourceRow.created_at)
        .where(ResourceRow.state == State.PUBLISHED, ResourceRow.created_at > now() - _NEW_FOR)
        .order_by(ResourceRow.number.desc())
        .limit(_MOST_NEW)
    ).all()
    counts = Counter(row.institution for row in rows)
    loaded = {house: _stocked(session, house, count // 2) + _LOADING for house, count in counts.items()}
    return [
        Entry(row.number, row.institution, row.kind, row.created_at > loaded[row.institution]) for row in rows
    ]


def _stocked(session: Session, institution: str, count: int) -> datetime:
    """When an institution, which has more, had so many published resources.

    Half as many as came of late: of a stock that was loaded at once that is the middle of the load, of an old one long ago.
    """
    moment = session.scalar(
        select(ResourceRow.created_at)
        .where(ResourceRow.institution == institution, ResourceRow.state == State.PUBLISHED)
        .order_by(ResourceRow.number)
        .offset(count)
        .limit(1)
    )
    return moment or now()
