"""Sparse matrices as the models of recommendation need them: blocks, and rows cut to their largest entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# scipy's stubs do not follow its sparse arrays through arithmetic.
Matrix = Any
Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]


def matrix(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> Matrix:
    """The matrix with 1 at these places; a place that is given twice counts once."""
    keys = np.unique(rows * shape[1] + columns)
    places = np.divmod(keys, max(1, shape[1]))
    return sparse.csr_array((np.ones(len(keys), dtype=np.float32), places), shape=shape)


def row_sizes(of: Matrix) -> Numbers:
    """How many entries each row has."""
    return np.asarray(np.diff(of.indptr), dtype=np.int64)


def blocks(costs: NDArray[np.float64], most: float) -> Iterator[tuple[int, int]]:
    """Ranges of rows whose costs together are `most` at most, or of one row."""
    ends = np.cumsum(costs)
    start = 0
    while start < len(costs):
        before = float(ends[start - 1]) if start else 0.0
        end = max(start + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield start, end
        start = end


def largest(of: Matrix, width: int, keys: Weights | None = None) -> Matrix:
    """The same rows, each cut to its `width` largest entries by `keys` (one for each entry), the values by default."""
    sizes = row_sizes(of)
    ranked = of.data if keys is None else keys
    kept = np.ones(of.nnz, dtype=bool)
    for row in np.flatnonzero(sizes > width):
        start, end = of.indptr[row], of.indptr[row + 1]
        kept[start + np.argpartition(-ranked[start:end], width)[width:]] = False
    starts = np.concatenate([[0], np.cumsum(np.minimum(sizes, width))])
    return sparse.csr_array((of.data[kept], of.indices[kept], starts), shape=of.shape)
