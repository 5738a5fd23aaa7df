"""Index generations: each a directory and a row; the pointer file `active` says which one answers.

The pointer is replaced by a rename, so readers see the old generation or the new one, never something between.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.clock import new_id, now
from catalog.database import after_commit
from catalog.durable import replace_file
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.file_locks import hold, is_held
from catalog.tables import GenerationRow

_LOCK = "building"
# Lies in the folder of a generation that no person asked for.
_REPLACEABLE = "replaceable"
_KILLED = "the process that built it was killed"
_ANEW = "`wenmai index list` tells what is ready, and `wenmai index activate` writes it anew"
BUILDING, READY, FAILED = "building", "ready", "failed"


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete index; `position` is the number of the last change that is durably in it."""

    id: str
    fingerprint: str
    state: str
    position: int
    documents: int
    seconds: float
    created_at: datetime
    error: str | None = None


class Generations:
    """The generations of one data directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # Held while this process builds; the system gives a lock back when its process ends, however it ends.
        self._locks: dict[str, IO[bytes]] = {}

    def path(self, generation_id: str) -> Path:
        """Where the files of a generation lie."""
        return self.directory / generation_id

    def pointer(self) -> tuple[int, int]:
        """What tells one state of the pointer file from another; zeros where it is missing."""
        try:
            # Every request asks, and reading the file takes ten times as long.
            status = os.stat(self.directory / "active")
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_ino

    def active_id(self) -> str:
        """Id of the generation that answers. Raises Unavailable when there is none."""
        named = self.named_id()
        if not self.path(named).is_dir():
            raise Unavailable(
                f"the file {self.directory / 'active'} names the index {named!r}, which is not there: {_ANEW}"
            )
        return named

    def named_id(self) -> str:
        """Id that the pointer file names, whether or not there is such a generation. Raises Unavailable when it names none."""
        pointer = self.directory / "active"
        try:
            return str(json.loads(pointer.read_bytes())["generation"])
        except OSError as error:
            if any(not (built.parent / _LOCK).exists() for built in self.directory.glob("*/keyword")):
                raise Unavailable(
                    f"the file {pointer} is missing, so that none of the indexes is active: {_ANEW}"
                ) from error
            raise Unavailable("no index is active yet: run `wenmai index build --activate`") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"the file {pointer} is damaged: {_ANEW}") from error

    def begin(self, session: Session, fingerprint: str, position: int) -> Generation:
        """A new generation that starts at this position of the feed. What killed builds left is cleared away."""
        self._clear(session)
        row = GenerationRow(
            id=new_id(), fingerprint=fingerprint, state=BUILDING, position=position, documents=0, seconds=0.0,
            created_at=now(),
        )  # fmt: skip
        session.add(row)
        self.path(row.id).mkdir(parents=True)
        self._locks[row.id] = hold(self.path(row.id) / _LOCK)
        return _generation(row)

    def finish(self, session: Session, generation_id: str, *, documents: int, seconds: float) -> Generation:
        """A built generation is ready: it is followed, and can be activated; `release` it then. Notes of former failures go."""
        failed = GenerationRow.state == FAILED, GenerationRow.id < generation_id
        session.execute(delete(GenerationRow).where(*failed))
        row = self._row(session, generation_id)
        row.state, row.documents, row.seconds = READY, documents, seconds
        return _generation(row)

    def fail(self, session: Session, generation_id: str, error: str) -> None:
        """Note why a build failed, and delete its files."""
        row = self._row(session, generation_id)
        row.state, row.error = FAILED, error
        self.abandon(generation_id)

    def abandon(self, generation_id: str) -> None:
        """Delete the files of a build that failed."""
        self.release(generation_id)
        shutil.rmtree(self.path(generation_id), ignore_errors=True)

    def advance(self, session: Session, generation_id: str, position: int) -> None:
        """All changes up to `position` are durably in the generation."""
        self._row(session, generation_id).position = position

    def activate(self, session: Session, generation_id: str) -> Generation:
        """Let this generation answer once the transaction is on disk. Raises Conflict unless it is ready."""
        generation = self.get(session, generation_id)
        if generation.state != READY:
            raise Conflict(
                f"generation {generation_id} is {generation.state}, only a ready one can be activated"
            )
        pointer, content = self.directory / "active", json.dumps({"generation": generation_id}).encode()
        after_commit(session, lambda: replace_file(pointer, content))
        return generation

    def drop(self, session: Session, generation_id: str) -> None:
        """Delete a generation, or a stray one. Raises Conflict for the active one, and for one that is being built."""
        if self._is_active(generation_id):
            raise Conflict("the active generation cannot be dropped: activate another one first")
        if generation_id not in self.strays(session):
            row = self._row(session, generation_id)
            if self._told(row).state == BUILDING:
                raise Conflict(f"generation {generation_id} is being built: stop that first")
            session.delete(row)
        shutil.rmtree(self.path(generation_id), ignore_errors=True)

    def strays(self, session: Session) -> list[str]:
        """Ids of the indexes that lie here and that no row tells of: the database was put back from a former copy."""
        known = {*session.scalars(select(GenerationRow.id))}
        lying = sorted(built.parent.name for built in self.directory.glob("*/keyword"))
        return [name for name in lying if name not in known and not self._is_built(name)]

    def mark_replaceable(self, generation_id: str) -> None:
        """Note that no person asked for this generation: it may be dropped once later ones answer."""
        (self.path(generation_id) / _REPLACEABLE).touch()

    def is_replaceable(self, generation_id: str) -> bool:
        """Whether that was noted, by this process or an earlier one."""
        return (self.path(generation_id) / _REPLACEABLE).exists()

    def get(self, session: Session, generation_id: str) -> Generation:
        """The generation of this id. Raises NotFound."""
        return self._told(self._row(session, generation_id))

    def all(self, session: Session) -> list[Generation]:
        """Every generation, oldest first."""
        return [self._told(row) for row in session.scalars(select(GenerationRow).order_by(GenerationRow.id))]

    def bytes(self, generation_id: str) -> int:
        """Size of its files on disk."""
        files = self.path(generation_id).rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())

    def _clear(self, session: Session) -> None:
        for row in session.scalars(select(GenerationRow).where(GenerationRow.state == BUILDING)):
            if self._told(row).state == FAILED:
                self.fail(session, row.id, _KILLED)

    def _told(self, row: GenerationRow) -> Generation:
        """A generation as its row tells it, but for one whose process was ended before it could note that."""
        generation = _generation(row)
        if generation.state == BUILDING and not self._is_built(generation.id):
            return replace(generation, state=FAILED, error=_KILLED)
        return generation

    def _is_built(self, generation_id: str) -> bool:
        """Whether a living process is building it."""
        return is_held(self.path(generation_id) / _LOCK)

    def release(self, generation_id: str) -> None:
        """This process is done building it. Only once that is noted: others take one that is neither for a killed one."""
        lock = self._locks.pop(generation_id, None)
        if lock is not None:
            lock.close()
            (self.path(generation_id) / _LOCK).unlink(missing_ok=True)

    def _is_active(self, generation_id: str) -> bool:
        try:
            return self.named_id() == generation_id
        except Unavailable:
            return False

    def _row(self, session: Session, generation_id: str) -> GenerationRow:
        row = session.get(GenerationRow, generation_id)
        if row is None:
            raise NotFound(f"there is no index generation {generation_id!r}: see `wenmai index list`")
        return row


def _generation(row: GenerationRow) -> Generation:
    return Generation(
        row.id,
        row.fingerprint,
        row.state,
        row.position,
        row.documents,
        row.seconds,
        row.created_at,
        row.error,
    )
