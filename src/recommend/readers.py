"""What is kept of a reader, by pseudonym: choices, interest labels, and the history that recommendations are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.database import lock
from catalog.tables import EventRow, SubjectRow, TrainingRow
from recommend.event_log import ERASING, new_subject
from recommend.events import LIKED_FROM, EventType
from search.query import FACETS, LEVELS

# So many of the newest uses make up a history, and so many events are looked through for them.
HISTORY = 100
_LOOKED_THROUGH = 1000
# So many of the newest words on resources count, however many uses there were since.
_WORDS = 10_000
# For so long a resource that was shown again and again is not shown any more; so many of the newest impressions tell that.
_SHOWN_IN = timedelta(days=30)
_IMPRESSIONS = 10_000
# What a reader says of a resource: that it is wanted, or not.
_SAID = (EventType.DISMISSED, EventType.RATED, EventType.BORROWED, EventType.SAVED)
# Labels of one reader, and what a label may be of.
MAX_LABELS = 50
_TICK = timedelta(microseconds=1)
LABEL_FACETS = tuple(
    facet for facet in FACETS if facet not in ("institution", "language", "access", "heritage_type", *LEVELS)
)
Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Labels, (facet, code): the reader wrote those `liked`; `deleted` ones are inferred and used no more; what bears one that is
    `disliked` is never shown."""

    number: int | None = None
    personalised: bool = True
    minor: bool = False
    liked: tuple[Label, ...] = ()
    disliked: tuple[Label, ...] = ()
    deleted: tuple[Label, ...] = ()
    consented_at: datetime | None = None

    @property
    def is_followed(self) -> bool:
        """Whether what the reader did may be used and kept."""
        return self.personalised and not self.minor


@dataclass(frozen=True, slots=True)
class History:
    """Resources by number: the newest used, newest first; all that were seen; those that the reader said are `unwanted`;
    those `ignored`, which were shown again and again and never used.

    Of those used, which were `borrowed`, which `saved`, and which nothing but `rated`.
    """

    used: tuple[int, ...] = ()
    borrowed: frozenset[int] = frozenset()
    saved: frozenset[int] = frozenset()
    rated: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    unwanted: frozenset[int] = frozenset()
    ignored: frozenset[int] = frozenset()


def find(session: Session, pseudonym: str) -> Reader:
    """The reader of this pseudonym; one of whom nothing is known if there is none."""
    row = session.scalar(select(SubjectRow).where(SubjectRow.pseudonym == pseudonym))
    return _reader(row) if row is not None else Reader()


def history(session: Session, reader: Reader, shown: int) -> History:
    """What the reader used, does not want, and ignored when it was shown on so many days; empty for one who is not followed."""
    if reader.number is None or not reader.is_followed:
        return History()
    rows = session.execute(
        select(EventRow.resource, EventRow.type, EventRow.value)
        .where(EventRow.subject == reader.number, EventRow.type != EventType.IMPRESSION)
        .order_by(EventRow.at.desc(), EventRow.number.desc())
        .limit(_LOOKED_THROUGH)
    ).all()
    unwanted = _unwanted(session, reader.number)
    uses = [(n, kind) for n, kind, value in rows if n not in unwanted and not _is_unwanted(kind, value)]
    used = list(dict.fromkeys(resource for resource, _ in uses))
    borrowed, saved, rated = (
        frozenset(resource for resource, kind in uses if kind == of)
        for of in (EventType.BORROWED, EventType.SAVED, EventType.RATED)
    )
    rated -= {resource for resource, kind in uses if kind != EventType.RATED}
    ignored = _ignored(session, reader.number, shown) - unwanted.union(used)
    return History(tuple(used[:HISTORY]), borrowed, saved, rated, frozenset(used), unwanted, ignored)


def _unwanted(session: Session, subject: int) -> frozenset[int]:
    """Resources of which the newest word is that they are not wanted. Opening a page says nothing of that."""
    rows = session.execute(
        select(EventRow.resource, EventRow.type, EventRow.value)
        .where(EventRow.subject == subject, EventRow.type.in_(_SAID))
        .order_by(EventRow.at.desc(), EventRow.number.desc())
        .limit(_WORDS)
    )
    newest: dict[int, bool] = {}
    for resource, kind, value in rows:
        newest.setdefault(resource, _is_unwanted(kind, value))
    return frozenset(resource for resource, is_unwanted in newest.items() if is_unwanted)


def _ignored(session: Session, subject: int, shown: int) -> frozenset[int]:
    """What was shown on so many days: a page that draws its list anew shows the same again, and says nothing by that."""
    rows = session.execute(
        select(EventRow.resource, EventRow.at)
        .where(
            EventRow.subject == subject, EventRow.type == EventType.IMPRESSION, EventRow.at > now() - _SHOWN_IN
        )
        .order_by(EventRow.at.desc())
        .limit(_IMPRESSIONS)
    )  # fmt: skip
    days = Counter(resource for resource, _ in {(resource, at.date()) for resource, at in rows})
    return frozenset(resource for resource, count in days.items() if count >= shown)


def choose(
    session: Session,
    pseudonym: str,
    *,
    personalised: bool | None = None,
    minor: bool | None = None,
    liked: Sequence[Label] | None = None,
    disliked: Sequence[Label] | None = None,
    deleted: Sequence[Label] | None = None,
) -> list[int]:
    """Keep what a reader chose, from the next request on; None leaves as it was. Returns of what each event was that was deleted
    with it.

    What was known of one who wants no profile is deleted. A label is in one list: what is disliked is in no other, and what is
    deleted is not liked.
    """
    row = _row_to_change(session, pseudonym)
    before = _reader(row)
    row.personalised = before.personalised if personalised is None else personalised
    row.minor = before.minor if minor is None else minor
    gone = before.disliked if disliked is None else tuple(disliked)
    struck = [label for label in (before.deleted if deleted is None else deleted) if label not in gone]
    kept = [label for label in (before.liked if liked is None else liked) if label not in (*gone, *struck)]
    row.labels = {
        name: [list(label) for label in labels]
        for name, labels in (("liked", kept), ("disliked", gone), ("deleted", struck))
    }
    is_given_up = before.is_followed and not _reader(row).is_followed
    erased = _delete_events(session, row) if is_given_up else []
    session.flush()
    return erased


def erase(session: Session, pseudonym: str) -> list[int]:
    """Delete every event and label of a reader; returns of what each event was, by number.

    Events up to now and a little later (`SKEW`) are refused from here on, also of a reader of whom nothing is known: some may be on their way.
    """
    row = _row_to_change(session, pseudonym)
    row.labels = {}
    return _delete_events(session, row)


def _row_to_change(session: Session, pseudonym: str) -> SubjectRow:
    # First of all: whoever writes events holds it too, and then sees what was chosen here. Deletions follow one another, and
    # not while a version is noted: who learns sees whether anything was deleted meanwhile.
    lock(session, ERASING)
    row = session.scalar(select(SubjectRow).where(SubjectRow.pseudonym == pseudonym))
    if row is None:
        row = SubjectRow(**new_subject(pseudonym, None))
        session.add(row)
        session.flush()
    return row


def _delete_events(session: Session, row: SubjectRow) -> list[int]:
    row.erased_at = now()
    of_reader = delete(EventRow).where(EventRow.subject == row.number)
    deleted = list(session.scalars(of_reader.returning(EventRow.resource)))
    # Of one who never consented nothing was learnt, and anybody may make up names.
    if deleted or row.consented_at is not None:
        row.forgotten_at = _after_all_else(session)
    row.consented_at = None
    return deleted


def _after_all_else(session: Session) -> datetime:
    """A moment after every version and every deletion there is, also where a clock was set back."""
    learnt = session.scalar(select(func.max(TrainingRow.created_at)))
    before = [moment + _TICK for moment in (learnt, last_erasure(session)) if moment is not None]
    return max([now(), *before])


def last_erasure(session: Session) -> datetime | None:
    """When a reader last had something deleted that may have been learnt; None before."""
    return session.scalar(select(func.max(SubjectRow.forgotten_at)))


def _is_unwanted(kind: str, value: float | None) -> bool:
    return kind == EventType.DISMISSED or (
        kind == EventType.RATED and value is not None and value < LIKED_FROM
    )


def _reader(row: SubjectRow) -> Reader:
    liked, disliked, deleted = (
        tuple((str(facet), str(code)) for facet, code in row.labels.get(name, ()))
        for name in ("liked", "disliked", "deleted")
    )
    return Reader(row.number, row.personalised, row.minor, liked, disliked, deleted, row.consented_at)
