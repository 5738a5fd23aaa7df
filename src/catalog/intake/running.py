"""Taking a file in, so that a kill at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from catalog import changes, institutions
from catalog.assets import asset
from catalog.database import Database
from catalog.errors import Conflict, WenmaiError
from catalog.intake import batches, undoing
from catalog.intake.batches import Batch
from catalog.intake.candidates import Candidate
from catalog.intake.chunks import Pace, chunks
from catalog.intake.formats import format_of
from catalog.intake.mapping import compile_mapping, read_mapping
from catalog.intake.matching import Outcome, Verdict, find_known, find_taken, judge
from catalog.intake.options import BatchReport, Complaint, ImportOptions
from catalog.intake.plan import Plan, make_plan, mapping_name
from catalog.intake.raw_files import RawFiles
from catalog.intake.records import Limits
from catalog.intake.references import warned
from catalog.intake.sources import Source
from catalog.intake.writing import Chunk, complaint_row, write
from catalog.schema import Problem, Schemas
from catalog.tables import InstitutionRow

Progress = Callable[[int], None]


def _mappings() -> Path:
    return asset("schemas") / "mappings"


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes files into `database`; input files are kept in the directory `raw`."""

    database: Database
    schemas: Schemas
    raw: Path
    limits: Limits = field(default_factory=Limits)
    mappings: Path = field(default_factory=_mappings)

    def start(self, path: Path, options: ImportOptions, name: str | None = None) -> str:
        """Keep a copy of the file and make a batch for it; returns its id. `name` is what its owner calls it.

        For a file whose batch with the same options has not finished, that batch. Raises IntakeError,
        NotFound.
        """
        source = Source.of(path, self.limits, name)
        mapping = self._mapping(source, options)
        if options.institution is not None:
            with self.database.read() as session:
                institutions.get(session, options.institution)
        digest = RawFiles(self.raw).keep(path)
        with self.database.write() as session:
            return batches.add(
                session, file=name or path.name, sha256=digest, size=path.stat().st_size,
                form=format_of(source, options.format), options=options, mapping=mapping,
            )  # fmt: skip

    def run(self, batch: str, progress: Progress | None = None) -> BatchReport:
        """Take the batch in from its position to its end; `progress` hears the number of each record reached.

        A batch that is done is only reported. Raises what stops it, after noting it in the batch; Conflict
        if another process works on it.
        """
        with self.database.write() as session:
            found = batches.claim(session, batch)
        if found.state != "done":
            try:
                self._take_in(found, progress)
            except Conflict:
                raise
            except Exception as error:
                with self.database.write() as session:
                    batches.fail(session, batch, _as_problem(error))
                raise
        with self.database.read() as session:
            return batches.report(session, batch)

    def undo(self, batch: str, actor: str) -> undoing.UndoReport:
        """Take back what a batch did; see `undoing.undo`."""
        return undoing.undo(self.database, batch, actor)

    def dry_run(self, path: Path, options: ImportOptions, name: str | None = None) -> BatchReport:
        """What taking the file in would come to; nothing is written."""
        source = Source.of(path, self.limits, name)
        plan = self._plan(source, options, self._mapping(source, options))
        count: Counter[Outcome] = Counter()
        errors = [
            Complaint(None, note.field or None, f"{note.zh} ({note.en})", note.hint) for note in plan.notes
        ]
        for verdict in self._judged_dry(plan, options):
            count[verdict.outcome] += 1
            if len(errors) < batches.REPORTED_ERRORS:
                errors += [_complaint(verdict, problem) for problem in verdict.problems]
        return BatchReport(
            None, count.total(), count[Outcome.CREATED], count[Outcome.UPDATED], count[Outcome.UNCHANGED],
            count[Outcome.REJECTED], tuple(errors[: batches.REPORTED_ERRORS]),
        )  # fmt: skip

    def _mapping(self, source: Source, options: ImportOptions) -> Any:
        named = mapping_name(source, options)
        if named is None:
            return None
        says = read_mapping(named, self.mappings)
        compile_mapping(says, options.kind, self.schemas)
        return says

    def _plan(self, source: Source, options: ImportOptions, mapping: Any) -> Plan:
        with self.database.read() as session:
            codes = frozenset(session.scalars(select(InstitutionRow.code)))
        return make_plan(source, options, mapping, self.schemas, codes)

    def _take_in(self, batch: Batch, progress: Progress | None) -> None:
        source = Source.of(RawFiles(self.raw).path(batch.sha256), self.limits, batch.file)
        plan = self._plan(source, batch.options, batch.mapping)
        pace = Pace()
        position = batch.position
        ahead = dropwhile(lambda record: record.number <= position, plan.reader.records())
        for chunk in chunks(ahead, pace):
            candidates = [plan.preparer.prepare(record) for record in chunk]
            started = time.perf_counter()
            self._write(Chunk(batch.id, position, batch.format, batch.options), candidates)
            pace.took(len(chunk), time.perf_counter() - started)
            position = chunk[-1].number
            if progress:
                progress(position)
        with self.database.write() as session:
            batches.finish(session, batch.id, plan.notes)

    def _write(self, chunk: Chunk, candidates: Sequence[Candidate]) -> None:
        with self.database.write() as session:
            # Before anything is looked up: on PostgreSQL this is what keeps two imports from making one
            # record twice.
            changes.lock(session)
            known = find_known(session, _sources(candidates))
            taken = find_taken(session, chunk.batch, known)
            verdicts = judge(candidates, known, taken, publish=chunk.options.publish)
            write(session, chunk, warned(session, verdicts))

    def _judged_dry(self, plan: Plan, options: ImportOptions) -> Iterator[Verdict]:
        # Eight bytes a source id rather than its text: a large file must fit into memory.
        seen: dict[bytes, int] = {}
        for chunk in chunks(plan.reader.records(), Pace(first=500)):
            candidates = [plan.preparer.prepare(record) for record in chunk]
            with self.database.read() as session:
                known = find_known(session, _sources(candidates))
                sources = {source: _short(source) for source in _sources(candidates)}
                taken = {source: seen[key] for source, key in sources.items() if key in seen}
                verdicts = warned(session, judge(candidates, known, taken, publish=options.publish))
            for verdict in verdicts:
                if verdict.outcome is not Outcome.REJECTED:
                    seen[sources[verdict.candidate.source]] = verdict.candidate.record.number
                yield verdict


def _sources(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    return [candidate.source for candidate in candidates if candidate.source[1]]


def _short(source: tuple[str, str]) -> bytes:
    return hashlib.blake2b("\0".join(source).encode(), digest_size=8).digest()


def _complaint(verdict: Verdict, problem: Problem) -> Complaint:
    row = complaint_row("", verdict.candidate.record.number, None, problem)
    return Complaint(row["record"], row["field"], row["problem"], row["hint"])


def _as_problem(error: Exception) -> Problem:
    field = error.field if isinstance(error, WenmaiError) else None
    return Problem(field or "", "文件未能收录", str(error) or type(error).__name__)
