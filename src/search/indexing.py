"""Building a generation and following the change feed into it.

After a crash, following starts again from the recorded position: applying a change twice leaves the same index as
applying it once, because a change is applied by writing the *current* state of its resource.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from time import perf_counter

from sqlalchemy.exc import SQLAlchemyError

from catalog import changes, institutions, resources
from catalog.clock import now
from catalog.database import Database
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.lifecycle import State
from search.documents import DocumentMaker
from search.embedded.writer import Writer, log_sizes
from search.generations import READY, Generation, Generations
from search.preparation import Prepared, prepare
from search.specification import Specification
from search.workers import BLOCK, Task, prepared_by_processes

_log = logging.getLogger(__name__)
# Below so many resources the processes would take longer to start than to work.
_WORTH_PROCESSES = 20_000
# A rebuild is due when the vector log, which is searched flat, exceeds this share of the base.
_REBUILD_SHARE = 0.10
_REBUILD_ENTRIES = 1000

Progress = Callable[[int], None]


class Indexer:
    """Brings generations up to date with the system of record."""

    def __init__(self, database: Database, generations: Generations, specification: Specification) -> None:
        self._database = database
        self._generations = generations
        self._specification = specification
        self._since = now()
        self._left_behind: set[str] = set()
        self._makes = DocumentMaker(specification.schemas, {})
        self._writers: dict[str, Writer] = {}

    def build(self, progress: Progress = lambda count: None, processes: int = 1) -> Generation:
        """Build a new generation from all that is published, and catch up with what changed meanwhile.

        A large catalogue is prepared by so many processes. A build that fails leaves no files and notes its error.
        """
        started = perf_counter()
        with self._database.write() as session:
            head = changes.head(session)
            generation = self._generations.begin(session, self._specification.fingerprint, head)
        try:
            with closing(self._blocks(progress, processes)) as blocks:
                count = self._writer(generation.id).load(blocks, self._published())
            self._catch_up(generation, lambda applied: progress(count + applied))
        except BaseException as error:
            self._generations.abandon(generation.id)
            # Where it is the database that failed, the next build notes it.
            with suppress(SQLAlchemyError), self._database.write() as session:
                self._generations.fail(session, generation.id, repr(error))
            raise
        with self._database.write() as session:
            finished = self._generations.finish(
                session, generation.id, documents=count, seconds=perf_counter() - started
            )
        self._generations.release(generation.id)
        return finished

    def follow_once(self, progress: Progress = lambda count: None) -> int:
        """Bring every ready generation of this specification up to date; returns how many changes were applied.

        One that is damaged, unless it is the active one, is left behind, so that it holds up no other; other failures are raised
        once the others were followed. Raises Conflict at once where another process follows.
        """
        with self._database.read() as session:
            ready = [g for g in self._generations.all(session) if self._follows(g)]
        self._writers = {g.id: self._writers[g.id] for g in ready if g.id in self._writers}
        active = self._active_id()
        applied, failed = 0, None
        for generation in ready:
            try:
                applied += self._catch_up(generation, progress)
            except Conflict:
                raise
            except Exception as error:
                # Of the active one, too: another one may answer in its place.
                if generation.id == active or not isinstance(error, Unavailable):
                    failed = failed or error
                    continue
                _log.error("generation %s is not followed any more: %s", generation.id, error)
                self._left_behind.add(generation.id)
        if failed is not None:
            raise failed
        return applied

    def rebuild_due(self) -> bool:
        """Whether the active generation was built by another specification, is unknown to the database, or its log slows searching down."""
        active = self._active_id()
        if active is None:
            return False
        try:
            with self._database.read() as session:
                generation = self._generations.get(session, active)
        except NotFound:
            # The database was put back to a state from before it was built.
            return True
        current = self._follows(generation)
        if not current and generation.created_at > self._since:
            # Somebody who has another configuration built and chose it while this process runs.
            return False
        base, logged = log_sizes(self._generations.path(active), self._specification.embedding.dimension)
        return not current or logged > max(_REBUILD_ENTRIES, _REBUILD_SHARE * base)

    def _active_id(self) -> str | None:
        with suppress(Unavailable):
            return self._generations.active_id()
        return None

    def _follows(self, generation: Generation) -> bool:
        """A generation of another analysis or model cannot take documents made by this one."""
        alike = generation.fingerprint == self._specification.fingerprint
        return generation.state == READY and alike and generation.id not in self._left_behind

    def _catch_up(self, generation: Generation, progress: Progress) -> int:
        applied = 0
        position = generation.position
        while batch := self._read(position):
            self._apply(generation.id, sorted({change.resource for change in batch}))
            position = batch[-1].number
            with self._database.write() as session:
                self._generations.advance(session, generation.id, position)
            applied += len(batch)
            progress(applied)
            if len(batch) < BLOCK:
                # What came meanwhile waits for the next call: each commit more leaves a segment more to every search.
                break
        return applied

    def _read(self, position: int) -> list[changes.Change]:
        with self._database.read() as session:
            return changes.read(session, position, BLOCK)

    def _apply(self, generation_id: str, numbers: list[int]) -> None:
        with self._database.read() as session:
            current = resources.load(session, numbers)
            houses = {resource.institution for resource in current.values()}
            maker = self._makes.knowing(institutions.of_codes(session, houses))
        living = [r for n in numbers if (r := current.get(n)) and r.state is State.PUBLISHED]
        gone = sorted(set(numbers) - {resource.number for resource in living})
        documents = [maker.make(resource) for resource in living]
        self._writer(generation_id).apply(prepare(self._specification, documents), gone)

    def _blocks(self, progress: Progress, processes: int) -> Generator[Prepared, None, None]:
        with self._database.read() as session:
            highest = resources.highest_number(session)
        if processes > 1 and highest >= _WORTH_PROCESSES:
            parts = self._specification
            task = Task(self._database.url, parts.model, parts.fingerprint)
            blocks = prepared_by_processes(task, highest, processes)
        else:
            blocks = self._prepared(highest)
        count = 0
        for block in blocks:
            yield block
            count += len(block.numbers)
            progress(count)

    def _prepared(self, highest: int) -> Iterator[Prepared]:
        maker = self._maker()
        for after in range(0, highest, BLOCK):
            with self._database.read() as session:
                found = resources.published(session, after_number=after, up_to=after + BLOCK)
            yield prepare(self._specification, [maker.make(resource) for resource in found])

    def _published(self) -> int:
        with self._database.read() as session:
            return resources.count_by_state(session).get(State.PUBLISHED, 0)

    def _maker(self) -> DocumentMaker:
        with self._database.read() as session:
            return self._makes.knowing({i.code: i for i in institutions.all_institutions(session)})

    def _writer(self, generation_id: str) -> Writer:
        """The writer of a generation, kept: a new one would read the whole log of its vectors first."""
        path = self._generations.path(generation_id)
        if not path.is_dir():
            raise Unavailable(f"the folder {path} is missing")
        if generation_id not in self._writers:
            self._writers[generation_id] = Writer(path, self._specification.embedding.dimension)
        return self._writers[generation_id]
