"""Warns of collections whose members are not in the catalogue. The records are taken in all the same: what is missing may come later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.clock import is_id
from catalog.intake.matching import Outcome, Verdict, parts
from catalog.lifecycle import State
from catalog.schema import Problem
from catalog.tables import ResourceRow

# Of a resource that a collection names, its number and state.
_Found = tuple[int, str]
_HINT = "name members by the ids that the catalogue gave them, and import the collection after them"
_LEAVE_OUT = "leave it out"


def warned(session: Session, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same verdicts, those of collections with a warning for each member that is not there, was destroyed, or is the collection
    itself."""
    named = {id_ for verdict in verdicts for id_ in _members(verdict) if is_id(id_)}
    columns = (ResourceRow.id, ResourceRow.number, ResourceRow.state)
    there: dict[str, _Found] = {}
    for part in parts(sorted(named)):
        rows = session.execute(select(*columns).where(ResourceRow.id.in_(part)))
        there |= {id_: (number, state) for id_, number, state in rows}
    return [
        replace(verdict, problems=(*verdict.problems, *_warnings(verdict, there))) for verdict in verdicts
    ]


def _members(verdict: Verdict) -> Sequence[str]:
    candidate = verdict.candidate
    if candidate.kind != "collection" or verdict.outcome is Outcome.REJECTED:
        return ()
    return [str(one) for one in candidate.data.get("members") or ()]


def _warnings(verdict: Verdict, there: Mapping[str, _Found]) -> Iterator[Problem]:
    own = verdict.known.number if verdict.known else None
    for place, id_ in enumerate(_members(verdict)):
        field, shown = f"members[{place}]", id_[:100]
        number, state = there.get(id_, (None, None))
        if number is None:
            yield _warning(field, f"没有编号为“{shown}”的资源", f"there is no resource {shown!r}", _HINT)
        elif number == own:
            yield _warning(field, "专题集合不能包含自身", "a collection is no member of itself", _LEAVE_OUT)
        elif state == State.DESTROYED:
            yield _warning(
                field, f"编号为“{shown}”的资源已销毁", f"the resource {shown!r} was destroyed", _LEAVE_OUT
            )


def _warning(field: str, zh: str, en: str, hint: str) -> Problem:
    return Problem(field, f"{zh}；该记录仍已收录", f"{en}; the record is taken in all the same", hint)
