"""Changed vectors since the base was built: an append-only file of fixed-width, checksummed entries.

An entry for a number supersedes the base's row and every earlier entry of that number; one without a vector
says that the resource left the index. A torn last entry, after a power cut, is not part of the log.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.engine import Vector

Entries = NDArray[np.void]


def entry_type(dimension: int) -> np.dtype[np.void]:
    """Layout of one entry: its checksum (CRC-32 of the rest), number, revision, whether it lives, its vector."""
    return np.dtype(
        [
            ("crc", "<u4"),
            ("revision", "<i4"),
            ("number", "<i8"),
            ("lives", "<u4"),
            ("vector", "<f2", (dimension,)),
        ]
    )


class VectorLogWriter:
    """Appends entries. One writer at a time: the follower's lease sees to that."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._type = entry_type(dimension)
        whole = len(read_entries(path, dimension)) * self._type.itemsize
        with path.open("ab") as file:
            file.truncate(whole)

    def append(self, numbers: list[int], revisions: list[int], vectors: Vector) -> None:
        """Write the new vectors of these resources, durably. Shapes (n,), (n,), (n, dimension)."""
        entries = np.zeros(len(numbers), dtype=self._type)
        entries["number"], entries["revision"] = numbers, revisions
        entries["lives"], entries["vector"] = 1, vectors
        self._write(entries)

    def bury(self, numbers: list[int]) -> None:
        """Write that these resources left the index, durably."""
        entries = np.zeros(len(numbers), dtype=self._type)
        entries["number"] = numbers
        self._write(entries)

    def _write(self, entries: Entries) -> None:
        if not len(entries):
            return
        for entry in entries:
            entry["crc"] = _checksum(entry)
        with self._path.open("ab") as file:
            file.write(entries.tobytes())
            file.flush()
            os.fsync(file.fileno())


def read_entries(path: Path, dimension: int, start: int = 0) -> Entries:
    """The sound entries from the `start`th on; reading ends at the first that is torn or damaged."""
    width = entry_type(dimension)
    if not path.exists():
        return np.zeros(0, dtype=width)
    with path.open("rb") as file:
        file.seek(start * width.itemsize)
        content = file.read()
    entries = np.frombuffer(content[: len(content) // width.itemsize * width.itemsize], dtype=width)
    for index, entry in enumerate(entries):
        if entry["crc"] != _checksum(entry):
            return entries[:index]
    return entries


def entry_count(path: Path, dimension: int) -> int:
    """How many entries the log has, by its size."""
    return path.stat().st_size // entry_type(dimension).itemsize if path.exists() else 0


def _checksum(entry: np.void) -> int:
    return zlib.crc32(entry.tobytes()[4:])
