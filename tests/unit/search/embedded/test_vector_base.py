from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DIMENSION, rows_of, unit_vectors

from catalog.errors import Unavailable
from search.embedded import vector_base
from search.embedded.columns import column_files
from search.embedded.vector_base import VectorBase, row_count, write_base
from search.embedded.vector_index import Selection
from search.engine import Vector

COUNT = 500
NUMBERS = np.arange(1, COUNT + 1, dtype=np.int64) * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base written in two blocks."""
    folder = tmp_path_factory.mktemp("base")
    vectors = unit_vectors(COUNT)
    half = COUNT // 2
    blocks = [
        rows_of(NUMBERS[part].tolist(), [1] * half, vectors[part])
        for part in (slice(0, half), slice(half, COUNT))
    ]
    write_base(folder, DIMENSION, blocks)
    return folder


@pytest.fixture(scope="module")
def base(folder: Path) -> VectorBase:
    return VectorBase(folder)


def brute_force(base: VectorBase, vector: Vector, limit: int, allowed: np.ndarray) -> list[int]:
    """The best by the vectors as they are decoded."""
    rows = np.flatnonzero(allowed)
    scores = base.rows(rows) @ vector
    return [int(base.numbers[rows[place]]) for place in np.argsort(-scores, kind="stable")[:limit]]


def test_decoded_vectors_are_near_the_ones_that_were_written(base: VectorBase) -> None:
    decoded = base.rows(np.arange(COUNT))
    assert np.abs(decoded - unit_vectors(COUNT)).max() < 0.01


@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.002, 0.03, 0.2, 0.9, 1.0]))
def test_the_nearest_under_any_filter_are_those_of_a_brute_force_search(
    base: VectorBase, seed: int, share: float
) -> None:
    vector = unit_vectors(1, seed=seed)[0]
    allowed = np.random.default_rng(seed).random(COUNT) < share
    numbers, scores = base.nearest(vector, 20, Selection.of(allowed))
    assert numbers.tolist() == brute_force(base, vector, 20, allowed)
    positions = base.positions(numbers)
    assert scores == pytest.approx(base.rows(positions) @ vector, abs=1e-5)


def test_without_a_filter_every_row_is_searched(base: VectorBase) -> None:
    vector = unit_vectors(1, seed=5)[0]
    numbers, _ = base.nearest(vector, COUNT * 2, None)
    assert numbers.tolist() == brute_force(base, vector, COUNT, np.ones(COUNT, dtype=bool))


def test_a_number_that_has_no_row_has_no_position(base: VectorBase) -> None:
    assert base.positions(np.array([3, 4, 1500, 1503, 0])).tolist() == [0, -1, 499, -1, -1]


def test_an_empty_base_answers_with_nothing(tmp_path: Path) -> None:
    write_base(tmp_path, DIMENSION, [])
    base = VectorBase(tmp_path)
    for among in (None, Selection.of(np.zeros(0, dtype=bool))):
        assert base.nearest(unit_vectors(1)[0], 5, among)[0].tolist() == []
    assert base.positions(np.array([1])).tolist() == [-1]
    assert row_count(tmp_path) == 0


def test_only_the_files_that_are_read_stay(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "base.faiss", "numbers.npy", "revisions.npy", "manifest.json", *column_files(),
    }  # fmt: skip
    assert row_count(folder) == COUNT


@pytest.mark.parametrize("name", ["base.faiss", "numbers.npy", "revisions.npy", "years.npy", "kind.rows.npy"])
@pytest.mark.parametrize("place", [0.5, 0.99])
def test_a_flipped_bit_is_refused_and_the_file_named(tmp_path: Path, name: str, place: float) -> None:
    write_base(tmp_path, DIMENSION, [rows_of([1, 2], [1, 1], unit_vectors(2))])
    content = bytearray((tmp_path / name).read_bytes())
    content[int(len(content) * place)] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        Unavailable, match=rf"{name} is not what manifest\.json beside it says.*build the index again"
    ):
        VectorBase(tmp_path)


@pytest.mark.parametrize("name", ["base.faiss", "numbers.npy", "manifest.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write_base(tmp_path, DIMENSION, [rows_of([1], [1], unit_vectors(1))])
    (tmp_path / name).unlink()
    with pytest.raises(Unavailable, match=f"{name} is missing"):
        VectorBase(tmp_path)


@pytest.mark.parametrize("name", ["base.faiss", "years.npy", "manifest.json"])
def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    write_base(tmp_path, DIMENSION, [rows_of([1], [1], unit_vectors(1))])
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(Unavailable, match=f"{name} cannot be read"):
        VectorBase(tmp_path)


@pytest.mark.parametrize("content", ["null", "[]", "3", '"years.npy"', "[" * 100_000])
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    write_base(tmp_path, DIMENSION, [rows_of([1], [1], unit_vectors(1))])
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unavailable, match=r"manifest\.json is damaged: build the index again"):
        VectorBase(tmp_path)


def test_a_disk_that_fails_is_told_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    write_base(tmp_path, DIMENSION, [rows_of([1], [1], unit_vectors(1))])
    monkeypatch.setattr(vector_base, "sha256", fail)
    with pytest.raises(Unavailable, match=r"base\.faiss cannot be read \(Input/output error\)"):
        VectorBase(tmp_path)
