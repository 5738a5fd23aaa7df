"""Input files as they came, kept by their SHA-256: a batch goes on without the place it came from."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from catalog.clock import new_id
from catalog.durable import sync_directory

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RawFiles:
    """A directory of files, each named by its content."""

    directory: Path

    def keep(self, path: Path) -> str:
        """Copy a file in, durably; returns its SHA-256. A file that is there already is not written again."""
        self.directory.mkdir(parents=True, exist_ok=True)
        partial = self.directory / f"{new_id()}.part"
        try:
            digest = _copy(path, partial)
            if self.path(digest).exists():
                return digest
            partial.replace(self.path(digest))
            sync_directory(self.directory)
            return digest
        finally:
            partial.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the file of this SHA-256 lies."""
        return self.directory / digest


def _copy(path: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()
