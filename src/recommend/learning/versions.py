"""Versions of what recommendation learnt: each a directory and a row; the pointer file `active` says which one is used."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalog.clock import is_id, new_id, now
from catalog.database import after_commit
from catalog.durable import replace_file
from catalog.errors import Conflict, NotFound
from catalog.file_locks import hold, is_held
from catalog.tables import TrainingRow
from recommend.learning.table import damage_of
from recommend.readers import last_erasure

_log = logging.getLogger(__name__)
READY, FAILED, DAMAGED = "ready", "failed", "damaged"
_LOCK = "being-made"
# The active version, and so many before it to go back to.
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `position` is the number of the newest event that it was learnt from."""

    id: str
    state: str
    events: int
    subjects: int
    resources: int
    position: int
    seconds: float
    created_at: datetime
    error: str | None = None


class Versions:
    """The versions of one data directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._pointer_is_damaged = False
        # Ids of those being made that are noted: their files stay, whatever fails from then on.
        self._noted: set[str] = set()

    def path(self, version_id: str) -> Path:
        """Where the files of a version lie."""
        return self.directory / version_id

    def active_id(self) -> str | None:
        """Id of the version that is used; None before anything was learnt, or where the pointer file is damaged."""
        return self._pointer().get("version")

    def held_id(self) -> str | None:
        """Id of the version that is used if somebody chose it, so that none is learnt in its place; else None."""
        pointer = self._pointer()
        return pointer["version"] if pointer.get("held") is True else None

    def _pointer(self) -> dict[str, Any]:
        """What the pointer file says; nothing where it is not there or damaged, which is logged once."""
        pointer = self.directory / "active"
        try:
            found: dict[str, Any] = json.loads(pointer.read_bytes())
            is_damaged = not is_id(found["version"])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            is_damaged = True
        if is_damaged and not self._pointer_is_damaged:
            _log.error(
                "the file %s is damaged: `wenmai recommendation list` tells what is ready, `wenmai recommendation activate` "
                "and `wenmai recommendation train` write it anew", pointer,
            )  # fmt: skip
        self._pointer_is_damaged = is_damaged
        return {} if is_damaged else found

    @contextmanager
    def making(self) -> Iterator[tuple[str, Path]]:
        """Id and empty directory of a new version; what was written is deleted again when the block raises before the version is
        noted on disk."""
        version_id = new_id()
        directory = self.path(version_id)
        directory.mkdir(parents=True)
        # Until this process ends or is done nobody clears the directory away.
        with hold(directory / _LOCK):
            try:
                yield version_id, directory
                (directory / _LOCK).unlink()
            except BaseException:
                if version_id not in self._noted:
                    shutil.rmtree(directory, ignore_errors=True)
                raise
            finally:
                self._noted.discard(version_id)

    def add(self, session: Session, version: Version) -> None:
        """Note a version that is whole."""
        after_commit(session, lambda: self._noted.add(version.id))
        session.add(TrainingRow(**{name: getattr(version, name) for name in Version.__slots__}))

    def activate(self, session: Session, version_id: str, *, hold: bool = False) -> Version:
        """Use this version once the transaction is on disk; with `hold`, until another one is activated or readers are erased.

        Raises NotFound, Conflict for one that is not ready, and for holding one whose files are damaged or that knows what
        readers had deleted since.
        """
        version = self.get(session, version_id)
        if version.state != READY:
            raise Conflict(
                f"version {version_id} is {version.state} ({version.error}), only a ready one can be activated"
            )
        if hold:
            self._check_to_hold(session, version)
        pointer, content = (
            self.directory / "active",
            json.dumps({"version": version_id, "held": hold}).encode(),
        )
        after_commit(session, lambda: replace_file(pointer, content))
        return version

    def _check_to_hold(self, session: Session, version: Version) -> None:
        usable = self.usable(session)
        others = [one.id for one in usable if one.id != version.id]
        instead = (
            f"activate another one, such as {others[-1]}" if others else "there is no other to go back to"
        )
        instead += ", or run `wenmai recommendation train`"
        if version not in usable:
            raise Conflict(
                f"version {version.id} was learnt from events that readers had deleted since: {instead}"
            )
        if damage := damage_of(self.path(version.id)):
            raise Conflict(f"version {version.id} cannot be activated, for {damage}: {instead}")

    def usable(self, session: Session) -> list[Version]:
        """The ready versions whose files are there and since whose learning no reader had events deleted, oldest first."""
        erased = last_erasure(session)
        ready = [version for version in self.all(session) if version.state == READY]
        known = [one for one in ready if erased is None or erased <= one.created_at]
        return [one for one in known if self.path(one.id).is_dir()]

    def left_aside(self, session: Session) -> Version | None:
        """The newest usable version where it is not used though nobody chose another: whatever noted it was killed then, or
        could not write the pointer file."""
        usable = self.usable(session)
        is_left = bool(usable) and self.held_id() is None and usable[-1].id != self.active_id()
        return usable[-1] if is_left else None

    def get(self, session: Session, version_id: str) -> Version:
        """The version of this id. Raises NotFound."""
        row = session.get(TrainingRow, version_id)
        if row is None:
            is_any = session.scalar(select(func.count()).select_from(TrainingRow))
            hint = "see `wenmai recommendation list`" if is_any else "none was learnt yet"
            raise NotFound(f"there is no version {version_id!r}: {hint}")
        return _version(row)

    def all(self, session: Session) -> list[Version]:
        """Every version that is kept, oldest first."""
        return [_version(row) for row in session.scalars(select(TrainingRow).order_by(TrainingRow.id))]

    def newest(self, session: Session) -> Version | None:
        """The version that was learnt last; None before."""
        row = session.scalar(
            select(TrainingRow).where(TrainingRow.state == READY).order_by(TrainingRow.id.desc()).limit(1)
        )
        return _version(row) if row is not None else None

    def damaged(self, session: Session, version_id: str, error: str) -> None:
        """Note that the files of a version cannot be used."""
        of_version = update(TrainingRow).where(TrainingRow.id == version_id)
        session.execute(of_version.values(state=DAMAGED, error=error))

    def fail(self, session: Session, error: str) -> None:
        """Note why nothing was learnt, in place of former notes."""
        session.execute(delete(TrainingRow).where(TrainingRow.state == FAILED))
        self.add(session, Version(new_id(), FAILED, 0, 0, 0, 0, 0.0, now(), error))

    def drop(self, session: Session, version_id: str) -> None:
        """Delete a version. Raises NotFound, Conflict for the active one."""
        self.get(session, version_id)
        if version_id == self.active_id():
            raise Conflict("the active version cannot be dropped: activate another one first")
        session.execute(delete(TrainingRow).where(TrainingRow.id == version_id))
        shutil.rmtree(self.path(version_id), ignore_errors=True)

    def clear(self, session: Session, active: str) -> None:
        """Delete the versions that nobody will go back to, and those that know what readers had deleted; not the one that is
        `active` once the transaction is on disk."""
        kept = {*(version.id for version in self.usable(session)[-_KEPT:]), active}
        session.execute(delete(TrainingRow).where(TrainingRow.id.not_in(kept)))
        after_commit(session, lambda: self._delete_others(kept))

    def _delete_others(self, kept: Collection[str]) -> None:
        for directory in self.directory.iterdir():
            if directory.is_dir() and directory.name not in kept and not is_held(directory / _LOCK):
                shutil.rmtree(directory, ignore_errors=True)


def _version(row: TrainingRow) -> Version:
    return Version(*(getattr(row, name) for name in Version.__slots__))
