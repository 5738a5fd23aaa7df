"""Likeness of resources by the vectors of the search index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy import sparse

from recommend.learning.content import unlike_most
from recommend.learning.sparse import Matrix, Numbers, Weights
from search.embedded.engine import EmbeddedEngine

# Rows compared at once: half a gigabyte of cosines at a million columns.
_AT_ONCE = 128


class CatalogueContent:
    """Knows the vectors of the resources with these numbers; places are places in `numbers`."""

    def __init__(self, engine: EmbeddedEngine, numbers: Sequence[int], dimension: int) -> None:
        found = engine.vectors(numbers)
        self._vectors = np.zeros((len(numbers), dimension), dtype=np.float32)
        for place, number in enumerate(numbers):
            if number in found:
                self._vectors[place] = found[number]

    def nearest(self, of: Numbers, among: Numbers, limit: int) -> Matrix:
        """The nearest of each of these among others, never itself; shape (len(of), all)."""
        shape = (len(of), len(self._vectors))
        if not len(of) or not len(among):
            return sparse.csr_array(shape, dtype=np.float32)
        others = self._vectors[among]
        rows, columns, cosines = [], [], []
        for start in range(0, len(of), _AT_ONCE):
            part = of[start : start + _AT_ONCE]
            found = self._vectors[part] @ others.T
            found[part[:, None] == among[None, :]] = 0
            width = min(limit, len(among))
            best = np.argpartition(-found, width - 1, axis=1)[:, :width]
            rows.append(np.repeat(np.arange(start, start + len(part)), width))
            columns.append(among[best].ravel())
            cosines.append(np.take_along_axis(found, best, axis=1).ravel())
        values = np.maximum(np.concatenate(cosines), 0)
        near = sparse.csr_array((values, (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        near.eliminate_zeros()
        return near

    def likeness(self, history: Numbers, items: Numbers) -> Weights:
        """For each of these how like a history it is: `recommend.content.Content` says how it is measured."""
        profile = self._vectors[history].sum(axis=0)
        return unlike_most(self._vectors[items] @ profile, self._vectors[items] @ self._middle)

    @cached_property
    def _middle(self) -> Weights:
        return np.asarray(self._vectors.mean(axis=0), dtype=np.float32)
