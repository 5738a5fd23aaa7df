from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DIMENSION, rows_of, unit_vectors

from search.embedded.columns import NO_YEARS, Rows, Wanted
from search.embedded.vector_base import write_base
from search.embedded.vector_log import VectorLogWriter
from search.embedded.vectors import VectorIndex
from search.engine import Vector

COUNT = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A base of the numbers 1 to 60 at revision 1, without a log."""
    write_base(tmp_path, DIMENSION, [rows_of(range(1, COUNT + 1), [1] * COUNT, unit_vectors(COUNT))])
    return tmp_path


def writer(folder: Path) -> VectorLogWriter:
    return VectorLogWriter(folder / "log.bin", DIMENSION)


def brute_force(vectors: Mapping[int, Vector], wanted: Vector, limit: int) -> list[int]:
    scores = {number: float(vector @ wanted) for number, vector in vectors.items()}
    return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def test_a_logged_vector_supersedes_the_base_and_earlier_entries(folder: Path) -> None:
    first, second = unit_vectors(2, seed=9)
    writer(folder).append(rows_of([7, 99], [2, 1], unit_vectors(2, seed=8)))
    writer(folder).append(rows_of([7, 7], [3, 4], np.stack([first, second])))
    index = VectorIndex.open(folder)
    assert index.vectors([7])[7] == pytest.approx(second, abs=1e-3)
    hits = index.nearest(second, COUNT * 2, None)
    assert hits[0].number == 7
    assert sorted(hit.number for hit in hits) == [*range(1, COUNT + 1), 99]
    assert index.revisions() == dict.fromkeys(range(1, COUNT + 1), 1) | {7: 4, 99: 1}


def test_what_was_buried_is_not_found_until_it_comes_back(folder: Path) -> None:
    writer(folder).bury([7])
    index = VectorIndex.open(folder)
    assert 7 not in index.vectors([7]) | index.revisions()
    assert 7 not in [hit.number for hit in index.nearest(unit_vectors(COUNT)[6], COUNT, None)]
    writer(folder).append(rows_of([7], [5], unit_vectors(1, seed=3)))
    index = index.refreshed(folder / "log.bin")
    assert index.revisions()[7] == 5
    assert index.nearest(unit_vectors(1, seed=3)[0], 1, None)[0].number == 7


def test_an_open_view_does_not_change_and_a_refreshed_one_reads_only_what_is_new(folder: Path) -> None:
    log = folder / "log.bin"
    writer(folder).append(rows_of([1], [2], unit_vectors(1, seed=3)))
    before = VectorIndex.open(folder)
    assert before.refreshed(log) is before
    writer(folder).append(rows_of([1], [3], unit_vectors(1, seed=4)))
    after = before.refreshed(log)
    assert (len(before.log), len(after.log)) == (1, 2)
    assert (before.revisions()[1], after.revisions()[1]) == (2, 3)
    assert after.revisions() == VectorIndex.open(folder).revisions()


def codes_of(number: int) -> dict[str, list[int]]:
    """Some codes: one of three kinds, and for some numbers more regions than an entry of the log holds."""
    return {
        "kind": [number % 3],
        "region": list(range(number % 50)),
        "access": [number % 2] * (number % 5 > 0),
    }


def years_of(number: int) -> tuple[int, int]:
    return NO_YEARS if number % 4 == 0 else (number * 10, number * 10 + 15)


def coded(numbers: Sequence[int], revision: int, vectors: Vector) -> Rows:
    codes, years = [codes_of(n) for n in numbers], [years_of(n) for n in numbers]
    return rows_of(numbers, [revision] * len(numbers), vectors, codes, years)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    """A base with some rows superseded, some buried, and some numbers in the log alone."""
    folder = tmp_path_factory.mktemp("changed")
    write_base(folder, DIMENSION, [coded(range(1, COUNT + 1), 1, unit_vectors(COUNT))])
    log = writer(folder)
    log.append(coded(range(50, 80), 2, unit_vectors(30, seed=2)))
    log.bury([1, 2, 55, 70])
    return VectorIndex.open(folder)


def passes(number: int, wanted: Wanted) -> bool:
    start, end = years_of(number)
    return (
        all(set(codes_of(number)[facet]) & set(numbers) for facet, numbers in wanted.codes.items())
        and (wanted.year_from is None or end >= wanted.year_from)
        and (wanted.year_to is None or start <= wanted.year_to)
    )


wanteds = st.none() | st.builds(
    Wanted,
    st.dictionaries(
        st.sampled_from(["kind", "region", "access"]), st.lists(st.integers(0, 49), max_size=3), max_size=2
    ),
    st.none() | st.integers(-100, 900),
    st.none() | st.integers(-100, 900),
)


@given(seed=st.integers(0, 10_000), wanted=wanteds)
def test_base_and_log_together_answer_as_a_brute_force_search_does(
    changed: VectorIndex, seed: int, wanted: Wanted | None
) -> None:
    vector = unit_vectors(1, seed=seed)[0]
    among = [n for n in range(100) if wanted is None or passes(n, wanted)]
    known = changed.vectors(among)
    hits = changed.nearest(vector, 10, wanted)
    assert [hit.number for hit in hits] == brute_force(known, vector, 10)
    assert [hit.score for hit in hits] == pytest.approx([known[h.number] @ vector for h in hits], abs=1e-5)


def test_a_view_does_not_see_what_a_later_one_wrote_into_the_same_room(folder: Path) -> None:
    views = [VectorIndex.open(folder)]
    for seed in range(40):
        writer(folder).append(rows_of([100 + seed], [1], unit_vectors(1, seed=seed)))
        views.append(views[-1].refreshed(folder / "log.bin"))
    for count, view in enumerate(views):
        assert sorted(view.revisions())[COUNT:] == list(range(100, 100 + count))
        for seed in range(count):
            assert view.vectors([100 + seed])[100 + seed] == pytest.approx(
                unit_vectors(1, seed=seed)[0], abs=1e-3
            )
    # Two views that grow from the same one do not share what comes behind it.
    left, right = (views[3].refreshed(folder / "log.bin") for _ in range(2))
    assert left.vectors([120])[120] == pytest.approx(right.vectors([120])[120])


def test_the_numbers_that_have_a_vector_are_those_that_have_a_revision(changed: VectorIndex) -> None:
    living = set(range(3, 80)) - {55, 70}
    assert set(changed.revisions()) == set(changed.vectors(list(range(100)))) == living


@pytest.mark.parametrize("changed", [5, 40])
def test_rows_out_of_date_take_no_place_of_the_nearest(folder: Path, changed: int) -> None:
    vectors = dict(enumerate(unit_vectors(COUNT), start=1))
    wanted = vectors[1]
    # The nearest ones are turned away, more of them than a search looks at in vain.
    for number in brute_force(vectors, wanted, changed):
        writer(folder).append(rows_of([number], [2], -wanted[None, :]))
        vectors[number] = -wanted
    index = VectorIndex.open(folder)
    expected = brute_force(vectors, wanted, 10)
    assert [hit.number for hit in index.nearest(wanted, 10, None)] == expected
    assert [hit.number for hit in index.exact(wanted, 10)] == expected
