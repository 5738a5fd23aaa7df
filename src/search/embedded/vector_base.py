"""The immutable bulk of the vectors: one FAISS index, the resource number of each row, and their hashes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from catalog.durable import replace_file, sha256, sync_directory
from catalog.errors import Unavailable
from search.engine import Vector

# Up to this share of allowed rows, gathering and scoring them is faster than searching past the others.
_GATHER_SHARE = 0.05
_TRAINING_ROWS = 50_000
_FILES = ("base.faiss", "numbers.npy", "revisions.npy")


class VectorBase:
    """Rows of unit vectors, quantised to 8 bits a dimension; numbers ascend. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        _check(directory)
        self._index = faiss.read_index(str(directory / "base.faiss"))
        self.numbers: NDArray[np.int64] = np.load(directory / "numbers.npy")
        self.revisions: NDArray[np.int32] = np.load(directory / "revisions.npy")

    def positions(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each number, -1 where there is none. Shape (n,) to (n,)."""
        if not len(self.numbers):
            return np.full(len(numbers), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.where(self.numbers[places] == numbers, places, -1)

    def search(
        self, vector: Vector, limit: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], Vector]:
        """(numbers, cosines) of the nearest rows, best first; `allowed` has one truth value a row."""
        if not len(self.numbers):
            return self.numbers, np.zeros(0, dtype=np.float32)
        if allowed is None:
            return self._select(vector, limit, None)
        rows = np.flatnonzero(allowed)
        if len(rows) > _GATHER_SHARE * len(allowed):
            return self._select(vector, limit, allowed)
        scores = self.rows(rows) @ vector
        best = np.argsort(-scores, kind="stable")[:limit]
        return self.numbers[rows[best]], scores[best]

    def rows(self, positions: NDArray[np.int64]) -> Vector:
        """The vectors at these rows, shape (n, dimension)."""
        if not len(positions):
            return np.zeros((0, self._index.d), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(positions), dtype=np.float32)

    def _select(
        self, vector: Vector, limit: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], Vector]:
        parameters = None
        if allowed is not None:
            bitmap = np.packbits(allowed, bitorder="little")
            # FAISS's stubs describe its C++ constructors, not the Python ones.
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(vector[None, :], limit, params=parameters)
        found = rows[0] >= 0
        return self.numbers[rows[0][found]], scores[0][found]


def write_base(
    directory: Path, dimension: int, blocks: Iterable[tuple[list[int], list[int], Vector]]
) -> None:
    """Write the base from blocks of (ascending numbers, revisions, vectors), durably.

    The vectors wait in a file of half floats, so that memory does not grow with their number.
    """
    directory.mkdir(parents=True, exist_ok=True)
    waiting = directory / "waiting.f16"
    numbers: list[int] = []
    revisions: list[int] = []
    with waiting.open("wb") as file:
        for block_numbers, block_revisions, vectors in blocks:
            numbers += block_numbers
            revisions += block_revisions
            file.write(vectors.astype(np.float16).tobytes())
    faiss.write_index(_quantised(waiting, dimension, len(numbers)), str(directory / "base.faiss"))
    np.save(directory / "numbers.npy", np.array(numbers, dtype=np.int64))
    np.save(directory / "revisions.npy", np.array(revisions, dtype=np.int32))
    waiting.unlink()
    _seal(directory)


def row_count(directory: Path) -> int:
    """How many rows the base has, without reading them."""
    return int(np.load(directory / "numbers.npy", mmap_mode="r").shape[0])


def _quantised(waiting: Path, dimension: int, count: int) -> faiss.Index:
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    if not count:
        return index
    rows = np.memmap(waiting, dtype=np.float16, mode="r", shape=(count, dimension))
    index.train(np.asarray(rows[:: max(1, count // _TRAINING_ROWS)], dtype=np.float32))
    for start in range(0, count, 10_000):
        index.add(np.asarray(rows[start : start + 10_000], dtype=np.float32))
    return index


def _seal(directory: Path) -> None:
    """FAISS loads a corrupted file without a word, so the hashes are kept beside it."""
    for name in _FILES:
        with (directory / name).open("rb") as file:
            os.fsync(file.fileno())
    hashes = {name: sha256(directory / name) for name in _FILES}
    replace_file(directory / "manifest.json", json.dumps(hashes).encode())
    sync_directory(directory)


def _check(directory: Path) -> None:
    try:
        hashes = json.loads((directory / "manifest.json").read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"the index file {directory / 'manifest.json'} cannot be read: build the index again"
        ) from error
    for name in _FILES:
        path = directory / name
        if not path.exists() or sha256(path) != hashes.get(name):
            raise Unavailable(f"the index file {path} is missing or damaged: build the index again")
