from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recommend.hyperparameters import BlendParameters, load_hyperparameters, variants
from recommend.learning.couse import CoUse
from recommend.learning.scoring import Scored, score, score_new, support
from recommend.learning.sparse import Matrix
from recommend.learning.table import Table, make_table

BLEND = load_hyperparameters().blend


def table(regression: dict[tuple[int, int], float], together: dict[tuple[int, int], float]) -> Table:
    """Five resources; 4 is used most, then 3 and so on. Entries are {(source, target): weight}."""

    def made(entries: dict[tuple[int, int], float]) -> Matrix:
        rows, columns = zip(*entries, strict=True) if entries else ((), ())
        return sparse.csr_array(
            (np.array(list(entries.values()), dtype=np.float32), (rows, columns)), shape=(5, 5)
        )

    subjects = np.arange(1, 6, dtype=np.float32)
    couse = CoUse(made(regression), made(together), subjects, np.array([4, 3, 2, 1, 0]), subjects / 2)
    return make_table(np.arange(5, dtype=np.int64), couse, made({(0, 2): 1.0}), 0.5, (5, 5, 5))


def test_what_both_sources_name_is_first() -> None:
    found = score(table({(0, 1): 0.5, (0, 2): 0.4}, {(0, 1): 0.2}), np.array([0]), BLEND)
    assert found.best(1, np.array([0])).rows.tolist() == [1]


def test_without_a_history_the_most_used_is_first() -> None:
    found = score(table({}, {}), np.zeros(0, dtype=np.int64), BLEND)
    assert found.best(5, np.zeros(0)).rows.tolist() == [4, 3, 2, 1, 0]
    assert np.array_equal(found.scores, found.popularity)


def test_what_is_left_out_is_not_among_the_best() -> None:
    found = score(table({(0, 1): 0.5}, {}), np.array([0]), BLEND)
    assert not {0, 4} & set(found.best(5, np.array([0, 4])).rows.tolist())


def test_ties_are_in_the_order_of_the_table() -> None:
    even = BLEND.without_popularity().model_copy(
        update={"division": BLEND.division.model_copy(update={"exponent": 0.0})}
    )
    found = score(table({(0, 3): 0.5, (0, 1): 0.5}, {}), np.array([0]), even)
    assert found.best(2, np.array([0])).rows.tolist() == [1, 3]


def test_ties_at_the_end_of_the_best_are_in_the_order_of_the_table_too() -> None:
    rows = np.array([7, 2, 9, 4, 5])
    scores = np.array([1.0, 3.0, 1.0, 1.0, 0.5])
    assert Scored(rows, scores, scores).best(3, np.zeros(0)).rows.tolist() == [2, 4, 7]


def test_what_is_most_used_of_all_is_no_candidate_where_popularity_does_not_count() -> None:
    found = score(table({(0, 1): 0.5}, {}), np.array([0]), BLEND.without_popularity(), popular=False)
    assert found.rows.tolist() == [1]


def test_readers_of_both_are_counted_as_they_count_in_pairs() -> None:
    parameters = load_hyperparameters().co_use
    exponent, voices = parameters.source_exponent, (np.arange(5) + 1) / 2
    together = 4 / (voices[0] ** exponent * voices[3] ** (1 - exponent))
    found = support(table({}, {(0, 3): together}), np.array([0]), np.array([3, 1]), parameters)
    assert found == pytest.approx([4, parameters.least_subjects], rel=1e-3)


@pytest.mark.parametrize("known", [0, 1, 5, 50, 500])
def test_the_shares_move_from_popularity_to_regression(known: int) -> None:
    assert BLEND.regression_share(known) <= BLEND.regression_share(known + 1) < 1
    assert BLEND.popularity_share(known) > BLEND.popularity_share(known + 1)


def test_new_resources_are_scored_by_what_they_inherit_and_by_likeness() -> None:
    made, new = table({}, {}), np.array([1, 2])
    assert score_new(
        made, np.array([0]), new, np.array([1.0, 0.0], dtype=np.float32)
    ).scores == pytest.approx([0.5, 1.0])


def test_each_ingredient_can_be_left_out() -> None:
    whole = load_hyperparameters()
    for name, other in variants(whole).items():
        assert other != whole, name
    assert isinstance(variants(whole)["regression"].blend, BlendParameters)
    assert variants(whole)["regression"].blend.regression_share(10) == 0
    assert variants(whole)["together"].blend.regression_share(10) == 1
