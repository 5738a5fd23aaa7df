"""Resources: made, revised, moved through their lifecycle, read. Every change leaves a revision, an audit row
and a `Change` in the caller's transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from catalog import changes
from catalog.clock import is_id, new_id, now
from catalog.database import Database
from catalog.errors import Conflict, NotFound
from catalog.lifecycle import State, Step, after
from catalog.lookup import Lookup
from catalog.tables import AuditRow, ChangeRow, ComplaintRow, RawRecordRow, ResourceRow, RevisionRow

# The handbook asks that each published resource is looked at again at least once a quarter.
REVIEW_INTERVAL = timedelta(days=90)


# A page of results makes dozens: tuples are made in a fraction of the time that frozen data classes take.
class Resource(NamedTuple):
    """One catalogue item as it stands; `data` follows the schema of its kind."""

    number: int
    id: str
    kind: str
    institution: str
    state: State
    revision: int
    data: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    source_system: str | None = None
    source_record: str | None = None

    @property
    def title(self) -> str:
        """The main title, else the first one; a destroyed resource keeps it as its tombstone."""
        titles = self.data.get("titles") or [{"value": self.id}]
        main = (title["value"] for title in titles if title.get("type") == "main")
        return str(next(main, titles[0]["value"]))


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of a resource's history."""

    revision: int
    state: str
    actor: str
    note: str | None
    at: datetime


def checksum(data: Mapping[str, Any]) -> str:
    """SHA-256 of the document in canonical form: equal documents have equal checksums."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def create(
    session: Session,
    kind: str,
    institution: str,
    data: Mapping[str, Any],
    *,
    actor: str,
    note: str | None = None,
) -> Resource:
    """A new draft from a validated document. `session` must be a writing one."""
    moment = now()
    row = ResourceRow(
        id=new_id(), kind=kind, institution=institution, state=State.DRAFT, revision=1, data=dict(data),
        checksum=checksum(data), created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, row, "create", actor, note)
    return _resource(row)


def revise(
    session: Session,
    resource_id: str,
    data: Mapping[str, Any],
    *,
    actor: str,
    note: str | None = None,
    expected_revision: int | None = None,
) -> Resource:
    """Replace the document; unchanged content makes no revision. Raises Conflict if the revision moved on."""
    row = _row_to_change(session, resource_id)
    if expected_revision is not None and row.revision != expected_revision:
        raise Conflict(f"the resource is at revision {row.revision}, not {expected_revision}: load it again")
    if row.state == State.DESTROYED:
        raise Conflict("a destroyed resource cannot be revised")
    if row.checksum == checksum(data):
        return _resource(row)
    row.data, row.checksum = dict(data), checksum(data)
    _record(session, row, "revise", actor, note, new_revision=True)
    return _resource(row)


def take_step(
    session: Session, resource_id: str, step: Step, *, actor: str, note: str | None = None
) -> Resource:
    """Move a resource one step on. Raises Conflict if its state does not allow the step, NotFound."""
    row = _row_to_change(session, resource_id)
    row.state = after(State(row.state), step)
    if step is Step.PUBLISH:
        row.reviewed_at, row.review_due = now(), now() + REVIEW_INTERVAL
    if step is Step.DESTROY:
        _destroy_content(session, row)
    _record(session, row, step.value, actor, note, new_revision=True)
    return _resource(row)


def publish(session: Session, resource_id: str, *, actor: str, note: str | None = None) -> Resource:
    """Publish a resource; a draft is submitted on the way, and both steps are recorded."""
    if _row_to_change(session, resource_id).state == State.DRAFT:
        take_step(session, resource_id, Step.SUBMIT, actor=actor, note=note)
    return take_step(session, resource_id, Step.PUBLISH, actor=actor, note=note)


def get(session: Session, resource_id: str) -> Resource:
    """The resource in whatever state. Raises NotFound."""
    return _resource(_row(session, resource_id))


def load(session: Session, numbers: Sequence[int]) -> dict[int, Resource]:
    """The resources of these numbers, whatever their state; unknown numbers are missing from the answer."""
    return {row[0]: _of_columns(row) for row in _BY_NUMBER.in_session(session, numbers)}


def load_now(database: Database, numbers: Sequence[int]) -> dict[int, Resource]:
    """The same without a transaction, which takes less time: for who reads nothing else beside."""
    return {row[0]: _of_columns(row) for row in _BY_NUMBER.alone(database, numbers)}


def named(session: Session, ids: Sequence[str]) -> dict[str, Resource]:
    """The resources of these ids, whatever their state; unknown ids are missing from the answer."""
    return {row[1]: _of_columns(row) for row in _BY_ID.in_session(session, list(filter(is_id, ids)))}


def members(session: Session, collection: Resource, most: int) -> list[int]:
    """Numbers of the resources that a collection names, each once, in its order, of so many at most; none of anything else."""
    ids = list(dict.fromkeys(str(one) for one in collection.data.get("members") or ()))[:most]
    known = numbers_of(session, ids) if ids else {}
    return [known[one] for one in ids if one in known]


def published(session: Session, *, after_number: int, up_to: int) -> list[Resource]:
    """The published resources with a number above the first and up to the second, in order of number."""
    rows = session.connection().execute(_PUBLISHED, {"after": after_number, "up_to": up_to})
    return [_of_columns(row) for row in rows]


def highest_number(session: Session) -> int:
    """The highest number of any resource; 0 in an empty catalogue."""
    return session.scalar(select(func.max(ResourceRow.number))) or 0


def published_revisions(session: Session) -> Iterator[tuple[int, int]]:
    """(number, revision) of every published resource in order of number, streamed."""
    statement = (
        select(ResourceRow.number, ResourceRow.revision)
        .where(ResourceRow.state == State.PUBLISHED)
        .order_by(ResourceRow.number)
    )
    for row in session.execute(statement.execution_options(yield_per=10_000)):
        yield row[0], row[1]


def count_by_state(session: Session) -> dict[str, int]:
    """How many resources stand in each state."""
    rows = session.execute(select(ResourceRow.state, func.count()).group_by(ResourceRow.state))
    return {row[0]: row[1] for row in rows}


def history(session: Session, resource_id: str) -> list[Revision]:
    """All revisions, oldest first. Raises NotFound."""
    number = _row(session, resource_id).number
    rows = session.scalars(
        select(RevisionRow).where(RevisionRow.resource == number).order_by(RevisionRow.revision)
    )
    return [Revision(row.revision, row.state, row.actor, row.note, row.at) for row in rows]


def numbers_of(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """Number of each known id."""
    return {row[0]: row[1] for row in _NUMBERS.in_session(session, list(filter(is_id, ids)))}


def _row(session: Session, resource_id: str) -> ResourceRow:
    row = session.scalar(select(ResourceRow).where(ResourceRow.id == resource_id))
    if row is None:
        raise NotFound(f"there is no resource {resource_id!r}")
    return row


def _row_to_change(session: Session, resource_id: str) -> ResourceRow:
    """The row as the last writer left it: on PostgreSQL writers would otherwise work on the same old revision."""
    changes.lock(session)
    return _row(session, resource_id)


def _record(
    session: Session,
    row: ResourceRow,
    action: str,
    actor: str,
    note: str | None,
    *,
    new_revision: bool = False,
) -> None:
    if new_revision:
        row.revision += 1
        row.updated_at = now()
    moment = row.updated_at
    changes.lock(session)
    session.add_all(
        [
            RevisionRow(
                resource=row.number, revision=row.revision, state=row.state, data=row.data, actor=actor, note=note,
                at=moment,
            ),
            AuditRow(at=moment, actor=actor, action=action, resource=row.number, detail=note),
            ChangeRow(resource=row.number, revision=row.revision, at=moment),
        ]
    )  # fmt: skip
    session.flush()


def _destroy_content(session: Session, row: ResourceRow) -> None:
    tombstone = {"titles": [{"value": _resource(row).title}]}
    row.data, row.checksum = tombstone, checksum(tombstone)
    for revision in session.scalars(select(RevisionRow).where(RevisionRow.resource == row.number)):
        revision.data = tombstone
    raw = RawRecordRow
    meant: ColumnElement[bool] = raw.resource == row.number
    if row.source_record is not None:
        meant |= and_(raw.source_system == row.source_system, raw.source_record == row.source_record)
    # Complaints quote what they complain about.
    records = select(raw.batch, raw.record).where(meant)
    session.execute(delete(ComplaintRow).where(tuple_(ComplaintRow.batch, ComplaintRow.record).in_(records)))
    session.execute(update(raw).where(meant).values(raw=b""))


def _resource(row: ResourceRow) -> Resource:
    return Resource(
        number=row.number, id=row.id, kind=row.kind, institution=row.institution, state=State(row.state),
        revision=row.revision, data=row.data, created_at=row.created_at, updated_at=row.updated_at,
        source_system=row.source_system, source_record=row.source_record,
    )  # fmt: skip


def _of_columns(row: Sequence[Any]) -> Resource:
    number, identifier, kind, institution, state, *rest = row
    return Resource(number, identifier, kind, institution, State(state), *rest)


# Read as columns in the order of Resource's fields: several times faster than rows as objects, and searching waits.
_TABLE = cast(Table, ResourceRow.__table__)
_COLUMNS = [_TABLE.c[name] for name in Resource._fields]
_BY_NUMBER = Lookup(_COLUMNS, _TABLE.c.number)
_BY_ID = Lookup(_COLUMNS, _TABLE.c.id)
_NUMBERS = Lookup([_TABLE.c.id, _TABLE.c.number], _TABLE.c.id)
_PUBLISHED = (
    select(*_COLUMNS)
    .where(
        _TABLE.c.state == State.PUBLISHED,
        _TABLE.c.number > bindparam("after"),
        _TABLE.c.number <= bindparam("up_to"),
    )
    .order_by(_TABLE.c.number)
)
