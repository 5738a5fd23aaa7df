"""What is kept of a reader, by pseudonym: choices, interest labels, and the history that recommendations are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.tables import EventRow, SubjectRow
from recommend.event_log import new_subject
from recommend.events import LIKED_FROM, EventType
from search.query import FACETS

# So many of the newest uses make up a history, and so many events are looked through for them.
HISTORY = 100
_LOOKED_THROUGH = 1000
# For so long a resource that was shown again and again is not shown any more.
_SHOWN_IN = timedelta(days=30)
# Labels of one reader, and what a label may be of.
MAX_LABELS = 50
LABEL_FACETS = tuple(facet for facet in FACETS if facet not in ("institution", "access"))
Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """`liked` and `disliked` are labels, (facet, code), that the reader wrote or struck out."""

    number: int | None = None
    personalised: bool = True
    minor: bool = False
    liked: tuple[Label, ...] = ()
    disliked: tuple[Label, ...] = ()
    consented_at: datetime | None = None

    @property
    def is_followed(self) -> bool:
        """Whether what the reader did may be used and kept."""
        return self.personalised and not self.minor


@dataclass(frozen=True, slots=True)
class History:
    """Resources by number: the newest used, newest first; all that were seen; those that the reader said are `unwanted`;
    those `ignored`, which were shown again and again and never used.

    Of those used, which were `borrowed`, and which `saved`.
    """

    used: tuple[int, ...] = ()
    borrowed: frozenset[int] = frozenset()
    saved: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    unwanted: frozenset[int] = frozenset()
    ignored: frozenset[int] = frozenset()


def find(session: Session, pseudonym: str) -> Reader:
    """The reader of this pseudonym; one of whom nothing is known if there is none."""
    row = session.scalar(select(SubjectRow).where(SubjectRow.pseudonym == pseudonym))
    return _reader(row) if row is not None else Reader()


def history(session: Session, reader: Reader, shown: int) -> History:
    """What the reader used, does not want, and ignored when it was `shown` so often; empty for one who is not followed."""
    if reader.number is None or not reader.is_followed:
        return History()
    rows = session.execute(
        select(EventRow.resource, EventRow.type, EventRow.value)
        .where(EventRow.subject == reader.number, EventRow.type != EventType.IMPRESSION)
        .order_by(EventRow.at.desc(), EventRow.number.desc())
        .limit(_LOOKED_THROUGH)
    ).all()
    newest: dict[int, bool] = {}
    for resource, kind, value in rows:
        # The newest word on a resource counts.
        newest.setdefault(resource, _is_unwanted(kind, value))
    used = [resource for resource, is_unwanted in newest.items() if not is_unwanted]
    often = session.scalars(
        select(EventRow.resource)
        .where(
            EventRow.subject == reader.number,
            EventRow.type == EventType.IMPRESSION,
            EventRow.at > now() - _SHOWN_IN,
        )
        .group_by(EventRow.resource)
        .having(func.count() >= shown)
    )
    ignored = frozenset(resource for resource in often if resource not in newest)
    unwanted = frozenset(resource for resource, is_unwanted in newest.items() if is_unwanted)
    borrowed, saved = (
        frozenset(resource for resource, kind, _ in rows if kind == of)
        for of in (EventType.BORROWED, EventType.SAVED)
    )
    return History(tuple(used[:HISTORY]), borrowed, saved, frozenset(used), unwanted, ignored)


def choose(
    session: Session,
    pseudonym: str,
    *,
    personalised: bool | None = None,
    minor: bool | None = None,
    liked: Sequence[Label] | None = None,
    disliked: Sequence[Label] | None = None,
) -> Reader:
    """Keep what a reader chose, from the next request on; None leaves as it was.

    What was known of one who wants no profile is deleted. A label that is both liked and disliked is disliked.
    """
    row = _row_to_change(session, pseudonym)
    before = _reader(row)
    row.personalised = before.personalised if personalised is None else personalised
    row.minor = before.minor if minor is None else minor
    gone = before.disliked if disliked is None else tuple(disliked)
    kept = [label for label in (before.liked if liked is None else liked) if label not in gone]
    row.labels = {"liked": [list(label) for label in kept], "disliked": [list(label) for label in gone]}
    if not _reader(row).is_followed:
        _delete_events(session, row)
    session.flush()
    return _reader(row)


def erase(session: Session, pseudonym: str) -> int:
    """Delete every event and label of a reader; returns how many events.

    Events up to now and a little later (`SKEW`) are refused from here on, also of a reader of whom nothing is known: some may be on their way.
    """
    row = _row_to_change(session, pseudonym)
    row.labels = {}
    row.consented_at = None
    return _delete_events(session, row)


def _row_to_change(session: Session, pseudonym: str) -> SubjectRow:
    row = session.scalar(select(SubjectRow).where(SubjectRow.pseudonym == pseudonym))
    if row is None:
        row = SubjectRow(**new_subject(pseudonym, None))
        session.add(row)
        session.flush()
    return row


def _delete_events(session: Session, row: SubjectRow) -> int:
    row.erased_at = now()
    deleted = session.execute(delete(EventRow).where(EventRow.subject == row.number))
    return int(getattr(deleted, "rowcount", 0))


def _is_unwanted(kind: str, value: float | None) -> bool:
    return kind == EventType.DISMISSED or (
        kind == EventType.RATED and value is not None and value < LIKED_FROM
    )


def _reader(row: SubjectRow) -> Reader:
    liked, disliked = (
        tuple((str(facet), str(code)) for facet, code in row.labels.get(name, ()))
        for name in ("liked", "disliked")
    )
    return Reader(row.number, row.personalised, row.minor, liked, disliked, row.consented_at)
