from __future__ import annotations

import numpy as np
import pytest

from recommend.hyperparameters import CoUseParameters, load_hyperparameters
from recommend.learning import couse
from recommend.learning.couse import co_visits, learn
from recommend.learning.sparse import Matrix, matrix


@pytest.fixture
def parameters() -> CoUseParameters:
    return load_hyperparameters().co_use


def drawn(users: int = 60, items: int = 12, seed: int = 3) -> Matrix:
    there = np.random.default_rng(seed).random((users, items)) < 0.4
    rows, columns = np.nonzero(there)
    return matrix(rows, columns, (users, items))


def test_co_visits_are_counted_alike_in_blocks_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    interactions = drawn()
    dense = interactions.toarray()
    expected = dense.T @ dense
    np.fill_diagonal(expected, 0)
    monkeypatch.setattr(couse, "_PRODUCTS_AT_ONCE", 50)
    assert np.array_equal(co_visits(interactions).toarray(), expected)


def test_each_target_is_the_ridge_regression_on_its_neighbours(parameters: CoUseParameters) -> None:
    interactions = drawn()
    parameters = parameters.model_copy(update={"above_chance": 0.0})
    learnt = learn(interactions, parameters).regression.toarray()
    dense = interactions.toarray().astype(np.float64)
    for target in range(dense.shape[1]):
        near = [item for item in range(dense.shape[1]) if item != target]
        gram = dense[:, near].T @ dense[:, near] + parameters.regularisation * np.eye(len(near))
        weights = np.linalg.solve(gram, dense[:, near].T @ dense[:, target])
        assert learnt[near, target] == pytest.approx(weights, abs=1e-4)


@pytest.mark.parametrize("often", [2, 4096])
def test_how_the_often_used_are_kept_changes_nothing(
    parameters: CoUseParameters, monkeypatch: pytest.MonkeyPatch, often: int
) -> None:
    expected = learn(drawn(), parameters).regression.toarray()
    monkeypatch.setattr(couse, "_OFTEN_USED", often)
    assert learn(drawn(), parameters).regression.toarray() == pytest.approx(expected, abs=1e-5)


def test_a_pair_that_no_more_use_together_than_by_chance_is_not_published(
    parameters: CoUseParameters,
) -> None:
    # Of 1,000 800 used each of two, and 600 both: chance would have 640. Three used both of two others.
    apart = [(n, 0) for n in range(800)] + [(n, 1) for n in range(200, 1000)]
    close = [(n, item) for n in range(3) for item in (2, 3)]
    others = [(n, 4 + n) for n in range(1000)]
    # Who used one thing alone says nothing of what is used together.
    alone = [(1000 + n, 0) for n in range(9000)]
    rows, columns = np.array(apart + close + others + alone).T
    learnt = learn(matrix(rows, columns, (10_000, 1004)), parameters)
    assert learnt.together[[0, 1]].nnz == learnt.regression[[0, 1]].nnz == 0
    assert learnt.together[[2], [3]] > 0


@pytest.mark.parametrize(("subjects", "published"), [(2, False), (3, True)])
def test_a_pair_is_published_only_if_three_subjects_stand_behind_it(
    parameters: CoUseParameters, subjects: int, published: bool
) -> None:
    rows = np.repeat(np.arange(subjects), 2)
    learnt = learn(matrix(rows, np.tile([0, 1], subjects), (subjects, 2)), parameters)
    assert bool(learnt.together.nnz) is bool(learnt.regression.nnz) is published


def test_a_subject_that_comes_again_and_again_counts_once(parameters: CoUseParameters) -> None:
    rows = np.zeros(2000, dtype=np.int64)
    flood = matrix(rows, np.tile([0, 1], 1000), (1, 2))
    assert flood.sum() == 2
    assert learn(flood, parameters).together.nnz == 0


def test_nothing_is_learnt_of_nothing(parameters: CoUseParameters) -> None:
    empty = matrix(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), (0, 4))
    learnt = learn(empty, parameters)
    assert learnt.regression.shape == (4, 4)
    assert learnt.regression.nnz == learnt.together.nnz == 0
