"""Batches: the rows that say which files are being, or were, taken in, how far, and with which complaints.

waiting -> running -> done, or failed with its error; a batch that was killed is still "running" and goes on
from its position. done -> undoing -> undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from catalog.clock import new_id, now
from catalog.errors import Conflict, NotFound
from catalog.intake.options import BatchReport, Complaint, ImportOptions
from catalog.intake.writing import complaint_row
from catalog.schema import Problem
from catalog.tables import BatchRow, ComplaintRow

REPORTED_ERRORS = 100
_COLUMNS = (
    "id", "state", "file", "sha256", "bytes", "format", "position", "created", "updated",
    "unchanged", "rejected", "attempts", "error", "created_at", "finished_at",
)  # fmt: skip
_UNFINISHED = ("waiting", "running", "failed")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as it stands. `mapping` is what its mapping said when it was started."""

    id: str
    state: str
    file: str
    sha256: str
    bytes: int
    format: str
    options: ImportOptions
    mapping: Any
    position: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    attempts: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


def add(
    session: Session, *, file: str, sha256: str, size: int, form: str, options: ImportOptions, mapping: Any
) -> str:
    """Id of a new batch, or of the unfinished one for the same content and options.

    `session` must be a writing one.
    """
    wanted = _stored(options, mapping)
    # A name may have said the wrong format, and be another one now.
    same = select(BatchRow).where(
        BatchRow.sha256 == sha256, BatchRow.format == form, BatchRow.state.in_(_UNFINISHED)
    )
    for row in session.scalars(same.order_by(BatchRow.id)):
        if row.options | {"actor": None} == wanted | {"actor": None}:
            return row.id
    batch = new_id()
    session.add(
        BatchRow(
            id=batch, state="waiting", file=file, sha256=sha256, bytes=size, format=form, options=wanted,
            position=0, created=0, updated=0, unchanged=0, rejected=0, attempts=0, created_at=now(),
        )
    )  # fmt: skip
    return batch


def claim(session: Session, batch: str) -> Batch:
    """Set a batch running. Raises Conflict if it was undone, NotFound."""
    found = get(session, batch)
    if found.state in ("undoing", "undone"):
        raise Conflict(f"the batch {batch} was undone; import its file again instead")
    if found.state != "done":
        # What was said about the file as a whole is said again by this attempt.
        session.execute(
            delete(ComplaintRow).where(ComplaintRow.batch == batch, ComplaintRow.record.is_(None))
        )
        values = {"state": "running", "error": None, "attempts": BatchRow.attempts + 1}
        session.execute(update(BatchRow).where(BatchRow.id == batch).values(**values))
    return found


def finish(session: Session, batch: str, notes: Sequence[Problem]) -> None:
    """Every record has been dealt with."""
    _note(session, batch, notes)
    _end(session, batch, state="done", finished_at=now())


def fail(session: Session, batch: str, problem: Problem) -> None:
    """The file, or the machine, does not allow the batch to go on."""
    _note(session, batch, [problem])
    _end(session, batch, state="failed", error=problem.en[:2000])


def get(session: Session, batch: str) -> Batch:
    """The batch of this id. Raises NotFound."""
    row = session.get(BatchRow, batch, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no batch {batch!r}; `wenmai batch list` names them")
    return _batch(row)


def newest(session: Session, limit: int = 100) -> list[Batch]:
    """At most `limit` batches, newest first."""
    return [
        _batch(row) for row in session.scalars(select(BatchRow).order_by(BatchRow.id.desc()).limit(limit))
    ]


def complaints(
    session: Session, batch: str, offset: int = 0, limit: int = REPORTED_ERRORS
) -> list[Complaint]:
    """The complaints of a batch from number `offset` on: those about the file first, then by record."""
    rows = session.scalars(
        select(ComplaintRow)
        .where(ComplaintRow.batch == batch)
        .order_by(ComplaintRow.record.is_not(None), ComplaintRow.record, ComplaintRow.number)
        .offset(offset)
        .limit(limit)
    )
    return [Complaint(row.record, row.field, row.problem, row.hint) for row in rows]


def count_complaints(session: Session, batch: str) -> int:
    """How many complaints a batch has."""
    return session.scalar(select(func.count()).where(ComplaintRow.batch == batch)) or 0


def report(session: Session, batch: str) -> BatchReport:
    """What became of a batch so far. Raises NotFound."""
    found = get(session, batch)
    return BatchReport(
        batch, found.position, found.created, found.updated, found.unchanged, found.rejected,
        tuple(complaints(session, batch)),
    )  # fmt: skip


def _end(session: Session, batch: str, **values: Any) -> None:
    # A batch that is being undone meanwhile stays so.
    running = (BatchRow.id == batch, BatchRow.state == "running")
    session.execute(update(BatchRow).where(*running).values(**values))


def _note(session: Session, batch: str, problems: Sequence[Problem]) -> None:
    rows = [complaint_row(batch, None, None, problem) for problem in problems]
    if rows:
        session.execute(insert(ComplaintRow), rows)


def _stored(options: ImportOptions, mapping: Any) -> dict[str, Any]:
    return options.as_dict() | {"mapping_says": mapping}


def _batch(row: BatchRow) -> Batch:
    options = dict(row.options)
    mapping = options.pop("mapping_says", None)
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return Batch(options=ImportOptions.from_dict(options), mapping=mapping, **columns)
