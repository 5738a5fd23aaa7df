"""The vector leg: base and log seen as one index. A changed resource is found by its newest entry only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.embedded.columns import NO_YEARS, Wanted, in_years
from search.embedded.vector_base import VectorBase
from search.embedded.vector_index import Selection, dots
from search.embedded.vector_log import LIVES, MORE, code_word, entry_type, read_entries
from search.engine import Edition, Hit, Vector

# Hits of the base beyond those that are wanted, in place of rows that are out of date.
_IN_VAIN = 20
_KEPT = ["number", "revision", "role", "years", "work", "available", "codes"]


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An immutable view: the base, which of its rows still count (None: all), and the log's entries.

    `logged` gives the newest row of the log for each number that it has, -1 for one that left the index; `living` are
    those rows in ascending order. `log` has the entries without their vectors.
    """

    base: VectorBase
    live: NDArray[np.bool_] | None
    logged: Mapping[int, int]
    living: NDArray[np.int64]
    log: NDArray[np.void]
    log_vectors: Vector

    @classmethod
    def open(cls, directory: Path) -> VectorIndex:
        """Map the files of `directory`. Raises Unavailable, naming the file, when one is damaged."""
        base = VectorBase(directory)
        entries = np.zeros(0, dtype=entry_type(base.dimension))
        none = np.zeros(0, dtype=np.int64)
        vectors = np.zeros((0, base.dimension), dtype=np.float32)
        empty = cls(base, None, {}, none, entries[_KEPT], vectors)
        return empty.refreshed(directory / "log.bin")

    def refreshed(self, log: Path, least: int = 0) -> VectorIndex:
        """The view with the log's new entries; itself when there are none. Raises Unavailable where the log has not `least`."""
        known, dimension = self.log_vectors.shape
        fresh = read_entries(log, dimension, known, least)
        if not len(fresh):
            return self
        logged = dict(self.logged)
        for row, (number, role) in enumerate(
            zip(fresh["number"].tolist(), fresh["role"].tolist(), strict=True)
        ):
            if role != MORE:
                # A resource that left is kept too, as row -1: it hides the base's row.
                logged[number] = known + row if role == LIVES else -1
        live = np.ones(len(self.base.numbers), dtype=bool) if self.live is None else self.live.copy()
        positions = self.base.positions(fresh["number"])
        live[positions[positions >= 0]] = False
        return VectorIndex(
            self.base,
            live,
            logged,
            np.sort(np.fromiter((row for row in logged.values() if row >= 0), dtype=np.int64)),
            np.concatenate([self.log, fresh[_KEPT]]),
            _grown(self.log_vectors, fresh["vector"].astype(np.float32)),
        )

    def nearest(
        self, vector: Vector, limit: int, wanted: Wanted | None, *, of_records: bool = False
    ) -> list[Hit]:
        """The best by cosine among what passes the filter, if there is one."""
        return self._best(self._from_base(vector, limit, wanted, of_records), vector, limit, wanted)

    def exact(self, vector: Vector, limit: int) -> list[Hit]:
        """The best by cosine among all, compared one by one: what `nearest` is measured against."""
        found = self.base.exact(vector, limit + len(self.logged))
        return self._best(self._without_news(*found), vector, limit, None)

    def _best(
        self, of_base: tuple[NDArray[np.int64], Vector], vector: Vector, limit: int, wanted: Wanted | None
    ) -> list[Hit]:
        """The best of these rows of the base and of the log's, best first."""
        numbers, scores = of_base
        if len(self.living):
            more, of_log = self._from_log(vector, limit, wanted)
            numbers, scores = np.concatenate([numbers, more]), np.concatenate([scores, of_log])
        best = np.lexsort((numbers, -scores))[:limit]
        return list(map(Hit, numbers[best].tolist(), scores[best].tolist()))

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vector]:
        """The vector of each of these resources that has one."""
        known, positions = self._in_base(numbers)
        found = dict(zip(known.tolist(), self.base.rows(positions), strict=True))
        return found | {number: self.log_vectors[row] for number, row in self._in_log(numbers)}

    def cosines(self, vector: Vector, numbers: Sequence[int]) -> dict[int, float]:
        """The cosine of each of these resources that has a vector."""
        known, positions = self._in_base(numbers)
        scores = dots(self.base.rows(positions), vector)
        found = dict(zip(known.tolist(), scores.tolist(), strict=True))
        return found | {
            number: float(self.log_vectors[row] @ vector) for number, row in self._in_log(numbers)
        }

    def passing(self, numbers: Sequence[int], wanted: Wanted) -> set[int]:
        """Which of these resources pass the filter; none that is not here."""
        known, positions = self._in_base(numbers)
        passing = self.base.columns.passing(positions, wanted)
        # One by one: the whole log against a filter takes milliseconds.
        of_log = (number for number, row in self._in_log(numbers) if self._passes(row, wanted))
        return {*known[passing].tolist(), *of_log}

    def editions(self, numbers: Sequence[int]) -> dict[int, Edition]:
        """The work and the availability of each of these resources that is here."""
        known, positions = self._in_base(numbers)
        columns = self.base.columns
        works, available = columns.works[positions], columns.available[positions]
        found = dict(zip(known.tolist(), map(Edition, works.tolist(), available.tolist()), strict=True))
        return found | {
            number: Edition(int(self.log["work"][row]), bool(self.log["available"][row]))
            for number, row in self._in_log(numbers)
        }

    def years(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The first and the last year of each of these resources that has a date."""
        known, positions = self._in_base(numbers)
        years = dict(
            zip(known.tolist(), map(tuple, self.base.columns.years[positions].tolist()), strict=True)
        )
        years |= {number: tuple(self.log["years"][row].tolist()) for number, row in self._in_log(numbers)}
        return {number: span for number, span in years.items() if span != NO_YEARS}

    def _in_base(self, numbers: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(numbers, rows of the base) of those of these that the base has and the log has no news of."""
        fresh = [number for number in numbers if number not in self.logged] if self.logged else numbers
        asked = np.array(fresh, dtype=np.int64)
        positions = self.base.positions(asked)
        known = positions >= 0
        return asked[known], positions[known]

    def _in_log(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """(number, row of the log) of those of these whose newest state is in the log."""
        if not self.logged:
            return []
        return [(number, row) for number in numbers if (row := self.logged.get(number, -1)) >= 0]

    def revisions(self) -> dict[int, int]:
        """Revision of every resource that has a vector, by number."""
        kept = slice(None) if self.live is None else self.live
        numbers, revisions = self.base.numbers[kept], self.base.revisions[kept]
        logged = self.log[self.living]
        both = (
            np.concatenate([numbers, logged["number"]]),
            np.concatenate([revisions, logged["revision"]]),
        )
        return dict(zip(both[0].tolist(), both[1].tolist(), strict=True))

    def _from_base(
        self, vector: Vector, limit: int, wanted: Wanted | None, of_records: bool
    ) -> tuple[NDArray[np.int64], Vector]:
        """(numbers, cosines) of the base's best of which the log has no news."""
        selection = None if wanted is None else self.base.selection(wanted)
        # Few rows are out of date, and a search that passes over them costs more than some hits in vain.
        found = self.base.nearest(vector, limit + _IN_VAIN, selection, of_records=of_records)
        if self.live is None:
            return found
        kept = self._without_news(*found)
        if len(kept[0]) >= limit or len(found[0]) < limit + _IN_VAIN:
            return kept
        allowed = self.live if wanted is None else self.live & self.base.columns.allowed(wanted)
        found = self.base.nearest(vector, limit, Selection.of(allowed), of_records=of_records)
        return self._without_news(*found)

    def _without_news(self, numbers: NDArray[np.int64], scores: Vector) -> tuple[NDArray[np.int64], Vector]:
        kept = [number not in self.logged for number in numbers.tolist()]
        return numbers[kept], scores[kept]

    def _from_log(
        self, vector: Vector, limit: int, wanted: Wanted | None
    ) -> tuple[NDArray[np.int64], Vector]:
        """(numbers, cosines) of the log's best."""
        rows = self.living if wanted is None else self.living[self._passing(wanted)[self.living]]
        scores = dots(self.log_vectors, vector)[rows]
        best = np.argsort(-scores, kind="stable")[:limit]
        return self.log["number"][rows[best]], scores[best]

    def _passes(self, row: int, wanted: Wanted) -> bool:
        """Whether the resource whose entry in the log is this one passes the filter."""
        behind = row + 1
        while behind < len(self.log) and self.log["role"][behind] == MORE:
            behind += 1
        if wanted.work is not None and self.log["work"][row] != wanted.work:
            return False
        if not in_years(self.log["years"][row : row + 1], wanted)[0]:
            return False
        words = {*self.log["codes"][row:behind].ravel().tolist()}
        return all(
            any(code_word(facet, number) in words for number in numbers)
            for facet, numbers in wanted.codes.items()
        )

    def _passing(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which entries of the log pass the filter."""
        passing = in_years(self.log["years"], wanted)
        if wanted.work is not None:
            passing &= self.log["work"] == wanted.work
        # The entry that a code belongs to stands before the entries that only go on with its codes.
        owner = np.maximum.accumulate(np.where(self.log["role"] == MORE, 0, np.arange(len(self.log))))
        for facet, numbers in wanted.codes.items():
            words = np.array([code_word(facet, number) for number in numbers], dtype=np.uint32)
            has = np.zeros(len(self.log), dtype=bool)
            has[owner[np.isin(self.log["codes"], words).any(axis=1)]] = True
            passing &= has
        return passing


def _grown(vectors: Vector, more: Vector) -> Vector:
    """`more` behind `vectors`, in the room that a former call left behind them where there is enough.

    A view of fewer rows never sees what is written behind its end, so views may share the room.
    """
    count, size = len(vectors), len(vectors) + len(more)
    room = vectors.base
    if room is None or len(room) < size or room.shape[1:] != vectors.shape[1:]:
        room = np.empty((max(size, 2 * count, 256), vectors.shape[1]), dtype=np.float32)
        room[:count] = vectors
    room[count:size] = more
    grown: Vector = room[:size]
    return grown
