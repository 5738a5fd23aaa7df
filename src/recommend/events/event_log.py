"""Takes events in: many requests share one commit, for a commit that survives a power cut takes milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.database import Database, lock
from catalog.errors import Unavailable
from catalog.lifecycle import State
from catalog.tables import Base, EventRow, ResourceRow, SubjectRow
from recommend.events.event import SKEW, Event, Rejection
from recommend.events.pseudonyms import Pseudonyms

# Events that may wait for a commit; beyond, senders are asked to come again.
_MOST_WAITING = 50_000
_AT_ONCE = 5_000
# Number of the lock that deletions hold alone, and writers of events together.
ERASING = 7_301_005
# Values of one statement; SQLite takes 32,766.
_VALUES = 10_000


class Taken(NamedTuple):
    """What became of some events: how many are on disk now, how many of those were before, and the others."""

    accepted: int
    duplicates: int
    rejected: list[Rejection]


@dataclass(frozen=True, slots=True)
class _Waiting:
    events: Sequence[tuple[int, Event]]
    taken: Future[Taken]


class EventLog:
    """Writes events. Safe to share between threads; `close` waits for what was submitted."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database, self._pseudonyms = database, pseudonyms
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        # How many events these have: with thousands of senders, adding them up for each takes the others' time.
        self._size = 0
        self._writer: threading.Thread | None = None
        self._closed = False

    def submit(self, events: Sequence[tuple[int, Event]]) -> Future[Taken]:
        """Take checked events with their places in a batch; done when they are on disk.

        Raises Unavailable when too many wait.
        """
        waiting = _Waiting(events, Future())
        with self._changed:
            if self._closed or self._size + len(events) > _MOST_WAITING:
                raise Unavailable("too many events are waiting: send these again in a moment")
            self._waiting.append(waiting)
            self._size += len(events)
            if self._writer is None:
                self._writer = threading.Thread(target=self._run, name="events", daemon=True)
                self._writer.start()
            self._changed.notify()
        return waiting.taken

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._writer is not None:
            self._writer.join()

    def _run(self) -> None:
        while group := self._next_group():
            # Nobody waits any more for those that were given up.
            group = [one for one in group if one.taken.set_running_or_notify_cancel()]
            try:
                results = self._write(group)
            except BaseException as error:  # whoever waits must hear of it, whatever it is
                for one in group:
                    one.taken.set_exception(error)
                continue
            for one, result in zip(group, results, strict=True):
                one.taken.set_result(result)

    def _next_group(self) -> list[_Waiting]:
        """What waits, once something does; empty at the end."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            size, count = 0, 0
            for one in self._waiting:
                if count and size + len(one.events) > _AT_ONCE:
                    break
                size, count = size + len(one.events), count + 1
            group, self._waiting = self._waiting[:count], self._waiting[count:]
            self._size -= size
            return group

    def _write(self, group: Sequence[_Waiting]) -> list[Taken]:
        with self._database.write() as session:
            writing = _Writing(session, self._pseudonyms, [event for one in group for _, event in one.events])
            results = [writing.take(one.events) for one in group]
            writing.finish()
        return results


class _Writing:
    """One commit: looks up everything at once, then takes batch after batch. What is refused leaves nothing behind."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms, events: Sequence[Event]) -> None:
        # Before anything is read of a subject: a deletion is seen whole, or waits and deletes what is written here.
        lock(session, ERASING, shared=True)
        self._session = session
        self._of = pseudonyms.of
        self._numbers = _published(session, {event.resource for event in events})
        self._subjects = self._known_subjects({event.subject for event in events if event.subject})
        keys = [self._id(event) for event in events]
        self._seen = _known(session, set(keys))
        # One for each event, in the order in which they are taken.
        self._keys = iter(keys)
        self._received = now()
        self._taken: list[tuple[str, Event]] = []

    def take(self, events: Iterable[tuple[int, Event]]) -> Taken:
        """The verdicts on one batch; what is taken waits for `finish`."""
        accepted = duplicates = 0
        rejected = []
        for (index, event), key in zip(events, self._keys, strict=False):
            problem = self._problem(event)
            if problem:
                rejected.append(Rejection(index, *problem))
                continue
            what = (event.type.value, self._numbers[event.resource])
            known = self._seen.get(key)
            if known not in (None, what):
                rejected.append(Rejection(index, "id", "was given to another event of this reader"))
                continue
            accepted += 1
            if known:
                duplicates += 1
                continue
            self._seen[key] = what
            self._taken.append((key, event))
        return Taken(accepted, duplicates, rejected)

    def finish(self) -> None:
        """Write what was taken, and of whom."""
        if not self._taken:
            return
        self._note_consent({event.subject for _, event in self._taken if event.subject})
        self._add(EventRow, "id", [self._row(key, event) for key, event in self._taken])

    def _add(self, table: type[Base], key: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows but for those that another process made meanwhile."""
        is_postgresql = self._session.get_bind().dialect.name == "postgresql"
        made = (postgresql.insert if is_postgresql else sqlite.insert)(table)
        self._session.execute(made.on_conflict_do_nothing(index_elements=[key]), rows)

    def _problem(self, event: Event) -> tuple[str, str] | None:
        if event.resource not in self._numbers:
            return "resource", "there is no published resource of this id"
        subject = self._subjects.get(event.subject or "")
        if subject and subject.erased_at:
            if event.at is None and _is_followed(subject):
                # It may be one of those that were deleted, sent again.
                return "at", "say when it happened: events of this subject were deleted"
            # A deleted event may have borne a time that was so much ahead of its receipt.
            if event.at and event.at <= subject.erased_at + SKEW:
                return "at", "the subject's events up to then were deleted"
        return None

    def _id(self, event: Event) -> str:
        """The sender's id as it is kept: of this reader or visit alone, so that nobody can take the ids of another's events."""
        return self._of(f"{event.subject or event.session}\n{event.id}")

    def _row(self, key: str, event: Event) -> dict[str, Any]:
        subject = self._subjects.get(event.subject or "")
        # Of those who want no profile, and of minors, only what was done is kept, not by whom.
        followed = subject is None or _is_followed(subject)
        return {
            "id": key, "type": event.type.value, "resource": self._numbers[event.resource],
            "subject": subject.number if subject and followed else None,
            "request": event.request_id, "strategy": event.strategy, "reason": event.reason,
            "value": event.value, "at": event.at or self._received, "received_at": self._received,
        }  # fmt: skip

    def _known_subjects(self, names: set[str]) -> Mapping[str, SubjectRow]:
        """The row of each of these subjects that has one, by the name it was sent under."""
        pseudonyms = {self._of(name): name for name in names}
        found = _subjects(self._session, pseudonyms)
        return {pseudonyms[pseudonym]: row for pseudonym, row in found.items()}

    def _note_consent(self, names: set[str]) -> None:
        """Make the rows of these subjects that have none, and note when each that is followed first consented."""
        missing = [self._of(name) for name in names if name not in self._subjects]
        if missing:
            made = [new_subject(pseudonym, self._received) for pseudonym in missing]
            self._add(SubjectRow, "pseudonym", made)
            self._subjects = self._known_subjects(names)
        rows = [self._subjects[name] for name in names]
        unsaid = [row.number for row in rows if row.consented_at is None and _is_followed(row)]
        if unsaid:
            consented = update(SubjectRow).where(SubjectRow.number.in_(unsaid))
            self._session.execute(consented.values(consented_at=self._received))


def _is_followed(subject: SubjectRow) -> bool:
    return subject.personalised and not subject.minor


def new_subject(pseudonym: str, consented_at: datetime | None) -> dict[str, Any]:
    """The row of a subject that nothing is known of yet."""
    return {
        "pseudonym": pseudonym, "personalised": True, "minor": False, "labels": {},
        "consented_at": consented_at, "erased_at": None, "forgotten_at": None,
    }  # fmt: skip


def _subjects(session: Session, pseudonyms: Iterable[str]) -> dict[str, SubjectRow]:
    rows = session.scalars(select(SubjectRow).where(SubjectRow.pseudonym.in_(list(pseudonyms))))
    return {row.pseudonym: row for row in rows}


def _published(session: Session, ids: set[str]) -> dict[str, int]:
    # The state is looked at here: for a long list SQLite would go through the index of all that is published.
    statement = select(ResourceRow.id, ResourceRow.number, ResourceRow.state)
    return {
        row[0]: row[1]
        for part in _parts(ids)
        for row in session.execute(statement.where(ResourceRow.id.in_(part)))
        if row[2] == State.PUBLISHED
    }


def _known(session: Session, ids: set[str]) -> dict[str, tuple[str, int]]:
    """Type and resource of each of these events that is kept, by id."""
    statement = select(EventRow.id, EventRow.type, EventRow.resource)
    return {
        row[0]: (row[1], row[2])
        for part in _parts(ids)
        for row in session.execute(statement.where(EventRow.id.in_(part)))
    }


def _parts(names: set[str]) -> Iterable[list[str]]:
    ordered = sorted(names)
    return (ordered[start : start + _VALUES] for start in range(0, len(ordered), _VALUES))
