"""Preparing a whole catalogue on several cores: each process reads, analyses and embeds ranges of numbers.

Processes rather than threads, because the analysis holds the interpreter's lock.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path

from catalog import institutions, resources
from catalog.database import Database
from catalog.errors import Unavailable
from search.documents import DocumentMaker
from search.preparation import Prepared, prepare
from search.specification import Specification, load_specification

BLOCK = 1000
# So many blocks a process are under way at once: enough that none waits, few enough for a small machine.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Task:
    """What a process needs to know before it can prepare anything."""

    database_url: str
    model: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _State:
    database: Database
    specification: Specification
    maker: DocumentMaker


# What `_begin` made in this process.
_states: list[_State] = []


def prepared_by_processes(task: Task, highest: int, processes: int) -> Iterator[Prepared]:
    """Every published resource with a number up to `highest`, prepared, in ascending order of number.

    Raises Unavailable if a process dies, and whatever one of them raises.
    """
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(task,)
    )
    try:
        waiting: deque[Future[Prepared]] = deque()
        for after in range(0, highest, BLOCK):
            with without_interrupts():
                waiting.append(pool.submit(_prepare, after, after + BLOCK))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise Unavailable(
            "a process that prepares the index was ended from outside, perhaps for want of memory: build again, with "
            "fewer --processes"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes started here never hear of Ctrl-C, which is for their parent, who ends them in order."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _begin(task: Task) -> None:
    """Runs first in each process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    specification = load_specification(task.model)
    if specification.fingerprint != task.fingerprint:
        raise Unavailable("schema, model or configuration changed while the index was built: build it again")
    database = Database(task.database_url)
    with database.read() as session:
        houses = {house.code: house for house in institutions.all_institutions(session)}
    _states[:] = [_State(database, specification, DocumentMaker(specification.schemas, houses))]
    # Dictionaries and tables stay; a collection of garbage need not pass over them each time.
    gc.freeze()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare(after: int, up_to: int) -> Prepared:
    (state,) = _states
    with state.database.read() as session:
        found = resources.published(session, after_number=after, up_to=up_to)
    return prepare(state.specification, [state.maker.make(resource) for resource in found])
