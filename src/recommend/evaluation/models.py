"""What is compared: our model, and what a library would otherwise install, behind one interface.

Ours is learnt as in serving. What short rows lack it takes from content as entries of the table, where serving asks the index.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from recommend.hyperparameters import Hyperparameters
from recommend.learning.content import Content, filled, likeness_weight, table_of
from recommend.learning.couse import co_visits, learn
from recommend.learning.scoring import Scored, score, score_new
from recommend.learning.sparse import Matrix, Numbers, largest
from recommend.learning.table import Table

Scores = NDArray[np.float32]
_EASE_REGULARISATION = 500.0
_KNN_NEIGHBOURS = 100
_ALS = {"factors": 128, "regularization": 0.05, "alpha": 5.0, "iterations": 20}


class Model(Protocol):
    """Ranks items for one history."""

    def rank(self, history: Numbers, count: int) -> Numbers:
        """The best `count` items for someone who used these, without these."""


class Wenmai:
    """Our model, through a table and the scoring of requests; `new` are the items that nobody used yet."""

    def __init__(
        self, table: Table, parameters: Hyperparameters, content: Content | None, new: Numbers
    ) -> None:
        self._table, self._parameters = table, parameters
        self._content, self._new = content, new

    def rank(self, history: Numbers, count: int) -> Numbers:
        """The best items that somebody used already."""
        return score(self._table, history, self._parameters.blend).best(count, history).rows

    def rank_all(self, history: Numbers, count: int) -> Numbers:
        """The best of the new and the used items together, by what was learnt and inherited alone."""
        entries, weights = self._table.regression(history)
        rows, places = np.unique(entries, return_inverse=True)
        used = Scored(rows, np.bincount(places, weights, len(rows)).astype(float), np.zeros(len(rows)))
        new = self._scored_new(history)
        rows = np.concatenate([used.rows, new.rows])
        scores = np.concatenate([used.scores, new.scores])
        return Scored(rows, scores, np.zeros(len(rows))).best(count, history).rows

    def rank_new(self, history: Numbers, count: int) -> Numbers:
        """The best of the new items."""
        return self._scored_new(history).best(count, history).rows

    def _scored_new(self, history: Numbers) -> Scored:
        likeness = np.zeros(len(self._new), dtype=np.float32)
        if self._content is not None:
            likeness = self._content.likeness(history, self._new)
        return score_new(self._table, history, self._new, likeness)


def train_wenmai(
    interactions: Matrix,
    content: Content | None,
    parameters: Hyperparameters,
    seed: int,
    new: Numbers | None = None,
) -> Wenmai:
    """Learn and inherit as training does, and fill short rows, which training leaves to requests; `new` are the items that inherit."""
    couse = learn(interactions, parameters.co_use)
    heirs = np.zeros(0, dtype=np.int64) if new is None else new
    likeness = 0.0
    if content is not None and len(heirs):
        likeness = likeness_weight(interactions, couse, content, parameters.new_items, seed)
    if content is not None:
        couse = filled(couse, content, parameters.co_use)
    table = table_of(np.arange(interactions.shape[1]), couse, content, heirs, likeness, parameters)
    return Wenmai(table, parameters, content, heirs)


class Dense:
    """A model that gives every item a score."""

    def __init__(self, score_all: Callable[[Numbers], Scores]) -> None:
        self._score_all = score_all

    def rank(self, history: Numbers, count: int) -> Numbers:
        """The best by their scores; fewer where fewer were not used."""
        scores = self._score_all(history).astype(np.float32).copy()
        scores[history] = -np.inf
        best = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
        best = best[np.isfinite(scores[best])]
        return best[np.argsort(-scores[best], kind="stable")]


def popularity(interactions: Matrix) -> Dense:
    """The same for everyone: what most used."""
    subjects = np.asarray(interactions.sum(axis=0), dtype=np.float32).ravel()
    return Dense(lambda _history: subjects)


def item_knn(interactions: Matrix) -> Dense:
    """Sum of the cosines with the 100 nearest (Sarwar et al., 2001)."""
    subjects = np.asarray(interactions.sum(axis=0), dtype=np.float32).ravel()
    visits = co_visits(interactions)
    rows = np.repeat(np.arange(visits.shape[0]), np.diff(visits.indptr))
    visits.data = visits.data / np.sqrt(subjects[rows] * subjects[visits.indices])
    # Each item is predicted from its own nearest.
    nearest = largest(visits, _KNN_NEIGHBOURS).T.tocsr()
    return Dense(lambda history: np.asarray(nearest[history].sum(axis=0)).ravel())


def ease(interactions: Matrix) -> Dense | str:
    """Steck, 2019, "Embarrassingly shallow autoencoders for sparse data"; or why it cannot be trained here."""
    items = interactions.shape[1]
    needed = 3 * 4 * items**2
    if needed > _free_bytes():
        return f"needs {needed / 2**30:.0f} GiB of memory for {items} items"
    gram = (interactions.T @ interactions).toarray(order="F").astype(np.float32)
    gram[np.diag_indices(items)] += _EASE_REGULARISATION
    # By Cholesky, in place: half the work of `np.linalg.inv`, which moreover crashes on matrices of this size.
    factor, _ = lapack.spotrf(gram, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, overwrite_c=1)
    for row in range(items):
        inverse[row + 1 :, row] = inverse[row, row + 1 :]
    inverse /= -np.diag(inverse)[None, :]
    inverse[np.diag_indices(items)] = 0
    return Dense(lambda history: np.asarray(inverse[history].sum(axis=0)))


def ials(interactions: Matrix, seed: int) -> Dense | str:
    """Hu, Koren, Volinsky, 2008, by the package `implicit`; or why it cannot be trained here."""
    try:
        als: Any = importlib.import_module("implicit.als")
        threads: Any = importlib.import_module("threadpoolctl")
    except ImportError:
        return "needs the package `implicit`, which is not installed"
    # `implicit` has threads of its own, which those of BLAS would fight with.
    with threads.threadpool_limits(1, "blas"):
        model = als.AlternatingLeastSquares(random_state=seed, use_gpu=False, num_threads=1, **_ALS)
        model.fit(sparse.csr_matrix(interactions), show_progress=False)
    factors = np.asarray(model.item_factors)

    def score_all(history: Numbers) -> Scores:
        row = sparse.csr_matrix(
            (np.ones(len(history), dtype=np.float32), ([0] * len(history), history)), shape=(1, len(factors))
        )
        return np.asarray(factors @ np.asarray(model.recalculate_user(0, row)).ravel())

    return Dense(score_all)


def _free_bytes(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Bytes of memory that can be had: Linux tells in `meminfo`, with what only keeps files in memory until it is needed."""
    with suppress(OSError):
        for name, _, amount in (line.partition(":") for line in meminfo.read_text().splitlines()):
            if name == "MemAvailable":
                return int(amount.split()[0]) * 1024
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
