"""The table that requests are answered from: a new one is opened beside them, while the former one answers."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from catalog.database import Database
from catalog.errors import Unavailable
from recommend.learning.table import Table, open_table
from recommend.learning.versions import Versions

_log = logging.getLogger(__name__)

Opened = tuple[str, Table]
"""The id of a version, and its table."""


class TableInUse:
    """Knows the table of the active version. Safe to share between threads."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database, self._versions = database, versions
        # Held by whoever opens a table.
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._refused = self._problem = ""
        self._is_awaited = False

    def at_once(self) -> Opened | None:
        """The version whose table answers; None before anything was learnt, or where nothing that was can be read.

        Another version that is active by now is opened in the background: reading a large one for its hashes takes seconds, in
        which no reader is kept waiting. Only the very first one is waited for.
        """
        active = self._unread()
        if active is None:
            return self._opened
        if self._opened is None or self._is_awaited:
            return self.awaited()
        if self._lock.acquire(blocking=False):
            try:
                threading.Thread(target=self._open_beside, args=(active,), name="table", daemon=True).start()
            except RuntimeError:
                # There are too many threads: the former table goes on answering, and a later request tries again.
                self._lock.release()
                _log.exception("version %s could not be opened", active)
        return self._opened

    def awaited(self) -> Opened | None:
        """The active version and its table, waited for; a damaged one leaves the former in use."""
        with self._lock:
            if active := self._unread():
                self._open(active)
            self._is_awaited = False
            return self._opened

    def look_again(self) -> None:
        """Let the next request wait for the active version."""
        self._is_awaited = True

    def damage(self) -> tuple[str, str] | None:
        """The active version and what is wrong with its files; None where nothing is."""
        self.awaited()
        active = self._versions.active_id()
        return (active, self._problem) if active is not None and active == self._refused else None

    def _unread(self) -> str | None:
        """The active version if it is neither in use nor refused."""
        active = self._versions.active_id()
        is_read = self._opened is not None and self._opened[0] == active
        return None if active == self._refused or is_read else active

    def _open_beside(self, active: str) -> None:
        try:
            self._open(active)
        finally:
            self._lock.release()

    def _open(self, active: str) -> None:
        try:
            self._opened = (active, open_table(self._versions.path(active)))
        except Unavailable as error:
            self._problem = str(error)
            self._opened = self._instead_of(active)
            self._refused = active
            instead = (
                "what was learnt before goes on being used" if self._opened else "and there is no former one"
            )
            _log.error("version %s cannot be used, %s: %s", active, instead, error)

    def _instead_of(self, damaged: str) -> Opened | None:
        """What is in use, else the newest other version that can be read, if it knows nothing that readers had deleted."""
        with self._database.read() as session:
            versions = [one.id for one in self._versions.usable(session) if one.id != damaged]
        if self._opened is not None and self._opened[0] in versions:
            return self._opened
        for version_id in reversed(versions):
            with suppress(Unavailable):
                return version_id, open_table(self._versions.path(version_id))
        return None
