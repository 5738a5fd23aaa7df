"""The protocol: known readers, readers of whom little is known, and new items. Everything drawn is drawn by seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
from scipy import sparse

from recommend.evaluation.interaction_set import InteractionSet, users_with_tests
from recommend.evaluation.metrics import DEPTH, Tally, ndcg, recall
from recommend.evaluation.models import Model, Wenmai, ease, ials, item_knn, popularity, train_wenmai
from recommend.hyperparameters import Hyperparameters, variants
from recommend.learning.sparse import Matrix, Numbers

_EVENTS = (1, 3, 5, 10, 20)
_READERS, _LEAST_EVENTS = 1200, 30
_COLD_SHARE = 0.1

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One set, one seed."""

    data: InteractionSet
    parameters: Hyperparameters
    seed: int
    report: Report

    def run(self, baselines: bool = True) -> dict[str, Any]:
        """The document that `wenmai evaluate recommend` prints."""
        train = self.data.train
        if self.data.repeated:
            self.report(
                f"{self.data.repeated} pairs of test.txt are in train.txt, too: they are left out, for what was seen is not recommended"
            )
        document: dict[str, Any] = {
            "set": self.data.name, "users": len(users_with_tests(self.data)), "items": train.shape[1],
            "interactions": int(self.data.whole.nnz),
        }  # fmt: skip
        trained: dict[str, Callable[[], Model | str]] = {
            "popularity": lambda: popularity(train),
            "itemknn": lambda: item_knn(train),
            "ease": lambda: ease(train),
            "ials": lambda: ials(train, self.seed),
        }
        chosen = trained if baselines else {}
        models = chosen | {"wenmai": self.ours}
        document["models"] = {name: self._known(name, make) for name, make in models.items()}
        document["cold"] = self.cold()
        document["few_events"] = self.few_events()
        return document

    def ours(self) -> Wenmai:
        """Our model, learnt from train."""
        return train_wenmai(self.data.train, self.data.content, self.parameters, self.seed)

    def ablation(self) -> dict[str, dict[str, float]]:
        """Our figures for known users and by few events, without each ingredient."""
        without = {}
        for name, parameters in variants(self.parameters).items():
            self.report(f"without {name}")
            other = replace(self, parameters=parameters)
            model = train_wenmai(self.data.train, self.data.content, parameters, self.seed)
            without[name] = other.known(model) | {
                f"ndcg@20 after {count}": scores["ndcg@20"] for count, scores in other.few_events().items()
            }
        return without

    def _known(self, name: str, make: Callable[[], Model | str]) -> dict[str, Any]:
        began = perf_counter()
        model = make()
        if isinstance(model, str):
            self.report(f"{name}: left out, it {model}")
            return {"left_out": model}
        seconds = round(perf_counter() - began, 2)
        self.report(f"{name}: trained in {seconds} s")
        return self.known(model) | {"train_seconds": seconds}

    def known(self, model: Model) -> dict[str, float]:
        """Users of test by their history in train."""
        train, test = self.data.train, self.data.test
        subjects = np.asarray(train.sum(axis=0), dtype=np.float32).ravel()
        tally = Tally(subjects, train.shape[0])
        for user in users_with_tests(self.data):
            tally.add(model.rank(_items(train, user), DEPTH), _items(test, user))
        return tally.scores()

    def few_events(self) -> dict[str, dict[str, float]]:
        """Readers left wholly out of training, by 1, 3, 5, 10 and 20 of their events; empty if there are too few."""
        whole, rng = self.data.whole, np.random.default_rng(self.seed)
        eligible = np.flatnonzero(np.diff(whole.indptr) >= _LEAST_EVENTS)
        if not len(eligible):
            return {}
        readers = np.sort(rng.choice(eligible, min(_READERS, len(eligible)), replace=False))
        model = train_wenmai(
            _without_rows(self.data.train, readers), self.data.content, self.parameters, self.seed
        )
        shuffled = [rng.permutation(_items(whole, reader)) for reader in readers]
        known = max(_EVENTS)
        return {
            str(count): {
                "ndcg@20": _mean(
                    [ndcg(model.rank(items[:count], DEPTH), items[known:]) for items in shuffled]
                )
            }
            for count in _EVENTS
        }

    def cold(self) -> dict[str, float]:
        """Items left wholly out of training; empty without features."""
        content, whole = self.data.content, self.data.whole
        if content is None:
            return {}
        rng = np.random.default_rng(self.seed)
        items = whole.shape[1]
        new = np.sort(rng.choice(items, max(1, int(items * _COLD_SHARE)), replace=False))
        known = _without_columns(self.data.train, new)
        wanted = _only_columns(self.data.test, new)
        model = train_wenmai(known, content, self.parameters, self.seed, new)
        users = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(known.indptr) > 0))
        return {
            "items": len(new),
            "users": len(users),
            "recall@20": _mean_recall(model.rank_new, known, wanted, users),
            "recall@20_all": _mean_recall(model.rank_all, known, wanted, users),
        }


def _mean_recall(
    rank: Callable[[Numbers, int], Numbers], known: Matrix, wanted: Matrix, users: Numbers
) -> float:
    return _mean([recall(rank(_items(known, user), DEPTH), _items(wanted, user)) for user in users])


def _items(of: Matrix, user: int) -> Numbers:
    return np.asarray(of.indices[of.indptr[user] : of.indptr[user + 1]], dtype=np.int64)


def _kept(of: Matrix, kept: Any) -> Matrix:
    rows = np.repeat(np.arange(of.shape[0]), np.diff(of.indptr))
    inside = kept(rows, of.indices)
    return sparse.csr_array((of.data[inside], (rows[inside], of.indices[inside])), shape=of.shape)


def _without_rows(of: Matrix, rows: Numbers) -> Matrix:
    return _kept(of, lambda row, _column: ~np.isin(row, rows))


def _without_columns(of: Matrix, columns: Numbers) -> Matrix:
    return _kept(of, lambda _row, column: ~np.isin(column, columns))


def _only_columns(of: Matrix, columns: Numbers) -> Matrix:
    return _kept(of, lambda _row, column: np.isin(column, columns))


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
