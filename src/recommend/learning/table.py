"""The table of co-use: fixed-width rows that are memory-mapped, so that a reader's request touches a few pages.

A row a resource, in the order of their numbers. Each of three sections has, for each row, so many entries: the place of
another row (-1 for none) and a weight, kept in 16 bits beside the row's largest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.durable import replace_file, sha256, sync_directory
from catalog.errors import Unavailable
from recommend.learning.couse import CoUse
from recommend.learning.sparse import Matrix, Numbers, Weights, row_sizes

FORMAT = 1
_MANIFEST = "table.json"
_SECTIONS = ("regression", "together", "inherited")
_VOICES = "voices.npy"
_FILES = (
    "numbers.npy",
    "subjects.npy",
    "popular.npy",
    *(f"{section}.{part}.npy" for section in _SECTIONS for part in ("entries", "weights", "scales")),
)


@dataclass(frozen=True, slots=True)
class Section:
    """`entries` and `weights` have the shape (n, width), `scales` (n,)."""

    entries: NDArray[np.int32]
    weights: NDArray[np.float16]
    scales: Weights

    def of(self, rows: Numbers) -> tuple[Numbers, Weights]:
        """The entries of these rows and their weights, one after the other."""
        entries = self.entries[rows]
        weights = self.weights[rows] * self.scales[rows][:, None]
        there = entries >= 0
        return entries[there].astype(np.int64), weights[there]

    def between(self, rows: Numbers, entries: Numbers) -> Weights:
        """The weight of each of these entries, all different, in each of these rows, 0 where it has none. Shape (rows, entries)."""
        weights = np.zeros((len(rows), len(entries)), dtype=np.float32)
        if not len(entries):
            return weights
        order = np.argsort(entries)
        ours, wanted = self.entries[rows], entries[order]
        places = np.minimum(np.searchsorted(wanted, ours.ravel()), len(wanted) - 1).reshape(ours.shape)
        row, place = np.nonzero(wanted[places] == ours)
        weights[row, order[places[row, place]]] = self.weights[rows[row], place] * self.scales[rows[row]]
        return weights


@dataclass(frozen=True, slots=True)
class Table:
    """What was learnt. `numbers` are those of the resources, ascending; `subjects` how many used each, `voices` as those count in
    pairs, None in tables of before that was kept.

    `likeness` is how much likeness counts beside what a new resource inherited.
    """

    numbers: Numbers
    subjects: Weights
    popular: Numbers
    likeness: float
    sections: dict[str, Section]
    voices: Weights | None = None

    def counted(self, rows: NDArray[np.integer[Any]]) -> Weights:
        """How many subjects used each of these rows, as they count in pairs as far as that is known."""
        counted = self.subjects if self.voices is None else self.voices
        return np.asarray(counted[rows], dtype=np.float32)

    def regression(self, rows: Numbers) -> tuple[Numbers, Weights]:
        """The entries of these rows, one after the other."""
        return self.sections["regression"].of(rows)

    def together(self, rows: Numbers) -> tuple[Numbers, Weights]:
        """The entries of these rows, one after the other."""
        return self.sections["together"].of(rows)

    def inherited(self, rows: Numbers) -> tuple[Numbers, Weights]:
        """The entries of these rows that stand for new resources, one after the other."""
        return self.sections["inherited"].of(rows)

    def weights(self, rows: Numbers, entries: Numbers) -> Weights:
        """How much each of these rows leads to each of these entries. Shape (rows, entries)."""
        regression, together = self.sections["regression"], self.sections["together"]
        return np.maximum(regression.between(rows, entries), 0) + together.between(rows, entries)

    def leading(self, numbers: Sequence[int]) -> set[int]:
        """Those of these resources that lead to something."""
        rows = self.rows(np.asarray(numbers, dtype=np.int64))
        has_entries = np.zeros(len(rows), dtype=bool)
        for section in self.sections.values():
            has_entries |= (section.entries[rows] >= 0).any(axis=1)
        return set(self.numbers[rows[has_entries]].tolist())

    def rows(self, numbers: Numbers) -> Numbers:
        """The rows of these resources that have one, in their order."""
        if not len(self.numbers):
            return np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.asarray(places[self.numbers[places] == numbers], dtype=np.int64)


def make_table(
    numbers: Numbers, couse: CoUse, inherited: Matrix, likeness: float, widths: tuple[int, int, int]
) -> Table:
    """The table of what was learnt of the resources with these numbers, ascending; widths as the sections' order."""
    matrices = (couse.regression, couse.together, inherited)
    sections = {
        name: _section(matrix, width) for name, matrix, width in zip(_SECTIONS, matrices, widths, strict=True)
    }
    return Table(numbers, couse.subjects, couse.popular, likeness, sections, couse.voices)


def _section(matrix: Matrix, width: int) -> Section:
    count, sizes = matrix.shape[0], row_sizes(matrix)
    entries = np.full((count, width), -1, dtype=np.int32)
    weights = np.zeros((count, width), dtype=np.float16)
    rows = np.repeat(np.arange(count), sizes)
    places = np.arange(matrix.nnz) - matrix.indptr[:-1][rows]
    scales = np.zeros(count, dtype=np.float32)
    np.maximum.at(scales, rows, np.abs(matrix.data))
    entries[rows, places] = matrix.indices
    weights[rows, places] = matrix.data / np.maximum(scales[rows], np.finfo(np.float32).tiny)
    return Section(entries, weights, scales)


def mapped_section(directory: Path, name: str, count: int, width: int) -> Section:
    """A section of so many rows without entries whose arrays are files of the directory: memory need not hold them."""
    shapes = {
        "entries": (np.int32, (count, width)),
        "weights": (np.float16, (count, width)),
        "scales": (np.float32, (count,)),
    }
    entries, weights, scales = (
        np.lib.format.open_memmap(directory / f"{name}.{part}.npy", "w+", kind, shape)
        for part, (kind, shape) in shapes.items()
    )
    entries[:] = -1
    return Section(entries, weights, scales)


def write_table(table: Table, directory: Path) -> None:
    """Write the table and, last, the list of its files with their hashes.

    The directory must be there, and empty but for mapped sections of this table.
    """
    arrays: dict[str, NDArray[Any]] = {
        "numbers.npy": table.numbers,
        "subjects.npy": table.subjects,
        "popular.npy": table.popular,
    }
    if table.voices is not None:
        arrays[_VOICES] = table.voices
    for name, section in table.sections.items():
        arrays |= {
            f"{name}.entries.npy": section.entries,
            f"{name}.weights.npy": section.weights,
            f"{name}.scales.npy": section.scales,
        }
    for name, array in arrays.items():
        if isinstance(array, np.memmap):
            array.flush()
        else:
            np.save(directory / name, array, allow_pickle=False)
    sync_directory(directory)
    hashes = {name: sha256(directory / name) for name in arrays}
    manifest = {"format": FORMAT, "likeness": table.likeness, "files": hashes}
    replace_file(directory / _MANIFEST, json.dumps(manifest).encode())


def open_table(directory: Path) -> Table:
    """The table in the directory, memory-mapped. Raises Unavailable, naming the file, when one is damaged."""
    if damage := damage_of(directory):
        raise Unavailable(f"{damage}: run `wenmai recommendation train`")
    manifest = json.loads((directory / _MANIFEST).read_bytes())
    arrays = {
        name: np.load(directory / name, mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for name in manifest["files"]
    }
    sections = {
        name: Section(*(arrays[f"{name}.{part}.npy"] for part in ("entries", "weights", "scales")))
        for name in _SECTIONS
    }
    return Table(
        arrays["numbers.npy"], arrays["subjects.npy"], arrays["popular.npy"], float(manifest["likeness"]), sections,
        arrays.get(_VOICES),
    )  # fmt: skip


def damage_of(directory: Path) -> str | None:
    """Which of the table's files is not as it was written, and how; None where all are whole."""
    manifest = directory / _MANIFEST
    try:
        found = json.loads(manifest.read_bytes())
        version, hashes, _ = found["format"], dict(found["files"]), float(found["likeness"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"{manifest} is missing or damaged"
    if version != FORMAT or {*hashes} - {_VOICES} != {*_FILES}:
        return f"{manifest} is of another version"
    for name, expected in hashes.items():
        path = directory / name
        if not path.is_file() or sha256(path) != expected:
            return f"{path} is missing or damaged"
    return None
