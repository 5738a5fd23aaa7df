"""What curators of an institution chose for the lists that are shown in its name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from catalog import institutions, resources
from catalog.clock import is_id, now
from catalog.database import Database, lock
from catalog.errors import Conflict, NotFound
from catalog.lifecycle import State
from catalog.lookup import Lookup
from catalog.resources import Resource
from catalog.tables import AuditRow, CurationRow
from recommend.availability import is_within_reach

# What one institution may pin: beyond, its lists would be the same for everyone.
MAX_PINS = 20
# Choosing reads what was chosen, to replace and to count it: on PostgreSQL two at once would both find nothing.
_CHOOSING = 7_301_006
# Every list that is shown in an institution's name waits for its choices.
_TABLE = cast(Table, CurationRow.__table__)
_OF_INSTITUTION = Lookup([_TABLE.c.resource, _TABLE.c.action, _TABLE.c.at], _TABLE.c.institution)


class Action(StrEnum):
    """In the lists that are shown in the institution's name `pin`: stands first; `exclude`: is in none of them."""

    PIN = "pin"
    EXCLUDE = "exclude"


class Obstacle(StrEnum):
    """Why no list shows a resource that was chosen; `unavailable`: it is published, and readers cannot have it for now."""

    UNPUBLISHED = "unpublished"
    WITHDRAWN = "withdrawn"
    DESTROYED = "destroyed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice, with the id and title of its resource; `obstacle` says why no list shows that, where none does."""

    institution: str
    resource: str
    title: str
    action: Action
    actor: str
    note: str | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Curated:
    """Numbers of the resources pinned, in the order of pinning, and excluded."""

    pinned: tuple[int, ...] = ()
    excluded: frozenset[int] = frozenset()


def choose(
    session: Session,
    institution: str,
    resource_id: str,
    action: Action,
    *,
    actor: str,
    note: str | None = None,
) -> Choice:
    """Pin or exclude a published resource; a former choice about it is replaced.

    Raises NotFound, and Conflict when the institution has pinned `MAX_PINS` others.
    """
    lock(session, _CHOOSING)
    _check_institution(session, institution)
    resource = _resource(session, resource_id)
    if resource.state is not State.PUBLISHED:
        raise NotFound(f"there is no published resource {resource_id!r}", field="resource")
    if action is Action.PIN:
        _check_room(session, institution, resource.number)
    row = CurationRow(
        institution=institution, resource=resource.number, action=action, actor=actor, note=note, at=now()
    )
    session.merge(row)
    _audit(session, actor, f"recommendation {action}", resource.number, institution)
    return _choice(row, resource)


def _check_room(session: Session, institution: str, number: int) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(CurationRow)
        .where(
            CurationRow.institution == institution,
            CurationRow.action == Action.PIN,
            CurationRow.resource != number,
        )
    )
    if (others or 0) >= MAX_PINS:
        raise Conflict(
            f"{institution} has pinned {MAX_PINS} resources, which is the most: take one of them back first",
            field="action",
        )


def undo(session: Session, institution: str, resource_id: str, *, actor: str) -> None:
    """Take a choice back. Raises NotFound."""
    _check_institution(session, institution)
    number = _resource(session, resource_id).number
    done = session.execute(
        delete(CurationRow).where(CurationRow.institution == institution, CurationRow.resource == number)
    )
    if not getattr(done, "rowcount", 0):
        raise NotFound(f"{institution} has made no choice about {resource_id!r}", field="resource")
    _audit(session, actor, "recommendation undo", number, institution)


def choices(session: Session, institution: str | None = None) -> list[Choice]:
    """Every choice, of one institution or of all, oldest first. Raises NotFound for an unknown institution."""
    statement = select(CurationRow).order_by(CurationRow.at)
    if institution is not None:
        _check_institution(session, institution)
        statement = statement.where(CurationRow.institution == institution)
    rows = list(session.scalars(statement))
    known = resources.load(session, [row.resource for row in rows])
    return [_choice(row, known[row.resource]) for row in rows]


def curated(database: Database, institution: str | None) -> Curated:
    """What was chosen for the lists of an institution, as it stands now; nothing without one."""
    # PostgreSQL refuses to be asked for a text with NUL.
    if institution is None or "\0" in institution:
        return Curated()
    rows = sorted(_OF_INSTITUTION.alone(database, [institution]), key=lambda row: row[2])
    return Curated(
        tuple(number for number, action, _ in rows if action == Action.PIN),
        frozenset(number for number, action, _ in rows if action == Action.EXCLUDE),
    )


def _choice(row: CurationRow, resource: Resource) -> Choice:
    return Choice(
        row.institution, resource.id, resource.title, Action(row.action), row.actor, row.note, _obstacle(resource)
    )  # fmt: skip


def _obstacle(resource: Resource) -> Obstacle | None:
    if resource.state is State.PUBLISHED:
        return None if is_within_reach(resource) else Obstacle.UNAVAILABLE
    by_state = {State.WITHDRAWN: Obstacle.WITHDRAWN, State.DESTROYED: Obstacle.DESTROYED}
    return by_state.get(resource.state, Obstacle.UNPUBLISHED)


def _check_institution(session: Session, code: str) -> None:
    # PostgreSQL refuses to be asked for a text with NUL.
    if "\0" in code:
        raise NotFound(f"there is no institution with the code {code!r}", field="institution")
    institutions.get(session, code)


def _resource(session: Session, resource_id: str) -> Resource:
    if not is_id(resource_id):
        raise NotFound(f"there is no resource {resource_id!r}", field="resource")
    return resources.get(session, resource_id)


def _audit(session: Session, actor: str, action: str, number: int, detail: str) -> None:
    session.add(AuditRow(at=now(), actor=actor, action=action, resource=number, detail=detail))
