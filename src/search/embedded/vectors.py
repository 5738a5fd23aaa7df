"""The vector leg: base and log seen as one index. A changed resource is found by its newest entry only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.embedded.vector_base import VectorBase
from search.embedded.vector_log import read_entries
from search.engine import Hit, Vector


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An immutable view: the base, which of its rows still count (None: all), and the log's living entries."""

    base: VectorBase
    live: NDArray[np.bool_] | None
    logged: Mapping[int, int]
    log_vectors: Vector
    log_revisions: NDArray[np.int32]
    entries: int

    @classmethod
    def open(cls, directory: Path, dimension: int) -> VectorIndex:
        """Map the files of `directory`. Raises Unavailable, naming the file, when one is damaged."""
        base = VectorBase(directory)
        empty = np.zeros((0, dimension), dtype=np.float32)
        start = cls(base, None, {}, empty, np.zeros(0, dtype=np.int32), 0)
        return start.refreshed(directory / "log.bin")

    def refreshed(self, log: Path) -> VectorIndex:
        """The view with the log's new entries; itself when there are none."""
        dimension = self.log_vectors.shape[1]
        fresh = read_entries(log, dimension, self.entries)
        if not len(fresh):
            return self
        vectors = np.concatenate([self.log_vectors, fresh["vector"].astype(np.float32)])
        revisions = np.concatenate([self.log_revisions, fresh["revision"]])
        logged = dict(self.logged)
        for row, entry in enumerate(fresh, start=self.entries):
            # A burial is kept too, as row -1: it hides the base's row.
            logged[int(entry["number"])] = row if entry["lives"] else -1
        live = np.ones(len(self.base.numbers), dtype=bool)
        positions = self.base.positions(np.fromiter(logged, dtype=np.int64))
        live[positions[positions >= 0]] = False
        return VectorIndex(self.base, live, logged, vectors, revisions, self.entries + len(fresh))

    def nearest(self, vector: Vector, limit: int, numbers: NDArray[np.int64] | None) -> list[Hit]:
        """The best by cosine, among `numbers` if given (ascending)."""
        found, scores = self.base.search(vector, limit, self._allowed(numbers))
        hits = [Hit(int(number), float(score)) for number, score in zip(found, scores, strict=True)]
        hits += self._from_log(vector, numbers)
        return sorted(hits, key=lambda hit: (-hit.score, hit.number))[:limit]

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vector]:
        """The vector of each of these resources that has one."""
        result = {n: self.log_vectors[row] for n in numbers if (row := self.logged.get(n, -1)) >= 0}
        rest = np.array([n for n in numbers if n not in self.logged], dtype=np.int64)
        positions = self.base.positions(rest)
        known = positions >= 0
        rows = self.base.rows(positions[known])
        return result | dict(zip(rest[known].tolist(), rows, strict=True))

    def revisions(self) -> dict[int, int]:
        """Revision of every resource that has a vector, by number."""
        kept = slice(None) if self.live is None else self.live
        numbers, revisions = self.base.numbers[kept], self.base.revisions[kept]
        logged = {number: int(self.log_revisions[row]) for number, row in self.logged.items() if row >= 0}
        return dict(zip(numbers.tolist(), revisions.tolist(), strict=True)) | logged

    def _allowed(self, numbers: NDArray[np.int64] | None) -> NDArray[np.bool_] | None:
        if numbers is None:
            return self.live
        positions = self.base.positions(numbers)
        allowed = np.zeros(len(self.base.numbers), dtype=bool)
        allowed[positions[positions >= 0]] = True
        return allowed if self.live is None else allowed & self.live

    def _from_log(self, vector: Vector, numbers: NDArray[np.int64] | None) -> list[Hit]:
        allowed = None if numbers is None else frozenset(numbers.tolist())
        living = [
            (n, row) for n, row in self.logged.items() if row >= 0 and (allowed is None or n in allowed)
        ]
        if not living:
            return []
        scores = self.log_vectors[[row for _, row in living]] @ vector
        return [Hit(number, float(score)) for (number, _), score in zip(living, scores, strict=True)]
