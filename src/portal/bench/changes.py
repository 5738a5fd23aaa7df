"""Searching while the catalogue changes: what a stream of changes does to searches, and when a change is seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from catalog import resources
from catalog.clock import new_id
from portal.bench.serving import process_of
from portal.bench.timing import percentiles, timed
from portal.follower import Follower
from portal.services import Services, open_services
from portal.settings import Settings
from portal.temporary import ACTOR
from search.query import Filters, Query

PER_SECOND = 50
_LOOK_SECONDS = 0.01
_PATIENCE_SECONDS = 30.0


class _Stream:
    """Revises records one by one, so many a second; `delays` has the seconds from each commit until it was found."""

    def __init__(self, services: Services, ids: Sequence[str]) -> None:
        self._services = services
        self._ids = ids
        # Of each record the newest title and when it was committed: an older one need never be seen.
        self._waiting: dict[str, tuple[str, float]] = {}
        self._ended = threading.Event()
        self.delays: list[float] = []
        self.found_one = threading.Event()
        self._pool = ThreadPoolExecutor(2)

    def __enter__(self) -> _Stream:
        self._work = [self._pool.submit(self._write), self._pool.submit(self._look)]
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._pool.shutdown()
        for done in self._work:
            # What went wrong in a thread is raised here.
            done.result()

    def _write(self) -> None:
        # A kept catalogue may have the titles of a former run.
        run = new_id().lower()
        began, count = time.perf_counter(), 0
        while not self._ended.wait(max(0.0, began + count / PER_SECOND - time.perf_counter())):
            title = f"{run}第{count}次"
            with self._services.database.write() as session:
                resource = resources.get(session, self._ids[count % len(self._ids)])
                data = dict(resource.data) | {"titles": [{"value": title, "type": "main"}]}
                resources.revise(session, resource.id, data, actor=ACTOR)
            self._waiting[resource.id] = title, time.perf_counter()
            count += 1

    def _look(self) -> None:
        last = time.perf_counter()
        while self._waiting or not self._ended.is_set():
            engine = self._services.search.engine()
            for resource_id, (title, committed) in list(self._waiting.items()):
                if engine.titled([title], Filters(), 1):
                    last = time.perf_counter()
                    self.delays.append(last - committed)
                    self.found_one.set()
                    if self._waiting[resource_id][0] == title:
                        del self._waiting[resource_id]
            if time.perf_counter() - last > _PATIENCE_SECONDS:
                raise TimeoutError(f"{len(self._waiting)} changes were not found in the index")
            time.sleep(_LOOK_SECONDS)


def under_changes(services: Services, queries: Sequence[Query]) -> dict[str, Any]:
    """Wall times of the same searches without and with `PER_SECOND` changes a second, and of changes until found.

    The follower runs in this process, as it does in `serve`; then in one of its own, as beside a `worker`. A change is
    committed durably, applied and searched for.
    """
    quiet = timed(services.search.search, queries)
    found = [item.resource.id for query in queries[:200] for item in services.search.search(query).items[:5]]
    ids = list(dict.fromkeys(found))
    with _following(services):
        inside = _changing(services, queries, ids)
    with process_of(_work, services.settings) as worker:
        worker.recv()
        beside = _changing(services, queries, ids)
    return {"per_second": PER_SECOND, "quiet_wall_ms": quiet["wall_ms"], **inside, "beside_worker": beside}


def _changing(services: Services, queries: Sequence[Query], ids: Sequence[str]) -> dict[str, Any]:
    with _Stream(services, ids) as stream:
        changing = timed(services.search.search, queries)
        # A few fast searches may be over before the first change is.
        stream.found_one.wait(_PATIENCE_SECONDS)
    return {
        "changes": len(stream.delays),
        "changing_wall_ms": changing["wall_ms"],
        "found_after_ms": percentiles([delay * 1000 for delay in stream.delays]),
    }


@contextmanager
def _following(services: Services) -> Iterator[None]:
    follower = Follower(services)
    thread = follower.start()
    try:
        yield
    finally:
        follower.stop()
        thread.join()


def _work(settings: Settings, told: Connection) -> None:
    """Tell that it follows, and follow until the other end is closed."""
    services = open_services(settings)
    with _following(services):
        told.send(True)
        with suppress(EOFError):
            told.recv()
    services.close()
