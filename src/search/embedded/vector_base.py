"""The immutable bulk of the vectors: one FAISS index, number and revision of each row, its columns, and their hashes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from catalog.durable import replace_file, sha256, sync_directory
from catalog.errors import Unavailable
from search.embedded.checksums import reading
from search.embedded.columns import Columns, ColumnWriter, Rows, Wanted, column_files, mapped
from search.embedded.vector_index import RowSearch, Selection, make_index
from search.engine import Vector

_FILES = ("base.faiss", "numbers.npy", "revisions.npy", *column_files())
_REMEMBERED = 64


class VectorBase:
    """Rows of unit vectors in ascending order of number. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        _check(directory)
        with reading(directory / "base.faiss"):
            self._search = RowSearch(directory / "base.faiss")
        self.dimension = self._search.dimension
        with reading(directory):
            columns = self.columns = Columns(directory)
            self.numbers: NDArray[np.int64] = mapped(directory / "numbers.npy")
            self.revisions: NDArray[np.int32] = mapped(directory / "revisions.npy")
        # The row of each number: one look-up where a binary search would touch twenty pages.
        self._places = np.full(int(self.numbers[-1]) + 1 if len(self.numbers) else 1, -1, dtype=np.int32)
        self._places[self.numbers] = np.arange(len(self.numbers), dtype=np.int32)

        # Readers filter by the same few kinds, regions and institutions, and the base never changes. It does not hold this
        # object, or nothing would free a base that was open when the server froze its garbage.
        @lru_cache(_REMEMBERED)
        def selection(wanted: Wanted) -> Selection:
            """The rows that pass a filter."""
            return Selection.of(columns.allowed(wanted))

        self.selection = selection

    def positions(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each number, -1 where there is none. Shape (n,) to (n,)."""
        # No resource has the number 0.
        return self._places[np.where(numbers < len(self._places), numbers, 0)].astype(np.int64)

    def nearest(
        self, vector: Vector, limit: int, among: Selection | None, *, of_records: bool = False
    ) -> tuple[NDArray[np.int64], Vector]:
        """(numbers, cosines) of the nearest rows, best first, of all rows or of those selected."""
        if not len(self.numbers):
            return self.numbers, np.zeros(0, dtype=np.float32)
        positions, scores = self._search.nearest(vector, limit, among, of_records=of_records)
        return self.numbers[positions], scores

    def exact(self, vector: Vector, limit: int) -> tuple[NDArray[np.int64], Vector]:
        """(numbers, cosines) of the nearest rows by comparing every one."""
        positions, scores = self._search.exact(vector, limit)
        return self.numbers[positions], scores

    def rows(self, positions: NDArray[np.int64]) -> Vector:
        """The vectors at these rows, shape (n, dimension)."""
        return self._search.rows(positions)


def write_base(directory: Path, dimension: int, blocks: Iterable[Rows]) -> None:
    """Write the base from blocks in ascending order of number, durably.

    The vectors wait in a file of half floats, so that memory does not grow with their number.
    """
    directory.mkdir(parents=True, exist_ok=True)
    waiting = directory / "waiting.f16"
    columns = ColumnWriter(directory)
    numbers: list[int] = []
    revisions: list[int] = []
    with waiting.open("wb") as file:
        for block in blocks:
            numbers += block.numbers
            revisions += block.revisions
            columns.add(block)
            file.write(block.vectors.astype(np.float16).tobytes())
    columns.finish()
    shape = (len(numbers), dimension)
    rows = np.memmap(waiting, np.float16, "r", shape=shape) if numbers else np.zeros(shape, np.float16)
    faiss.write_index(make_index(rows, dimension), str(directory / "base.faiss"))
    np.save(directory / "numbers.npy", np.array(numbers, dtype=np.int64))
    np.save(directory / "revisions.npy", np.array(revisions, dtype=np.int32))
    waiting.unlink()
    _seal(directory)


def row_count(directory: Path) -> int:
    """How many rows the base has, without reading them."""
    return int(np.load(directory / "numbers.npy", mmap_mode="r").shape[0])


def _seal(directory: Path) -> None:
    """FAISS loads a corrupted file without a word, so the hashes are kept beside it."""
    for name in _FILES:
        with (directory / name).open("rb") as file:
            os.fsync(file.fileno())
    hashes = {name: sha256(directory / name) for name in _FILES}
    replace_file(directory / "manifest.json", json.dumps(hashes).encode())
    sync_directory(directory)


def _check(directory: Path) -> None:
    with reading(directory / "manifest.json"):
        manifest = json.loads((directory / "manifest.json").read_bytes())
        hashes = {name: manifest.get(name) for name in _FILES}
    for name in _FILES:
        path = directory / name
        with reading(path):
            found = sha256(path)
        if found != hashes[name]:
            # Either may be the one that is damaged.
            raise Unavailable(
                f"the index file {path} is not what manifest.json beside it says, so one is damaged: build the index again"
            )
