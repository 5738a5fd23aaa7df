"""Writing one chunk of a batch: raw records, resources, revisions, audit, changes, complaints and the
batch's position.

All of it is in the caller's one transaction, so that a process killed at any moment has either taken a
record in wholly, position included, or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from catalog.clock import new_id, now
from catalog.errors import Conflict
from catalog.intake.matching import Outcome, Verdict, parts
from catalog.intake.options import ImportOptions
from catalog.lifecycle import State
from catalog.resources import REVIEW_INTERVAL
from catalog.schema import Problem
from catalog.tables import AuditRow, BatchRow, ChangeRow, ComplaintRow, RawRecordRow, ResourceRow, RevisionRow

Row = dict[str, Any]
# Of one record: the first are mended first.
_MOST_COMPLAINTS = 100
# In the order in which they are done.
_ACTIONS = ("create", "revise", "submit", "publish")


@dataclass(frozen=True, slots=True)
class Written:
    """A verdict with the resource that it is about, if one is known, and the revision that it made, if any."""

    verdict: Verdict
    resource: int | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a chunk belongs: the batch, its options, its format, and the position that it must be at."""

    batch: str
    position: int
    format: str
    options: ImportOptions


def write(session: Session, chunk: Chunk, verdicts: Sequence[Verdict]) -> None:
    """Write every verdict and move the batch on. `session` must be a writing one that holds `changes.lock`.

    Raises Conflict if another process has moved the batch on meanwhile.
    """
    moment = now()
    _advance(session, chunk, verdicts)
    numbers = _create(session, chunk, verdicts, moment)
    written = [_written(verdict, numbers) for verdict in verdicts]
    changed = [entry for entry in written if entry.verdict.outcome in (Outcome.CREATED, Outcome.UPDATED)]
    _update(session, chunk, changed, moment)
    _record(session, chunk, changed, moment)
    _many(session, RawRecordRow, [_raw(chunk.batch, entry) for entry in written])
    _many(session, ComplaintRow, [row for verdict in verdicts for row in _complaints(chunk.batch, verdict)])


def complaint_row(batch: str, record: int | None, offset: int | None, problem: Problem) -> Row:
    """One row of the complaints of a batch."""
    return {
        "batch": batch, "record": record, "offset": offset, "field": problem.field[:200] or None,
        "problem": f"{problem.zh} ({problem.en})"[:2000], "hint": problem.hint and problem.hint[:1000],
    }  # fmt: skip


def _advance(session: Session, chunk: Chunk, verdicts: Sequence[Verdict]) -> None:
    counts = Counter(verdict.outcome.value for verdict in verdicts)
    columns = {name: getattr(BatchRow, name) + counts[name] for name in Outcome}
    done = session.execute(
        update(BatchRow)
        .where(BatchRow.id == chunk.batch, BatchRow.position == chunk.position, BatchRow.state == "running")
        .values(position=verdicts[-1].candidate.record.number, **columns)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            f"another process has taken over the batch {chunk.batch}; `wenmai batch show` says more"
        )


def _create(
    session: Session, chunk: Chunk, verdicts: Sequence[Verdict], moment: datetime
) -> dict[tuple[str, str], int]:
    rows = [_resource(chunk, verdict, moment) for verdict in verdicts if verdict.outcome is Outcome.CREATED]
    if not rows:
        return {}
    table = ResourceRow.__table__
    statement = insert(ResourceRow.__table__).returning(  # type: ignore[arg-type]
        table.c.source_system, table.c.source_record, table.c.number
    )
    return {(row[0], row[1]): row[2] for row in session.execute(statement, rows)}


def _resource(chunk: Chunk, verdict: Verdict, moment: datetime) -> Row:
    candidate = verdict.candidate
    reviewed = verdict.state is State.PUBLISHED
    return {
        "id": new_id(), "kind": candidate.kind, "institution": candidate.institution,
        "state": verdict.state.value, "revision": 1, "data": candidate.data, "checksum": candidate.checksum,
        "source_system": candidate.source[0], "source_record": candidate.source[1],
        "source_format": chunk.format, "batch": chunk.batch, "created_at": moment, "updated_at": moment,
        "reviewed_at": moment if reviewed else None,
        "review_due": moment + REVIEW_INTERVAL if reviewed else None,
    }  # fmt: skip


def _written(verdict: Verdict, numbers: Mapping[tuple[str, str], int]) -> Written:
    if verdict.outcome is Outcome.CREATED:
        return Written(verdict, numbers[verdict.candidate.source], 1)
    if verdict.known is None:
        return Written(verdict, None, None)
    moved = verdict.outcome is Outcome.UPDATED
    return Written(verdict, verdict.known.number, verdict.known.revision + 1 if moved else None)


def _update(session: Session, chunk: Chunk, changed: Sequence[Written], moment: datetime) -> None:
    table = ResourceRow.__table__
    rows = [_updated(entry, chunk, moment) for entry in changed if entry.verdict.known]
    newly = [entry.resource for entry in changed if _steps(entry.verdict) and entry.verdict.known]
    if rows:
        names = ("state", "revision", "data", "checksum", "source_format", "batch", "updated_at")
        statement = update(ResourceRow.__table__).where(table.c.number == bindparam("_number"))  # type: ignore[arg-type]
        session.execute(statement.values({name: bindparam(f"_{name}") for name in names}), rows)
    if newly:
        reviewed = {"reviewed_at": moment, "review_due": moment + REVIEW_INTERVAL}
        session.execute(update(ResourceRow).where(ResourceRow.number.in_(newly)).values(**reviewed))


def _updated(entry: Written, chunk: Chunk, moment: datetime) -> Row:
    candidate = entry.verdict.candidate
    return {
        "_number": entry.resource, "_state": entry.verdict.state.value, "_revision": entry.revision,
        "_data": candidate.data, "_checksum": candidate.checksum, "_source_format": chunk.format,
        "_batch": chunk.batch, "_updated_at": moment,
    }  # fmt: skip


def _record(session: Session, chunk: Chunk, changed: Sequence[Written], moment: datetime) -> None:
    """The revision, the audit rows and the change of each resource, copied inside the database."""
    numbers = [entry.resource for entry in changed if entry.resource]
    actor, note, at = literal(chunk.options.actor), literal(f"import {chunk.batch}"), _literal_time(moment)
    row = ResourceRow
    state = (row.number, row.revision, row.state, row.data, actor, note, at)
    _copy(
        session, RevisionRow, ("resource", "revision", "state", "data", "actor", "note", "at"), state, numbers
    )
    for action in _ACTIONS:
        meant = [entry.resource for entry in changed if entry.resource and action in _actions(entry.verdict)]
        columns = (at, actor, literal(action), row.number, note)
        _copy(session, AuditRow, ("at", "actor", "action", "resource", "detail"), columns, meant)
    _copy(session, ChangeRow, ("resource", "revision", "at"), (row.number, row.revision, at), numbers)


def _copy(
    session: Session, target: type[Any], names: Sequence[str], columns: Sequence[Any], numbers: Sequence[int]
) -> None:
    """Insert a row into `target` for each of the resources, in order of their numbers."""
    for part in parts(numbers):
        rows = select(*columns).where(ResourceRow.number.in_(part)).order_by(ResourceRow.number)
        session.execute(insert(target.__table__).from_select(list(names), rows))


def _literal_time(moment: datetime) -> Any:
    return literal(moment, ResourceRow.updated_at.type)


def _actions(verdict: Verdict) -> list[str]:
    """What the audit says was done, in order."""
    known = verdict.known
    if known is None:
        return ["create", *_steps(verdict)]
    return [*(["revise"] if known.checksum != verdict.candidate.checksum else []), *_steps(verdict)]


def _steps(verdict: Verdict) -> list[str]:
    """The steps of the lifecycle that lead to the verdict's state."""
    former = verdict.known.state if verdict.known else State.DRAFT
    if verdict.state is former:
        return []
    return ["submit", "publish"] if former is State.DRAFT else ["publish"]


def _raw(batch: str, entry: Written) -> Row:
    record = entry.verdict.candidate.record
    known = entry.verdict.known
    unlinked = entry.resource is None and entry.verdict.candidate.source[1] != ""
    system, source = entry.verdict.candidate.source if unlinked else (None, None)
    return {
        "batch": batch, "record": record.number, "offset": record.offset,
        "outcome": entry.verdict.outcome.value, "resource": entry.resource, "revision": entry.revision,
        "source_system": system, "source_record": source,
        # What was destroyed does not come back by its file being sent again.
        "raw": b"" if known and known.state is State.DESTROYED else record.raw,
    }  # fmt: skip


def _complaints(batch: str, verdict: Verdict) -> Iterator[Row]:
    record, problems = verdict.candidate.record, verdict.problems
    for problem in problems[:_MOST_COMPLAINTS]:
        yield complaint_row(batch, record.number, record.offset, problem)
    if (more := len(problems) - _MOST_COMPLAINTS) > 0:
        left_out = Problem("", f"另有 {more} 处问题未列出", f"and {more} more")
        yield complaint_row(batch, record.number, record.offset, left_out)


def _many(session: Session, table: type[Any], rows: list[Row]) -> None:
    if rows:
        session.execute(insert(table.__table__), rows)
