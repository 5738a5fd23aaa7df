from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from search.embedded import vector_index
from search.embedded.vector_index import RowSearch, Selection, make_index
from search.engine import Vector

COUNT, DIMENSION = 6000, 64


def clustered(count: int, seed: int) -> Vector:
    """Unit vectors around 40 centres."""
    dice = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((40, DIMENSION))
    rows = centres[dice.integers(0, 40, count)] + 0.7 * dice.standard_normal((count, DIMENSION))
    vectors: Vector = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return vectors


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RowSearch:
    """An index of few rows that is made as one of many."""
    monkeypatch.setattr(vector_index, "_FLAT_UP_TO", 1000)
    monkeypatch.setattr(vector_index, "_GATHERED", 50)
    index = make_index(clustered(COUNT, 1).astype(np.float16), DIMENSION)
    faiss.write_index(index, str(tmp_path / "many.faiss"))
    return RowSearch(tmp_path / "many.faiss")


def recall(found: list[np.ndarray], expected: list[np.ndarray]) -> float:
    shares = [
        len(np.intersect1d(one, other)) / max(1, len(other))
        for one, other in zip(found, expected, strict=True)
    ]
    return float(np.mean(shares))


@pytest.mark.parametrize("share", [None, 0.5, 0.1, 0.015, 0.005])
def test_most_of_the_nearest_are_found_under_any_filter_and_nothing_else(
    many: RowSearch, share: float | None
) -> None:
    allowed = None if share is None else np.random.default_rng(3).random(COUNT) < share
    among = None if allowed is None else Selection.of(allowed)
    rows = many.rows(np.arange(COUNT))
    found, expected = [], []
    for vector in clustered(50, 2):
        positions, scores = many.nearest(vector, 100, among)
        assert scores == pytest.approx(rows[positions] @ vector, abs=1e-5)
        assert allowed is None or allowed[positions].all()
        scored = np.where(allowed, rows @ vector, -2) if allowed is not None else rows @ vector
        count = min(10, COUNT if allowed is None else int(allowed.sum()))
        found.append(positions[:10])
        expected.append(np.argsort(-scored, kind="stable")[:count])
    assert recall(found, expected) >= 0.95


def test_each_row_is_in_two_lists_and_found_once(many: RowSearch) -> None:
    lists = many._index.base_index
    sizes = [faiss.downcast_index(lists).invlists.list_size(number) for number in range(many._lists)]
    assert sum(sizes) == 2 * COUNT
    for vector in clustered(50, 2):
        positions, scores = many.nearest(vector, 100, None)
        assert len(positions) == len(set(positions.tolist())) == 100
        assert (np.diff(scores) <= 0).all()


def test_the_second_list_is_near_what_the_first_leaves_out_and_not_just_the_second_nearest() -> None:
    centroids = np.array([[1.0, 0.0, 0.0], [0.95, 0.312, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    quantizer = faiss.IndexFlatIP(3)
    quantizer.add(centroids)
    rows = np.array([[0.9, 0.1, 0.42], [0.9, 0.43, 0.0]], dtype=np.float32)
    assert quantizer.search(rows, 2)[1].tolist() == [[0, 1], [1, 0]]
    first, second = vector_index._two_lists(quantizer, centroids @ centroids.T, rows)
    assert first.tolist() == [0, 1]
    assert second.tolist() == [2, 0]


def test_a_record_is_the_nearest_to_itself_and_its_copy_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "_FLAT_UP_TO", 1000)
    once = clustered(COUNT // 2, 1)
    index = make_index(np.concatenate([once, once]).astype(np.float16), DIMENSION)
    faiss.write_index(index, str(tmp_path / "twice.faiss"))
    twice = RowSearch(tmp_path / "twice.faiss")
    for number, vector in enumerate(once[:50]):
        positions, _ = twice.nearest(vector, 2, None, of_records=True)
        assert set(positions) == {number, number + COUNT // 2}


def test_for_a_record_fewer_lists_are_searched_than_for_what_was_typed(
    many: RowSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vector_index._PROBES_OF_RECORDS < vector_index._PROBES
    monkeypatch.setattr(vector_index, "_PROBES_OF_RECORDS", 1)
    rows = many.rows(np.arange(COUNT))
    queries = clustered(50, 2)
    expected = [np.argsort(-(rows @ vector), kind="stable")[:10] for vector in queries]
    typed, of_records = (
        [many.nearest(vector, 100, None, of_records=which)[0][:10] for vector in queries]
        for which in (False, True)
    )
    assert recall(typed, expected) > recall(of_records, expected)


def test_comparing_all_finds_all(many: RowSearch) -> None:
    rows = many.rows(np.arange(COUNT))
    vector = clustered(1, 5)[0]
    assert many.exact(vector, 10)[0].tolist() == np.argsort(-(rows @ vector), kind="stable")[:10].tolist()


def test_the_number_of_lists_follows_from_the_number_of_rows() -> None:
    counts = (60_000, 100_000, 1_000_000, 10_000_000)
    assert [vector_index._lists(count) for count in counts] == [1024, 1024, 4096, 8192]
