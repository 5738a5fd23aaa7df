"""Changed vectors since the base was built: an append-only file of fixed-width, checksummed entries.

An entry for a number supersedes the base's row and every earlier entry of that number; one without a vector
says that the resource left the index. A resource with more codes than an entry has room for goes on in entries of its
own behind it. A torn last entry, after a power cut, is not part of the log; what a commit counts on is on disk before it, and
is missed.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.durable import sync_directory
from catalog.errors import Unavailable
from search.embedded.checksums import reading
from search.embedded.columns import Codes, Rows
from search.query import FACETS

Entries = NDArray[np.void]
# What an entry says: the resource is as here; it left the index; these are more codes of the entry before.
LIVES, LEFT, MORE = 1, 2, 3
_CODES = 32
_FACET_BITS = 28
_CRC_BYTES = 4


def entry_type(dimension: int) -> np.dtype[np.void]:
    """Layout of one entry: its checksum (CRC-32 of the rest), number, revision, role, years, work, availability, code words, vector."""
    return np.dtype(
        [
            ("crc", "<u4"),
            ("revision", "<i4"),
            ("number", "<i8"),
            ("role", "<u4"),
            ("years", "<i4", (2,)),
            ("work", "<i8"),
            ("available", "<u4"),
            ("codes", "<u4", (_CODES,)),
            ("vector", "<f2", (dimension,)),
        ]
    )


class VectorLogWriter:
    """Appends entries. One writer at a time: the follower's lease sees to that.

    Raises Unavailable, naming the file, where one of the first `least` entries is missing or damaged.
    """

    def __init__(self, path: Path, dimension: int, least: int = 0) -> None:
        self._path = path
        self._type = entry_type(dimension)
        # What is known to be on disk.
        self._size = least * self._type.itemsize
        self._size = self._cut()

    @property
    def entries(self) -> int:
        """How many entries are on disk."""
        return self._size // self._type.itemsize

    def _cut(self) -> int:
        """Take off what is torn; returns how many bytes are left."""
        (dimension,) = self._type["vector"].shape
        whole = len(read_entries(self._path, dimension, least=self.entries)) * self._type.itemsize
        with self._path.open("ab") as file:
            file.truncate(whole)
        sync_directory(self._path.parent)
        return whole

    def append(self, rows: Rows) -> None:
        """Write the new state of these resources, durably."""
        words = [_words(codes) for codes in rows.codes]
        more = [max(0, (len(of_row) - 1) // _CODES) for of_row in words]
        entries = np.zeros(len(words) + sum(more), dtype=self._type)
        place = 0
        for index, of_row in enumerate(words):
            for part in range(1 + more[index]):
                entry = entries[place]
                entry["number"], entry["revision"] = rows.numbers[index], rows.revisions[index]
                kept = of_row[part * _CODES : (part + 1) * _CODES]
                entry["codes"][: len(kept)] = kept
                if part:
                    entry["role"] = MORE
                else:
                    entry["role"], entry["years"] = LIVES, rows.years[index]
                    entry["work"], entry["available"] = rows.works[index], rows.available[index]
                    entry["vector"] = rows.vectors[index]
                place += 1
        self._write(entries)

    def bury(self, numbers: Sequence[int]) -> None:
        """Write that these resources left the index, durably."""
        entries = np.zeros(len(numbers), dtype=self._type)
        entries["number"], entries["role"] = numbers, LEFT
        self._write(entries)

    def _write(self, entries: Entries) -> None:
        if not len(entries):
            return
        for entry in entries:
            entry["crc"] = zlib.crc32(entry.tobytes()[_CRC_BYTES:])
        # A long log takes long to read, and is looked through again only after a write that failed or another process's.
        if not self._path.exists() or self._path.stat().st_size != self._size:
            self._size = self._cut()
        with self._path.open("ab") as file:
            file.write(entries.tobytes())
            file.flush()
            os.fsync(file.fileno())
        self._size += entries.nbytes


def read_entries(path: Path, dimension: int, start: int = 0, least: int = 0) -> Entries:
    """The sound entries from the `start`th on; what is torn at the end is left out.

    Raises Unavailable where one of the first `least`, which a commit counts on, is missing or damaged, and where sound entries
    stand behind a damaged one: that was no power cut.
    """
    width = entry_type(dimension)
    if not least and not path.exists():
        return np.zeros(0, dtype=width)
    with reading(path), path.open("rb") as file:
        file.seek(start * width.itemsize)
        content = file.read()
    entries = np.frombuffer(content[: len(content) // width.itemsize * width.itemsize], dtype=width)
    whole = memoryview(content)
    begins = range(0, entries.nbytes, width.itemsize)
    sums = (zlib.crc32(whole[begin + _CRC_BYTES : begin + width.itemsize]) for begin in begins)
    sound = [checksum == known for checksum, known in zip(sums, entries["crc"].tolist(), strict=True)]
    first = len(sound) if all(sound) else sound.index(False)
    if start + first < least or any(sound[first:]):
        raise Unavailable(f"the index file {path} is damaged at entry {start + first}: build the index again")
    return entries[:first]


def entry_count(path: Path, dimension: int) -> int:
    """How many entries the log has, by its size."""
    return path.stat().st_size // entry_type(dimension).itemsize if path.exists() else 0


def code_word(facet: str, number: int) -> int:
    """How the log writes a code; never 0, which fills the room that is left."""
    return FACETS.index(facet) << _FACET_BITS | number + 1


def _words(codes: Codes) -> list[int]:
    return [code_word(facet, number) for facet, numbers in codes.items() for number in numbers]
