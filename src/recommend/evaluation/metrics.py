"""Measures of ranked lists: recall, nDCG, coverage, novelty and how popular what is recommended is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from recommend.learning.sparse import Numbers, Weights

DEPTH = 20
_DISCOUNTS = 1 / np.log2(np.arange(DEPTH) + 2)
_IDEAL = np.cumsum(_DISCOUNTS)


def recall(ranked: Numbers, wanted: Numbers) -> float:
    """Share of the wanted items among the first 20."""
    return float(np.isin(ranked[:DEPTH], wanted).sum() / len(wanted))


def ndcg(ranked: Numbers, wanted: Numbers) -> float:
    """nDCG@20 with equal gains; the ideal list has min(20, wanted) hits (Järvelin, Kekäläinen, 2002)."""
    hits = np.isin(ranked[:DEPTH], wanted)
    return float((hits * _DISCOUNTS[: len(hits)]).sum() / _IDEAL[min(DEPTH, len(wanted)) - 1])


@dataclass(slots=True)
class Tally:
    """Collects lists; `subjects` says how many used each item, of `users` in all."""

    subjects: Weights
    users: int
    _recalls: list[float] = field(default_factory=list)
    _gains: list[float] = field(default_factory=list)
    _shown: list[Numbers] = field(default_factory=list)

    def add(self, ranked: Numbers, wanted: Numbers) -> None:
        """Take the list of one user and what that user wanted."""
        self._recalls.append(recall(ranked, wanted))
        self._gains.append(ndcg(ranked, wanted))
        self._shown.append(ranked[:DEPTH])

    def scores(self) -> dict[str, float]:
        """Means over the users.

        `coverage@20`: share of all items that somebody is shown; `novelty@20`: mean of -log2 of the share of users that
        used what is shown; `popularity@20`: how many used what is shown, divided by the mean over all interactions.
        """
        shown = np.concatenate(self._shown) if self._shown else np.zeros(0, dtype=np.int64)
        shares = np.maximum(self.subjects[shown], 0.5) / max(1, self.users)
        usual = float((self.subjects**2).sum() / max(1.0, float(self.subjects.sum())))
        return {
            "recall@20": _mean(self._recalls),
            "ndcg@20": _mean(self._gains),
            "coverage@20": round(len(np.unique(shown)) / max(1, len(self.subjects)), 4),
            "novelty@20": _mean(-np.log2(shares)),
            "popularity@20": round(float(np.mean(self.subjects[shown])) / usual, 4) if len(shown) else 0.0,
        }


def _mean(values: Iterable[float]) -> float:
    found = np.asarray(list(values), dtype=np.float64)
    return round(float(found.mean()), 4) if len(found) else 0.0
