from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DIMENSION, unit_vectors

from search.embedded.vector_base import write_base
from search.embedded.vector_log import VectorLogWriter
from search.embedded.vectors import VectorIndex
from search.engine import Vector

COUNT = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A base of the numbers 1 to 60 at revision 1, without a log."""
    write_base(tmp_path, DIMENSION, [(list(range(1, COUNT + 1)), [1] * COUNT, unit_vectors(COUNT))])
    return tmp_path


def writer(folder: Path) -> VectorLogWriter:
    return VectorLogWriter(folder / "log.bin", DIMENSION)


def brute_force(vectors: Mapping[int, Vector], wanted: Vector, limit: int) -> list[int]:
    scores = {number: float(vector @ wanted) for number, vector in vectors.items()}
    return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def test_a_logged_vector_supersedes_the_base_and_earlier_entries(folder: Path) -> None:
    first, second = unit_vectors(2, seed=9)
    writer(folder).append([7, 99], [2, 1], unit_vectors(2, seed=8))
    writer(folder).append([7, 7], [3, 4], np.stack([first, second]))
    index = VectorIndex.open(folder, DIMENSION)
    assert index.vectors([7])[7] == pytest.approx(second, abs=1e-3)
    hits = index.nearest(second, COUNT * 2, None)
    assert hits[0].number == 7
    assert sorted(hit.number for hit in hits) == [*range(1, COUNT + 1), 99]
    assert index.revisions() == dict.fromkeys(range(1, COUNT + 1), 1) | {7: 4, 99: 1}


def test_what_was_buried_is_not_found_until_it_comes_back(folder: Path) -> None:
    writer(folder).bury([7])
    index = VectorIndex.open(folder, DIMENSION)
    assert 7 not in index.vectors([7]) | index.revisions()
    assert 7 not in [hit.number for hit in index.nearest(unit_vectors(COUNT)[6], COUNT, None)]
    writer(folder).append([7], [5], unit_vectors(1, seed=3))
    index = index.refreshed(folder / "log.bin")
    assert index.revisions()[7] == 5
    assert index.nearest(unit_vectors(1, seed=3)[0], 1, None)[0].number == 7


def test_an_open_view_does_not_change_and_a_refreshed_one_reads_only_what_is_new(folder: Path) -> None:
    log = folder / "log.bin"
    writer(folder).append([1], [2], unit_vectors(1, seed=3))
    before = VectorIndex.open(folder, DIMENSION)
    assert before.refreshed(log) is before
    writer(folder).append([1], [3], unit_vectors(1, seed=4))
    after = before.refreshed(log)
    assert (before.entries, after.entries) == (1, 2)
    assert (before.revisions()[1], after.revisions()[1]) == (2, 3)
    assert after.revisions() == VectorIndex.open(folder, DIMENSION).revisions()


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    """A base with some rows superseded, some buried, and some numbers in the log alone."""
    folder = tmp_path_factory.mktemp("changed")
    write_base(folder, DIMENSION, [(list(range(1, COUNT + 1)), [1] * COUNT, unit_vectors(COUNT))])
    log = writer(folder)
    log.append(list(range(50, 80)), [2] * 30, unit_vectors(30, seed=2))
    log.bury([1, 2, 55, 70])
    return VectorIndex.open(folder, DIMENSION)


@given(seed=st.integers(0, 10_000), wanted=st.none() | st.lists(st.integers(0, 90), unique=True, max_size=60))
def test_base_and_log_together_answer_as_a_brute_force_search_does(
    changed: VectorIndex, seed: int, wanted: list[int] | None
) -> None:
    vector = unit_vectors(1, seed=seed)[0]
    allowed = None if wanted is None else np.array(sorted(wanted), dtype=np.int64)
    known = changed.vectors(list(range(100)) if wanted is None else wanted)
    hits = changed.nearest(vector, 10, allowed)
    assert [hit.number for hit in hits] == brute_force(known, vector, 10)
    assert [hit.score for hit in hits] == pytest.approx([known[h.number] @ vector for h in hits], abs=1e-5)


def test_the_numbers_that_have_a_vector_are_those_that_have_a_revision(changed: VectorIndex) -> None:
    living = set(range(3, 80)) - {55, 70}
    assert set(changed.revisions()) == set(changed.vectors(list(range(100)))) == living
