"""Keeps the index up to date while a process runs: one follower per data directory, by lease.

A worker goes first: while there is one, which holds a second lease, followers of processes that serve step back.
"""

from __future__ import annotations

import logging
import threading
from time import monotonic

from catalog import leases
from catalog.errors import Conflict
from portal.services import Services
from search.generations import READY

LEASE, WORKER_LEASE = "follower", "worker"
_LEASE_SECONDS = 10.0
_RENEW_SECONDS = 3.0
_POLL_SECONDS = 0.25

_log = logging.getLogger(__name__)


class Follower:
    """Applies changes to the index within a poll of their commit, as long as it holds the lease.

    With `goes_first` it takes the lease over from those that do not, as soon as they are done with the change at hand.
    """

    def __init__(self, services: Services, *, goes_first: bool = False) -> None:
        self._services = services
        self._goes_first = goes_first
        self._holder = leases.this_process()
        self._stopped = threading.Event()
        self._renewed: float | None = None

    def start(self) -> threading.Thread:
        """Follow in the background: wait for the lease, however long another process holds it."""
        thread = threading.Thread(target=self.run, name="follower", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Follow until stopped. A failure is logged and tried again: nothing is lost, the position stays."""
        renewing = threading.Thread(target=self._renew_meanwhile, name="lease", daemon=True)
        renewing.start()
        while not self._stopped.wait(_POLL_SECONDS):
            try:
                if not self._steps_back() and self._holds_lease():
                    self._services.indexer.follow_once(progress=self._renew)
                    self._rebuild_if_due()
            except Exception:
                _log.exception("following the change feed failed; trying again")
                self._stopped.wait(_RENEW_SECONDS)
        renewing.join()
        self.give_back()

    def stop(self) -> None:
        """Ask `run` to end after the change at hand."""
        self._stopped.set()

    def take_lease(self) -> None:
        """Take the lease now. Raises Conflict, naming the holder, when another process has it."""
        if other := self.ask_for_lease():
            raise Conflict(f"the index is already being followed by process {other}; stop that one first")

    def ask_for_lease(self) -> str | None:
        """Take or renew the lease unless another process has it, which is returned."""
        with self._services.database.write() as session:
            if self._goes_first:
                leases.take(session, WORKER_LEASE, self._holder, _LEASE_SECONDS)
            holder = leases.take(session, LEASE, self._holder, _LEASE_SECONDS)
        self._renewed = monotonic() if holder == self._holder else None
        return None if holder == self._holder else holder

    def give_back(self) -> None:
        """End the lease, so that another process can follow at once."""
        if self._renewed is not None or self._goes_first:
            self._renewed = None
            with self._services.database.write() as session:
                leases.give_back(session, LEASE, self._holder)
                leases.give_back(session, WORKER_LEASE, self._holder)

    def _steps_back(self) -> bool:
        """Whether a worker is there to follow; the lease is given back to it."""
        if self._goes_first:
            return False
        with self._services.database.read() as session:
            worker = leases.holder_of(session, WORKER_LEASE)
        if worker is None:
            return False
        self.give_back()
        return True

    def _holds_lease(self) -> bool:
        is_fresh = self._renewed is not None and monotonic() - self._renewed < _RENEW_SECONDS
        return is_fresh or self.ask_for_lease() is None

    def _renew_meanwhile(self) -> None:
        """Long work outlasts the lease: grouping the vectors of ten million records has no pieces to renew it between."""
        while not self._stopped.wait(_RENEW_SECONDS):
            if self._renewed is not None:
                try:
                    self._holds_lease()
                except Exception:
                    _log.exception("the lease could not be renewed; trying again")

    def _renew(self, _count: int) -> None:
        """Ends work that another process has taken over, which may be where this one was suspended."""
        if not self._holds_lease():
            raise Conflict("another process has taken over the following of the index")

    def _keep_up(self, count: int) -> None:
        """Between the pieces of a rebuild, which takes long: changes reach the generation that answers meanwhile."""
        self._renew(count)
        try:
            self._services.indexer.follow_once(progress=self._renew)
        except Conflict:
            raise
        except Exception:
            # What was built so far need not be lost for that.
            _log.exception("following the change feed failed; trying again")

    def _rebuild_if_due(self) -> None:
        if self._services.indexer.rebuild_due():
            _log.info("the index has changed enough to be built anew")
            self._build_anew()

    def _build_anew(self) -> None:
        generations = self._services.generations
        generation = self._services.indexer.build(progress=self._keep_up)
        generations.mark_replaceable(generation.id)
        former = generations.active_id()
        with self._services.database.write() as session:
            generations.activate(session, generation.id)
            # One is kept as the way back; each more would take up every change and as much room again. What a person
            # built stays: they may be about to activate it.
            for old in generations.all(session):
                is_kept = old.id in (former, generation.id) or not generations.is_replaceable(old.id)
                if old.state == READY and not is_kept:
                    generations.drop(session, old.id)
