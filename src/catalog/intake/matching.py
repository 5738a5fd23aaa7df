"""What each candidate means for the catalogue: new, a new revision of what is known, nothing new, or a
refusal.

A record that is known by its id in the source becomes a new revision. What is published stays published
with the new content: it was published from the same source, and `undo` brings the former revision back. A
withdrawn resource stays withdrawn and a destroyed one is never revived: both were somebody's decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.intake.candidates import Candidate
from catalog.intake.records import unreadable
from catalog.lifecycle import State
from catalog.schema import Problem
from catalog.tables import RawRecordRow, ResourceRow

Source = tuple[str, str]
_T = TypeVar("_T")
# SQLite takes 32,766 parameters, older builds fewer.
_PARAMETERS = 500


class Outcome(StrEnum):
    """What becomes of a record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Known:
    """The resource that came from the same source record before."""

    number: int
    kind: str
    state: State
    revision: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A candidate with its outcome and the state that its resource will be in; `problems` say why it is rejected, or what the librarian
    should know of a record that is not."""

    candidate: Candidate
    outcome: Outcome
    state: State = State.DRAFT
    known: Known | None = None
    problems: tuple[Problem, ...] = ()


def judge(
    candidates: Sequence[Candidate],
    known: Mapping[Source, Known],
    taken: Mapping[Source, int],
    *,
    publish: bool,
) -> list[Verdict]:
    """One verdict for each candidate.

    `known` are the resources of these sources, `taken` the records earlier in the same file with these
    sources.
    """
    first = dict(taken)
    verdicts = []
    for candidate in candidates:
        verdict = _judge(candidate, known.get(candidate.source), first.get(candidate.source), publish)
        if verdict.outcome is not Outcome.REJECTED:
            first[candidate.source] = candidate.record.number
        verdicts.append(verdict)
    return verdicts


def find_known(session: Session, sources: Iterable[Source]) -> dict[Source, Known]:
    """The resources that came from these source records."""
    by_system: dict[str, list[str]] = defaultdict(list)
    for system, record in dict.fromkeys(sources):
        by_system[system].append(record)
    columns = (
        ResourceRow.source_record, ResourceRow.number, ResourceRow.kind, ResourceRow.state,
        ResourceRow.revision, ResourceRow.checksum,
    )  # fmt: skip
    found: dict[Source, Known] = {}
    for system, records in by_system.items():
        for part in parts(records):
            statement = select(*columns).where(
                ResourceRow.source_system == system, ResourceRow.source_record.in_(part)
            )
            for known, number, kind, state, revision, digest in session.execute(statement):
                found[system, known or ""] = Known(number, kind, State(state), revision, digest)
    return found


def find_taken(session: Session, batch: str, known: Mapping[Source, Known]) -> dict[Source, int]:
    """The number of the record of this batch that each known resource was already met in."""
    source_of = {entry.number: source for source, entry in known.items()}
    taken: dict[Source, int] = {}
    for part in parts(list(source_of)):
        statement = select(RawRecordRow.resource, RawRecordRow.record).where(
            RawRecordRow.batch == batch,
            RawRecordRow.resource.in_(part),
            RawRecordRow.outcome != Outcome.REJECTED.value,
        )
        taken |= {source_of[resource]: record for resource, record in session.execute(statement) if resource}
    return taken


def _judge(candidate: Candidate, known: Known | None, first: int | None, publish: bool) -> Verdict:
    problem = _refusal(candidate, known, first)
    if candidate.problems or problem:
        problems = (problem,) if problem else candidate.problems
        return Verdict(candidate, Outcome.REJECTED, known=known, problems=problems)
    if known is None:
        return Verdict(candidate, Outcome.CREATED, State.PUBLISHED if publish else State.DRAFT)
    state = State.PUBLISHED if publish and known.state in (State.DRAFT, State.SUBMITTED) else known.state
    same = known.checksum == candidate.checksum and state == known.state
    return Verdict(candidate, Outcome.UNCHANGED if same else Outcome.UPDATED, state, known)


def _refusal(candidate: Candidate, known: Known | None, first: int | None) -> Problem | None:
    if known is not None and known.state is State.DESTROYED:
        # First of all: what is said of its fields would quote them.
        return unreadable("该资源已销毁", "this resource was destroyed and is not revived", field="record_id")
    if candidate.problems:
        return None
    if first is not None:
        zh = f"第 {candidate.record.number} 条与第 {first} 条的来源记录号相同"
        same = f"record {candidate.record.number} has the same id in its source as record {first}"
        en = f"{same}: {candidate.source[1][:100]!r}"
        return unreadable(zh, en, "give each record an id of its own", field="record_id")
    if known is None:
        return None
    if known.kind != candidate.kind:
        en = f"the record is known as {known.kind}; it cannot become {candidate.kind}"
        return unreadable("资源类型与已有记录不同", en, field="kind")
    return None


def parts(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    """The values in pieces that fit into one IN list."""
    return (values[start : start + _PARAMETERS] for start in range(0, len(values), _PARAMETERS))
