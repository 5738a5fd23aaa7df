"""What a filter looks at, the facet codes, years and work of each row of the vectors, in memory-mapped columns.

A facet is kept the other way round, the rows of each code together, so that a filter touches only what it lets pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engine import Vector
from search.query import FACETS

YEARS, WORKS, AVAILABLE = "years.npy", "works.npy", "available.npy"
# Stands for the years of a resource that has none: no range reaches it.
NO_YEARS = (2**31 - 1, -(2**31))
_PAIR = np.dtype([("code", "<u4"), ("row", "<u4")])

Codes = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Resources as the vector leg keeps them, one place a resource in each list.

    `codes` are the numbers of the facet codes, `years` the first and the last year (`NO_YEARS` without a date),
    `works` the numbers of the works, `vectors` have the shape (n, dimension).
    """

    numbers: Sequence[int]
    revisions: Sequence[int]
    codes: Sequence[Codes]
    years: Sequence[tuple[int, int]]
    works: Sequence[int]
    available: Sequence[bool]
    vectors: Vector


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter in the numbers of the code book: any of the codes of each facet, a range of years, and a work."""

    codes: Codes
    year_from: int | None = None
    year_to: int | None = None
    work: int | None = None

    def __hash__(self) -> int:
        codes = tuple((facet, tuple(numbers)) for facet, numbers in sorted(self.codes.items()))
        return hash((codes, self.year_from, self.year_to, self.work))


def column_files() -> list[str]:
    """The names of all files that `ColumnWriter` writes."""
    return [
        YEARS,
        WORKS,
        AVAILABLE,
        *(f"{facet}.{part}.npy" for facet in FACETS for part in ("rows", "starts")),
    ]


class ColumnWriter:
    """Takes what columns hold of rows in order; codes wait in files, so that memory does not grow with them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._waiting = {facet: directory / f"{facet}.waiting" for facet in FACETS}
        self._years: list[NDArray[np.int32]] = []
        self._works: list[NDArray[np.int64]] = []
        self._available: list[NDArray[np.bool_]] = []
        self._count = 0

    def add(self, rows: Rows) -> None:
        """Take the next rows."""
        for facet, waiting in self._waiting.items():
            pairs = [
                (code, row)
                for row, of_row in enumerate(rows.codes, start=self._count)
                for code in of_row.get(facet, ())
            ]
            with waiting.open("ab") as file:
                file.write(np.array(pairs, dtype=_PAIR).tobytes())
        self._years.append(np.array(rows.years, dtype=np.int32).reshape(-1, 2))
        self._works.append(np.array(rows.works, dtype=np.int64))
        self._available.append(np.array(rows.available, dtype=bool))
        self._count += len(rows.codes)

    def finish(self) -> None:
        """Write the columns."""
        for facet, waiting in self._waiting.items():
            pairs = np.fromfile(waiting, dtype=_PAIR) if waiting.exists() else np.zeros(0, dtype=_PAIR)
            pairs.sort(order=("code", "row"))
            highest = int(pairs["code"][-1]) if len(pairs) else -1
            starts = np.searchsorted(pairs["code"], np.arange(highest + 2)).astype(np.int64)
            np.save(self._directory / f"{facet}.rows.npy", pairs["row"])
            np.save(self._directory / f"{facet}.starts.npy", starts)
            waiting.unlink(missing_ok=True)
        np.save(self._directory / YEARS, np.concatenate([np.zeros((0, 2), dtype=np.int32), *self._years]))
        np.save(self._directory / WORKS, np.concatenate([np.zeros(0, dtype=np.int64), *self._works]))
        np.save(self._directory / AVAILABLE, np.concatenate([np.zeros(0, dtype=bool), *self._available]))


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file, memory-mapped."""
    # As a plain array: each look into a `memmap` makes another one, which takes longer than the look.
    array: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


class Columns:
    """The columns in a directory."""

    def __init__(self, directory: Path) -> None:
        self.years = mapped(directory / YEARS)
        self.works, self.available = mapped(directory / WORKS), mapped(directory / AVAILABLE)
        self._rows = {facet: mapped(directory / f"{facet}.rows.npy") for facet in FACETS}
        self._starts = {facet: mapped(directory / f"{facet}.starts.npy") for facet in FACETS}

    def allowed(self, wanted: Wanted) -> NDArray[np.bool_]:
        """One truth value a row."""
        count = len(self.years)
        result = in_years(self.years, wanted)
        if wanted.work is not None:
            result &= self.works == wanted.work
        for facet, numbers in wanted.codes.items():
            passing = np.zeros(count, dtype=bool)
            for number in numbers:
                passing[self._of_code(facet, number)] = True
            result &= passing
        return result

    def passing(self, rows: NDArray[np.int64], wanted: Wanted) -> NDArray[np.bool_]:
        """One truth value for each of these rows."""
        result = in_years(self.years[rows], wanted)
        if wanted.work is not None:
            result &= self.works[rows] == wanted.work
        # Of the columns' own type: searching with another one would copy each column.
        rows = rows.astype(_PAIR["row"])
        for facet, numbers in wanted.codes.items():
            has = np.zeros(len(rows), dtype=bool)
            for number in numbers:
                of_code = self._of_code(facet, number)
                if len(of_code):
                    has |= of_code[np.minimum(np.searchsorted(of_code, rows), len(of_code) - 1)] == rows
            result &= has
        return result

    def _of_code(self, facet: str, number: int) -> NDArray[np.int64]:
        """The rows that have the code; none for one that was first seen after the base was written."""
        starts = self._starts[facet]
        if number + 1 >= len(starts):
            return self._rows[facet][:0]
        return self._rows[facet][int(starts[number]) : int(starts[number + 1])]


def in_years(years: NDArray[np.int64], wanted: Wanted) -> NDArray[np.bool_]:
    """Which spans, shape (n, 2), overlap the wanted range."""
    result = np.ones(len(years), dtype=bool)
    if wanted.year_from is not None:
        result &= years[:, 1] >= wanted.year_from
    if wanted.year_to is not None:
        result &= years[:, 0] <= wanted.year_to
    return result
