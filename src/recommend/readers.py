"""What is kept of a reader, by pseudonym: choices, interest labels, and the history that recommendations are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.database import lock
from catalog.tables import DailyUseRow, EventRow, SubjectRow, TrainingRow
from recommend.events.event import LIKED_FROM, USES, EventType
from recommend.events.event_log import ERASING, new_subject
from search.query import FACETS, LEVELS

# So many resources that were used last make up a history, and so many are not shown again.
HISTORY, _SEEN = 100, 2000
# Of each type of use so many of the newest events are looked through for them, and of words on resources.
_LOOKED_THROUGH, _WORDS = 5000, 5000
# For so long a resource that was shown again and again is not shown any more; so many of the newest impressions tell that.
_SHOWN_IN = timedelta(days=30)
_IMPRESSIONS = 4000
# What a reader says of a resource: that it is wanted, or not.
_SAID = (EventType.DISMISSED, EventType.RATED, EventType.BORROWED, EventType.SAVED)
# Which events say that a reader cares for a resource.
IS_USE = (EventRow.type.in_(USES), EventRow.value.is_(None) | (EventRow.value >= LIKED_FROM))
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
    """Resources by number: the newest used, newest first; of what was used far more, which is what was `seen`; those that the
    reader said are `unwanted`; those `ignored`, which were shown again and again and never used.

    Of those seen, which were `borrowed`, which `saved`, and which nothing but `rated`.
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


@dataclass(frozen=True, slots=True)
class Use:
    """A use that was deleted: of which resource, when it happened, and when it was taken in."""

    resource: int
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted of one reader: so many events, among them these uses; `is_something` if it was labels alone, too.

    `at` is after every deletion of events before this one, and before each that follows; None where no event was deleted.
    """

    events: int = 0
    uses: tuple[Use, ...] = ()
    is_something: bool = False
    at: datetime | None = None


def history(session: Session, reader: Reader, shown: int) -> History:
    """What the reader used, does not want, and ignored when it was shown on so many days; empty for one who is not followed."""
    if reader.number is None or not reader.is_followed:
        return History()
    of = {"subject": reader.number}
    unwanted: frozenset[int] = frozenset(session.scalars(_UNWANTED, of | {"most": _WORDS}))
    rows = session.execute(_USED, of | {"most": _LOOKED_THROUGH, "resources": _SEEN}).all()
    uses = [row for row in rows if row.resource not in unwanted]
    used = [row.resource for row in uses]
    borrowed, saved, rated = (
        frozenset(row.resource for row in uses if getattr(row, name))
        for name in ("borrowed", "saved", "only_rated")
    )
    since = {"since": now() - _SHOWN_IN, "most": _IMPRESSIONS, "days": shown}
    ignored = frozenset(session.scalars(_IGNORED, of | since)) - unwanted.union(used)
    return History(tuple(used[:HISTORY]), borrowed, saved, rated, frozenset(used), unwanted, ignored)


def _newest(kind: EventType) -> Select[Any]:
    """The `most` newest events of one type of a `subject`, each with whether it says that the resource is `unwanted`, 1 or 0."""
    unwanted: ColumnElement[int] = literal_column("1" if kind is EventType.DISMISSED else "0")
    if kind is EventType.RATED:
        unwanted = case((EventRow.value < LIKED_FROM, 1), else_=0)
    newest = (
        select(
            EventRow.resource, EventRow.type, EventRow.at, EventRow.number, unwanted.label("unwanted"),
        )
        .where(EventRow.subject == bindparam("subject"), EventRow.type == kind)
        .order_by(EventRow.at.desc())
        .limit(bindparam("most"))
        .subquery()
    )  # fmt: skip
    return select(newest)


def _used() -> Select[Any]:
    """Resources that a subject used, the last first, and how: counted by the database, for there may be thousands of events."""
    uses = union_all(*map(_newest, USES)).subquery()
    borrowed, saved, rated = (
        case((uses.c.type == kind, 1), else_=0)
        for kind in (EventType.BORROWED, EventType.SAVED, EventType.RATED)
    )
    return (
        select(
            uses.c.resource, func.max(borrowed).label("borrowed"), func.max(saved).label("saved"),
            func.min(rated).label("only_rated"),
        )
        .where(uses.c.unwanted == 0)
        .group_by(uses.c.resource)
        .order_by(func.max(uses.c.at).desc(), func.max(uses.c.number).desc())
        .limit(bindparam("resources"))
    )  # fmt: skip


def _unwanted() -> Select[Any]:
    """Resources of which a subject's newest word is that they are not wanted. Opening a page says nothing of that."""
    words = union_all(*map(_newest, _SAID)).subquery()
    newest_first = (words.c.at.desc(), words.c.number.desc())
    place = func.row_number().over(partition_by=words.c.resource, order_by=newest_first).label("place")
    ranked = select(words.c.resource, words.c.unwanted, place).subquery()
    return select(ranked.c.resource).where(ranked.c.place == 1, ranked.c.unwanted == 1)


def _ignored() -> Select[Any]:
    """What a subject was shown on so many `days`: a page that draws its list anew shows the same again, and says nothing by that."""
    day = func.substr(func.cast(EventRow.at, DailyUseRow.day.type), 1, 10).label("day")
    shown = (
        select(EventRow.resource, day)
        .where(
            EventRow.subject == bindparam("subject"), EventRow.type == EventType.IMPRESSION,
            EventRow.at > bindparam("since"),
        )
        .order_by(EventRow.at.desc())
        .limit(bindparam("most"))
        .subquery()
    )  # fmt: skip
    days = func.count(shown.c.day.distinct())
    return select(shown.c.resource).group_by(shown.c.resource).having(days >= bindparam("days"))


# Made once: making them takes longer than the database does.
_USED, _UNWANTED, _IGNORED = _used(), _unwanted(), _ignored()


def choose(
    session: Session,
    pseudonym: str,
    *,
    personalised: bool | None = None,
    minor: bool | None = None,
    liked: Sequence[Label] | None = None,
    disliked: Sequence[Label] | None = None,
    deleted: Sequence[Label] | None = None,
) -> Erased:
    """Keep what a reader chose, from the next request on; None leaves as it was. Returns what was deleted with it.

    What was known of one who wants no profile is deleted. A label is in one list: what is disliked is in no other, and what is
    deleted is not liked.
    """
    if all(said is None for said in (personalised, minor, liked, disliked, deleted)):
        return Erased()
    row = _row_to_change(session, pseudonym) or _new_row(session, pseudonym)
    before = _reader(row)
    row.personalised = before.personalised if personalised is None else personalised
    row.minor = before.minor if minor is None else minor
    # What is said now outdoes what was said before.
    wanted = set(liked or ())
    gone = tuple(one for one in before.disliked if one not in wanted) if disliked is None else tuple(disliked)
    struck = [one for one in before.deleted if one not in wanted] if deleted is None else list(deleted)
    struck = [label for label in struck if label not in gone]
    kept = [label for label in (before.liked if liked is None else liked) if label not in (*gone, *struck)]
    row.labels = {
        name: [list(label) for label in labels]
        for name, labels in (("liked", kept), ("disliked", gone), ("deleted", struck))
    }
    after = _reader(row)
    is_given_up = before.is_followed and not after.is_followed
    is_less = bool(_labels(before) - _labels(after))
    erased = _delete_events(session, row, is_less) if is_given_up else Erased(is_something=is_less)
    session.flush()
    return erased


def is_known(session: Session, pseudonym: str) -> bool:
    """Whether anything is kept of a reader, be it a choice."""
    return session.scalar(select(SubjectRow.number).where(SubjectRow.pseudonym == pseudonym)) is not None


def erase(session: Session, pseudonym: str) -> Erased:
    """Delete every event and label of a reader.

    Events up to now and a little later (`SKEW`) are refused from here on, some may be on their way; not those of a reader of whom
    nothing is known: anybody may make up names, and each would be kept for good.
    """
    row = _row_to_change(session, pseudonym)
    if row is None:
        return Erased()
    had_labels = bool(_labels(_reader(row)))
    row.labels = {}
    return _delete_events(session, row, had_labels)


def _row_to_change(session: Session, pseudonym: str) -> SubjectRow | None:
    # First of all: whoever writes events holds it too, and then sees what was chosen here. Deletions follow one another, and
    # not while a version is noted: who learns sees whether anything was deleted meanwhile.
    lock(session, ERASING)
    return session.scalar(select(SubjectRow).where(SubjectRow.pseudonym == pseudonym))


def _new_row(session: Session, pseudonym: str) -> SubjectRow:
    row = SubjectRow(**new_subject(pseudonym, None))
    session.add(row)
    session.flush()
    return row


def _delete_events(session: Session, row: SubjectRow, is_something: bool) -> Erased:
    """`is_something`: labels go with them."""
    row.erased_at = now()
    of_reader = delete(EventRow).where(EventRow.subject == row.number)
    what = of_reader.returning(
        EventRow.resource, EventRow.at, EventRow.received_at, EventRow.type, EventRow.value
    )
    deleted = session.execute(what).all()
    # Of one who never consented nothing was learnt, and anybody may make up names.
    if deleted or row.consented_at is not None:
        row.forgotten_at = _after_all_else(session)
    row.consented_at = None
    uses = tuple(
        Use(one.resource, one.at, one.received_at)
        for one in deleted
        if one.type in USES and not _is_unwanted(one.type, one.value)
    )
    return Erased(len(deleted), uses, is_something or bool(deleted), row.forgotten_at if deleted else None)


def _after_all_else(session: Session) -> datetime:
    """A moment after every version and every deletion there is, also where a clock was set back."""
    learnt = session.scalar(select(func.max(TrainingRow.created_at)))
    before = [moment + _TICK for moment in (learnt, last_erasure(session)) if moment is not None]
    return max([now(), *before])


def last_erasure(session: Session) -> datetime | None:
    """When a reader last had something deleted that may have been learnt; None before."""
    # Not `max`, for which the databases would not use the index of those who had.
    forgotten = SubjectRow.forgotten_at
    return session.scalar(select(forgotten).where(forgotten.is_not(None)).order_by(forgotten.desc()).limit(1))


def _is_unwanted(kind: str, value: float | None) -> bool:
    return kind == EventType.DISMISSED or (
        kind == EventType.RATED and value is not None and value < LIKED_FROM
    )


def _labels(reader: Reader) -> set[Label]:
    return {*reader.liked, *reader.disliked, *reader.deleted}


def _reader(row: SubjectRow) -> Reader:
    liked, disliked, deleted = (
        tuple((str(facet), str(code)) for facet, code in row.labels.get(name, ()))
        for name in ("liked", "disliked", "deleted")
    )
    return Reader(row.number, row.personalised, row.minor, liked, disliked, deleted, row.consented_at)
