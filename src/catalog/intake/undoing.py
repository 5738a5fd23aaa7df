"""Taking back what a batch did, each step of it in the history, the audit and the change feed like any other.

What the batch made is destroyed (withdrawn first if it was published) and its source id set free, so that
the file can be taken in again. What it revised gets its former content back; if the batch had published it,
it is withdrawn. A resource whose content somebody has changed since is left as it is and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import changes, resources
from catalog.database import Database
from catalog.intake import batches
from catalog.intake.matching import Outcome
from catalog.lifecycle import State, Step
from catalog.resources import Resource
from catalog.tables import BatchRow, RawRecordRow, ResourceRow, RevisionRow

# Each takes about four milliseconds; the write lock should be held for less than 200.
_RECORDS_AT_ONCE = 40
_WAYS_OUT = {
    State.DRAFT: (Step.DESTROY,),
    State.SUBMITTED: (Step.RETURN, Step.DESTROY),
    State.PUBLISHED: (Step.WITHDRAW, Step.DESTROY),
    State.WITHDRAWN: (Step.DESTROY,),
    State.DESTROYED: (),
}


@dataclass(frozen=True, slots=True)
class UndoReport:
    """How many records were taken back; `kept` are the ids of resources that somebody has changed since."""

    batch: str
    undone: int
    kept: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Work:
    batch: str
    actor: str

    @property
    def note(self) -> str:
        return f"undo of import {self.batch}"


def undo(database: Database, batch: str, actor: str) -> UndoReport:
    """Take a batch back, finished or not; a process that still runs it stops. After a kill, run it again.

    Raises NotFound.
    """
    with database.write() as session:
        batches.get(session, batch)
        _set_state(session, batch, "undoing")
    undone, kept, last = 0, [], 0
    while True:
        with database.write() as session:
            # Before anything is compared: what is taken back may just be changed by another one.
            changes.lock(session)
            rows = _next(session, batch, last)
            results = [(row, _undo_one(session, _Work(batch, actor), row)) for row in rows]
            undone += sum(done for _, done in results)
            kept += [
                resources.load(session, [row.resource or 0])[row.resource or 0].id
                for row, done in results
                if not done
            ]
        if not rows:
            break
        last = rows[-1].record
    with database.write() as session:
        _set_state(session, batch, "undone")
    return UndoReport(batch, undone, tuple(kept))


def _next(session: Session, batch: str, last: int) -> Sequence[RawRecordRow]:
    done = (Outcome.CREATED.value, Outcome.UPDATED.value)
    statement = select(RawRecordRow).where(
        RawRecordRow.batch == batch, RawRecordRow.record > last, RawRecordRow.outcome.in_(done)
    )
    return session.scalars(statement.order_by(RawRecordRow.record).limit(_RECORDS_AT_ONCE)).all()


def _undo_one(session: Session, work: _Work, row: RawRecordRow) -> bool:
    """Whether the record was taken back: its resource must still have the content that the batch gave it."""
    number, revision = row.resource or 0, row.revision or 0
    resource = resources.load(session, [number])[number]
    made = _revision(session, number, revision)
    if resource.state is not State.DESTROYED:
        if resource.data != made.data:
            return False
        if row.outcome == Outcome.CREATED:
            _destroy(session, work, resource)
        else:
            _restore(session, work, resource, made)
    row.outcome = "undone"
    return True


def _destroy(session: Session, work: _Work, resource: Resource) -> None:
    for step in _WAYS_OUT[resource.state]:
        resources.take_step(session, resource.id, step, actor=work.actor, note=work.note)
    free = {"source_system": None, "source_record": None}
    session.execute(update(ResourceRow).where(ResourceRow.number == resource.number).values(**free))


def _restore(session: Session, work: _Work, resource: Resource, made: RevisionRow) -> None:
    former = _revision(session, resource.number, made.revision - 1)
    resources.revise(session, resource.id, former.data, actor=work.actor, note=work.note)
    published_by_batch = made.state == State.PUBLISHED and former.state != State.PUBLISHED
    if published_by_batch and resource.state is State.PUBLISHED:
        resources.take_step(session, resource.id, Step.WITHDRAW, actor=work.actor, note=work.note)


def _revision(session: Session, resource: int, revision: int) -> RevisionRow:
    return session.get_one(RevisionRow, (resource, revision))


def _set_state(session: Session, batch: str, state: str) -> None:
    session.execute(update(BatchRow).where(BatchRow.id == batch).values(state=state))
