"""Published resources by the thousand, for benchmarks and evaluation; imports go through `catalog.intake`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from catalog import changes
from catalog.clock import new_id, now
from catalog.database import Database
from catalog.lifecycle import State
from catalog.resources import checksum, numbers_of
from catalog.tables import ChangeRow, ResourceRow, RevisionRow

_PER_TRANSACTION = 5000


@dataclass(frozen=True, slots=True)
class NewResource:
    """A document to be published; `id` None gives it a new one."""

    kind: str
    institution: str
    data: Mapping[str, Any]
    id: str | None = None


def publish_all(database: Database, new: Iterable[NewResource], *, actor: str) -> int:
    """Publish these documents, each with its revision and `Change`; returns how many.

    They are not validated: whoever calls vouches for them.
    """
    remaining = iter(new)
    count = 0
    while block := list(islice(remaining, _PER_TRANSACTION)):
        with database.write() as session:
            _publish(session, block, actor)
        count += len(block)
    return count


def _publish(session: Session, block: Sequence[NewResource], actor: str) -> None:
    changes.lock(session)
    moment = now()
    rows: list[dict[str, Any]] = [
        {
            "id": item.id or new_id(), "kind": item.kind, "institution": item.institution,
            "state": State.PUBLISHED.value, "revision": 1, "data": item.data, "checksum": checksum(item.data),
            "created_at": moment, "updated_at": moment, "reviewed_at": moment,
        }
        for item in block
    ]  # fmt: skip
    session.execute(insert(ResourceRow), rows)
    numbers = numbers_of(session, [row["id"] for row in rows])
    session.execute(insert(RevisionRow), [_revision(numbers[row["id"]], row, actor) for row in rows])
    session.execute(insert(ChangeRow), [_change(numbers[row["id"]], row) for row in rows])


def _revision(number: int, row: Mapping[str, Any], actor: str) -> dict[str, Any]:
    return {
        "resource": number, "revision": row["revision"], "state": row["state"], "data": row["data"],
        "actor": actor, "at": row["created_at"],
    }  # fmt: skip


def _change(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"resource": number, "revision": row["revision"], "at": row["created_at"]}
