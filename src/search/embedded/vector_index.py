"""The FAISS index of the vector base: its type follows from the number of rows, in one table.

Few rows are compared one by one, at 8 bits a dimension. Many are grouped into lists of neighbours, each row into two, of
which only the nearest are searched, by product quantisation with 4-bit codes; the best are compared again at 8 bits
(Jégou et al., 2011, "Product quantization for nearest neighbor search"; André et al., 2015, for the 4-bit scan).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from search.engine import Vector

_FLAT_UP_TO = 50_000
_MOST_LISTS = 8192
_TRAINING_ROWS_A_LIST = 40
_LEAST_TRAINING_ROWS = 50_000
# Each row is in two lists; the second of so many nearest ones by what the first leaves out and this much of the row.
_LISTS_OF_A_ROW, _NEXT_LISTS, _WHOLE_ROW = 2, 8, 0.5
_ADDED_AT_ONCE = 50_000
# Lists searched without a filter, half of them and lists of so many entries together at most, and entries compared again
# for each one asked for (docs/performance.md). What is typed is short: the records that it means lie far from it, scattered over
# many lists. The neighbours of a record lie in few.
_PROBES, _PROBES_OF_RECORDS = 250, 10
_ENTRIES_PROBED = 200_000
# Where a share of the rows is allowed, one by this power of it times as many lists.
_WIDENING = 0.25
_REFINED = 6
# FAISS's scan for one query at a time with many candidates, a tenth faster than what it takes by itself.
_ONE_QUERY = 11
# Up to so many allowed rows are gathered and compared one by one; all rows of a small share are passed over in one scan.
_GATHERED = 3_000
_SCANNED_SHARE = 0.02


def make_index(rows: NDArray[np.float16], dimension: int) -> faiss.Index:
    """An index of these rows, shape (n, dimension), which may be mapped from a file."""
    # The setting is the calling thread's own: searching threads keep theirs.
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index = _in_lists(rows, dimension) if len(rows) > _FLAT_UP_TO else _one_by_one(rows, dimension)
    faiss.omp_set_num_threads(1)
    return index


def _one_by_one(rows: NDArray[np.float16], dimension: int) -> Any:
    """All rows at 8 bits a dimension."""
    index: Any = faiss.index_factory(dimension, "SQ8", faiss.METRIC_INNER_PRODUCT)
    if len(rows):
        index.train(_some(rows, _LEAST_TRAINING_ROWS))
        for _, block in _blocks(rows):
            index.add(block)
    return index


def _in_lists(rows: NDArray[np.float16], dimension: int) -> faiss.Index:
    """Codes of the rows in lists of neighbours, each row in two lists, beside all rows at 8 bits."""
    lists: Any = faiss.index_factory(
        dimension, f"IVF{_lists(len(rows))},PQ{dimension // 4}x4", faiss.METRIC_INNER_PRODUCT
    )
    # The codes are of the rows themselves, not of their distances from a centroid: a row has one, whatever its list.
    lists.by_residual = False
    lists.train(_some(rows, max(_LEAST_TRAINING_ROWS, _TRAINING_ROWS_A_LIST * lists.nlist)))
    centroids = lists.quantizer.reconstruct_n(0, lists.nlist)
    alike = centroids @ centroids.T
    for start, block in _blocks(rows):
        numbers = np.arange(start, start + len(block))
        for chosen in _two_lists(lists.quantizer, alike, block):
            lists.add_core(len(block), *(faiss.swig_ptr(array) for array in (block, numbers, chosen)))
    scanned = faiss.IndexIVFPQFastScan(lists)
    scanned.quantizer = _small(centroids)
    scanned.own_fields = True
    # `IndexRefine` wants as many codes as rows.
    scanned.ntotal = len(rows)
    return faiss.IndexRefine(scanned, _one_by_one(rows, dimension))


def _two_lists(quantizer: Any, alike: Vector, block: Vector) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nearest list of each row, and of the next ones the nearest to what the first leaves out of the row.

    A query that is near the row and far from the first list is one that the row resembles in what the first list has
    not: to be in another list for that halves what is missed, at as many rows compared (Sun et al., 2023, "SOAR:
    Improved indexing for approximate nearest neighbor search", whose loss this follows for centroids of length 1).
    `alike` has the products of the centroids with one another, shape (lists, lists).
    """
    products, near = quantizer.search(block, min(_NEXT_LISTS, len(alike)))
    first, others = near[:, 0].copy(), near[:, 1:]
    # What is left out, with some of the row itself, times a centroid: from products that are there already.
    left_out = (1 + _WHOLE_ROW) * products[:, 1:] - alike[first[:, None], others]
    return first, np.take_along_axis(others, left_out.argmax(axis=1)[:, None], axis=1)[:, 0]


def _small(centroids: Vector) -> Any:
    """The lists' centroids at 8 bits: a quarter of what every query has to read. Only the order of the lists by them counts."""
    small = _one_by_one(centroids.astype(np.float16), centroids.shape[1])
    small.this.disown()
    return small


def _some(rows: NDArray[np.float16], wanted: int) -> Vector:
    return np.asarray(rows[:: max(1, len(rows) // wanted)], dtype=np.float32)


def _blocks(rows: NDArray[np.float16]) -> Iterator[tuple[int, Vector]]:
    """The rows, some at a time, with the position of the first one."""
    for start in range(0, len(rows), _ADDED_AT_ONCE):
        yield start, np.asarray(rows[start : start + _ADDED_AT_ONCE], dtype=np.float32)


def dots(rows: Vector, vector: Vector) -> Vector:
    """The product of each row with a vector. Shapes (n, dimension) and (dimension,) to (n,)."""
    # Not `@`: BLAS shares even small products out to every core, whose threads then spin, waiting for more.
    return np.asarray(np.einsum("ij,j->i", rows, vector))


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that may be found: their positions where they are few, else one bit a row. `share` of all rows."""

    positions: NDArray[np.int64] | None
    bits: NDArray[np.uint8] | None
    share: float

    @classmethod
    def of(cls, allowed: NDArray[np.bool_]) -> Selection:
        """From one truth value a row."""
        count = int(np.count_nonzero(allowed))
        share = count / max(1, len(allowed))
        if count <= _GATHERED:
            return cls(np.flatnonzero(allowed), None, share)
        return cls(None, np.packbits(allowed, bitorder="little"), share)


class RowSearch:
    """Searches the index in a file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        # FAISS's stubs know the classes of C++ only, so what hangs on an index is untyped.
        self._index = cast(Any, faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        refined = isinstance(self._index, faiss.IndexRefine)
        # The rows at 8 bits a dimension.
        self._rows: Any = faiss.downcast_index(self._index.refine_index) if refined else self._index
        lists = cast(Any, faiss.downcast_index(self._index.base_index)) if refined else None
        self._lists = int(lists.nlist) if lists else 0
        self.dimension = int(self._index.d)
        if lists:
            lists.implem = _ONE_QUERY

    def rows(self, positions: NDArray[np.int64]) -> Vector:
        """The vectors at these rows, shape (n, dimension)."""
        if not len(positions):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(self._rows.reconstruct_batch(positions), dtype=np.float32)

    def nearest(
        self, vector: Vector, limit: int, among: Selection | None, *, of_records: bool = False
    ) -> tuple[NDArray[np.int64], Vector]:
        """(positions, cosines) of the nearest rows, best first, of all rows or of those selected.

        The vector is of a typed text, or of a record or some of them together (`of_records`).
        """
        # One request uses one core: throughput comes from requests side by side.
        faiss.omp_set_num_threads(1)
        if among is not None and among.positions is not None:
            return self._gathered(vector, limit, among.positions)
        share = among.share if among else 1.0
        # FAISS's stubs describe its C++ constructors, not the Python ones.
        selector = faiss.IDSelectorBitmap(among.bits) if among else None  # type: ignore[call-arg, arg-type]
        if self._lists and share > _SCANNED_SHARE:
            probes = self._probes(_PROBES_OF_RECORDS if of_records else _PROBES, share)
            return self._in_lists(vector, limit, probes, selector)
        only = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        return self._search(self._rows, vector, limit, only)

    def exact(self, vector: Vector, limit: int) -> tuple[NDArray[np.int64], Vector]:
        """(positions, cosines) of the nearest by comparing every row at 8 bits."""
        return self._search(self._rows, vector, limit, None)

    def _gathered(
        self, vector: Vector, limit: int, positions: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Vector]:
        scores = dots(self.rows(positions), vector)
        best = np.argsort(-scores, kind="stable")[:limit]
        return positions[best], scores[best]

    def _probes(self, unfiltered: int, share: float) -> int:
        """More lists the fewer rows are allowed, for the neighbours among them lie further away."""
        affordable = self._lists * _ENTRIES_PROBED // (_LISTS_OF_A_ROW * self._index.ntotal)
        free = max(1, min(unfiltered, self._lists // 2, affordable))
        widened: float = free / share**_WIDENING
        return min(self._lists, math.ceil(widened))

    def _in_lists(
        self, vector: Vector, limit: int, probes: int, selector: faiss.IDSelector | None
    ) -> tuple[NDArray[np.int64], Vector]:
        lists = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        parameters = faiss.IndexRefineSearchParameters(k_factor=_REFINED, base_index_params=lists)  # type: ignore[call-arg]
        positions, scores = self._search(self._index, vector, _LISTS_OF_A_ROW * limit, parameters)
        # A row may have been found in each of its lists.
        once = np.sort(np.unique(positions, return_index=True)[1])[:limit]
        return positions[once], scores[once]

    @staticmethod
    def _search(
        index: Any, vector: Vector, limit: int, parameters: faiss.SearchParameters | None
    ) -> tuple[NDArray[np.int64], Vector]:
        scores, positions = index.search(vector[None, :], limit, params=parameters)
        found = positions[0] >= 0
        return positions[0][found], scores[0][found]


def _lists(count: int) -> int:
    """The power of two nearest to four times the root of the number of rows."""
    return min(_MOST_LISTS, 1 << round(math.log2(4 * math.sqrt(max(1, count)))))
