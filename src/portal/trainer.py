"""Has recommendation learn from new events while a process runs: one at a time per data directory, by lease.

The learning itself runs in a process of its own, so that no request waits for it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic

from catalog import leases
from catalog.clock import now
from catalog.database import Database
from portal.services import Services, open_services
from portal.settings import Settings
from recommend.events.retention import tidy
from recommend.learning.training import newest_use, train
from recommend.learning.versions import Version
from search.workers import without_interrupts

LEASE = "trainer"
_POLL_SECONDS = 5.0
# So often it is seen whether learning is to end.
_LOOK_SECONDS = 0.1
# Renewed while it learns: of one whose machine is gone no other has to wait for long.
_LEASE_SECONDS, _RENEW_SECONDS = 60.0, 15.0
_TIDY_SECONDS = 24 * 3600.0
# Learning takes at most one part in so many of the time.
_SHARE = 2

_log = logging.getLogger(__name__)


class _Lease:
    """The lease of whoever learns and tidies. Not to be shared between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = leases.this_process()
        self._asked = float("-inf")

    def take(self) -> bool:
        """Take or renew it; False where another process has it."""
        self._asked = monotonic()
        with self._database.write() as session:
            return leases.take(session, LEASE, self._holder, _LEASE_SECONDS) == self._holder

    def is_held(self) -> bool:
        """Whether it is still ours, renewed where that is due: another process takes it over where this one was suspended."""
        if monotonic() - self._asked < _RENEW_SECONDS:
            return True
        try:
            return self.take()
        except Exception:
            _log.exception("the lease could not be renewed; trying again")
            return True

    def give_back(self) -> None:
        """End it now, if it is ours."""
        with self._database.write() as session:
            leases.give_back(session, LEASE, self._holder)


class Trainer:
    """Learns anew when there are new events, so often that an event counts `training_seconds` later at the latest.

    Where learning takes more than a fifth of that time, it may be later.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lease = _Lease(services.database)
        self._stopped = threading.Event()
        # Not before then it is learnt from new events; and nothing is tried after a failure.
        self._next = self._retry = float("-inf")
        self._tidied = float("-inf")

    def start(self) -> threading.Thread:
        """Learn in the background."""
        thread = threading.Thread(target=self.run, name="trainer", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Learn until stopped. A failure is logged and tried again later; what was learnt before stays in use."""
        within = self._services.settings.training_seconds
        while not self._stopped.wait(min(_POLL_SECONDS, within)):
            if monotonic() < self._retry:
                continue
            try:
                if monotonic() >= self._next or self._is_unusable():
                    self.turn()
            except Exception:
                self._retry = monotonic() + within
                _log.exception("learning from events failed; trying again")

    def stop(self) -> None:
        """Ask `run` to end; what it is learning is given up."""
        self._stopped.set()

    def turn(self) -> None:
        """Learn now if there is something to learn and no other process does; tidy once a day."""
        untidy = monotonic() - self._tidied > _TIDY_SECONDS
        if not untidy and not self._is_due():
            return
        if not self._lease.take():
            return
        try:
            if untidy:
                kept = timedelta(days=self._services.settings.events_kept_days)
                tidy(self._services.database, now() - kept, self._goes_on)
                self._tidied = monotonic()
            self._use_what_is_left_aside()
            if self._is_due():
                began = monotonic()
                if version := self._learn():
                    self._next = began + pause(monotonic() - began, self._services.settings.training_seconds)
                    _log.info("learnt from %d events in %.1f s", version.events, version.seconds)
        finally:
            self._lease.give_back()

    def _goes_on(self) -> bool:
        return not self._stopped.is_set() and self._lease.is_held()

    def _use_what_is_left_aside(self) -> None:
        versions = self._services.versions
        with self._services.database.write() as session:
            if version := versions.left_aside(session):
                versions.activate(session, version.id)

    def _learn(self) -> Version | None:
        try:
            return train_apart(self._services.settings, self._goes_on)
        except Exception as error:
            with self._services.database.write() as session:
                self._services.versions.fail(session, str(error))
            raise

    def _is_due(self) -> bool:
        """The version in use cannot be read or knows what was deleted; or, unless it is held, there is a newer one or there are
        new events."""
        self._note_damage()
        if self._is_unusable():
            return True
        versions = self._services.versions
        with self._services.database.read() as session:
            newest, usable = newest_use(session), versions.usable(session)
            if not usable or self._services.recommendation.table() is None:
                return newest > 0
            if versions.held_id() is not None:
                return False
            # Less than was learnt from: what was newest is gone, and new ones may get its number.
            return newest != usable[-1].position or versions.left_aside(session) is not None

    def _is_unusable(self) -> bool:
        """The version in use is damaged or knows what readers had deleted, who wait for its end: it is replaced at once."""
        versions, active = self._services.versions, self._services.versions.active_id()
        with self._services.database.read() as session:
            known = [one.id for one in versions.all(session)]
            return active in known and active not in [one.id for one in versions.usable(session)]

    def _note_damage(self) -> None:
        """Mark the active version where it cannot be read."""
        if damage := self._services.recommendation.damage():
            with self._services.database.write() as session:
                self._services.versions.damaged(session, *damage)


def pause(took: float, within: float) -> float:
    """Seconds from one beginning of learning to the next, where it takes so many, for what is new to count `within` some.

    What comes just after a beginning is learnt with the next one, and waits for the end of that.
    """
    return max(_SHARE * took, within - took - _POLL_SECONDS)


def train_apart(settings: Settings, goes_on: Callable[[], bool]) -> Version | None:
    """Learn in another process, and wait for it as long as it `goes_on`; None where that ends first. Raises what it raises."""
    context = get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    with (
        theirs,
        ours,
        ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(theirs,)) as pool,
    ):
        with without_interrupts():
            learning = pool.submit(_train, settings)
        while not wait([learning], _LOOK_SECONDS).done:
            if not goes_on():
                ours.close()
                return None
        return learning.result()


def _begin(held: Connection) -> None:
    """Runs first in the process that learns."""
    threading.Thread(target=_end_with, args=(held,), daemon=True).start()


def _end_with(held: Connection) -> None:
    """Nothing is sent: reading ends when the other side is closed, by its process or with it."""
    with suppress(EOFError, OSError):
        held.recv_bytes()
    os._exit(1)


def train_here(services: Services) -> Version:
    """Learn in this process."""
    return train(
        services.database, services.search, services.versions, services.hyperparameters,
        services.specification.embedding.dimension,
    )  # fmt: skip


def _train(settings: Settings) -> Version:
    services = open_services(settings)
    try:
        return train_here(services)
    finally:
        services.close()
