"""The FAISS index of the vector base: its type follows from the number of rows, in one table.

Few rows are compared one by one, at 8 bits a dimension. Many are grouped into lists of neighbours, of which only the
nearest are searched, by product quantisation with 4-bit codes; the best are compared again at 8 bits (Jégou et al.,
2011, "Product quantization for nearest neighbor search"; André et al., 2015, for the 4-bit scan).
"""

from __future__ import annotations

import math
import os
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
_ADDED_AT_ONCE = 50_000
# Lists searched without a filter, half of them and lists of so many rows together at most, and rows compared again for
# each one wanted (docs/performance.md). What is typed is short: the records that it means lie far from it, scattered over
# many lists. The neighbours of a record lie in few.
_PROBES, _PROBES_OF_RECORDS = 400, 32
_ROWS_PROBED = 200_000
# Where a share of the rows is allowed, one by this power of it times as many lists.
_WIDENING = 0.25
_REFINED = 8
# FAISS's scan for one query at a time with many candidates, a tenth faster than what it takes by itself.
_ONE_QUERY = 11
# Up to so many allowed rows are gathered and compared one by one; all rows of a small share are passed over in one scan.
_GATHERED = 3_000
_SCANNED_SHARE = 0.02


def make_index(rows: NDArray[np.float16], dimension: int) -> faiss.Index:
    """An index of these rows, shape (n, dimension), which may be mapped from a file."""
    count = len(rows)
    index = faiss.index_factory(dimension, _kind(count, dimension), faiss.METRIC_INNER_PRODUCT)
    if not count:
        return index
    # The setting is the calling thread's own: searching threads keep theirs.
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    wanted = max(_LEAST_TRAINING_ROWS, _TRAINING_ROWS_A_LIST * _lists(count))
    index.train(np.asarray(rows[:: max(1, count // wanted)], dtype=np.float32))
    for start in range(0, count, _ADDED_AT_ONCE):
        index.add(np.asarray(rows[start : start + _ADDED_AT_ONCE], dtype=np.float32))
    if isinstance(index, faiss.IndexRefine):
        _shrink_centroids(cast(Any, faiss.downcast_index(index.base_index)))
    faiss.omp_set_num_threads(1)
    return index


def _shrink_centroids(lists: Any) -> None:
    """Keep the lists' centroids at 8 bits: a quarter of what every query has to read.

    Only the order of the lists by them counts, since the codes are of the rows themselves, not of their distances from
    a centroid.
    """
    former: Any = faiss.downcast_index(lists.quantizer)
    centroids = former.reconstruct_n(0, lists.nlist)
    small: Any = faiss.index_factory(lists.d, "SQ8", faiss.METRIC_INNER_PRODUCT)
    small.train(centroids)
    small.add(centroids)
    lists.quantizer = small
    # FAISS frees the new one with the lists; the former one is Python's to free.
    small.this.disown()
    former.this.own(True)


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
        if lists:
            lists.implem = _ONE_QUERY

    def rows(self, positions: NDArray[np.int64]) -> Vector:
        """The vectors at these rows, shape (n, dimension)."""
        if not len(positions):
            return np.zeros((0, self._index.d), dtype=np.float32)
        return np.asarray(self._rows.reconstruct_batch(positions), dtype=np.float32)

    def nearest(
        self, vector: Vector, limit: int, among: Selection | None, *, of_records: bool = False
    ) -> tuple[NDArray[np.int64], Vector]:
        """(positions, cosines) of the nearest rows, best first, of all rows or of those selected.

        The vector is of a typed text, or of a record or some of them together (`of_records`).
        """
        probes = _PROBES_OF_RECORDS if of_records else _PROBES
        # One request uses one core: throughput comes from requests side by side.
        faiss.omp_set_num_threads(1)
        if among is None:
            return self._search(self._index, vector, limit, self._parameters(probes, None, 1.0))
        if among.positions is not None:
            return self._gathered(vector, limit, among.positions)
        # FAISS's stubs describe its C++ constructors, not the Python ones.
        selector = faiss.IDSelectorBitmap(among.bits)  # type: ignore[call-arg, arg-type]
        if self._lists and among.share > _SCANNED_SHARE:
            return self._search(self._index, vector, limit, self._parameters(probes, selector, among.share))
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

    def _parameters(
        self, unfiltered: int, selector: faiss.IDSelector | None, share: float
    ) -> faiss.SearchParameters | None:
        """More lists the fewer rows are allowed, for the neighbours among them lie further away."""
        if not self._lists:
            return None
        affordable = self._lists * _ROWS_PROBED // self._index.ntotal
        free = max(1, min(unfiltered, self._lists // 2, affordable))
        probes = min(self._lists, math.ceil(free / share**_WIDENING))
        lists = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        return faiss.IndexRefineSearchParameters(k_factor=_REFINED, base_index_params=lists)  # type: ignore[call-arg]

    @staticmethod
    def _search(
        index: Any, vector: Vector, limit: int, parameters: faiss.SearchParameters | None
    ) -> tuple[NDArray[np.int64], Vector]:
        scores, positions = index.search(vector[None, :], limit, params=parameters)
        found = positions[0] >= 0
        return positions[0][found], scores[0][found]


def _kind(count: int, dimension: int) -> str:
    """FAISS's name of the index for so many rows."""
    if count <= _FLAT_UP_TO:
        return "SQ8"
    # The lists are compared one by one: through a graph, many of the nearest are never reached (decision 0013).
    return f"IVF{_lists(count)},PQ{dimension // 4}x4fs,Refine(SQ8)"


def _lists(count: int) -> int:
    """The power of two nearest to four times the root of the number of rows."""
    return min(_MOST_LISTS, 1 << round(math.log2(4 * math.sqrt(max(1, count)))))
