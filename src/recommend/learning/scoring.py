"""The score of resources for someone with a history: regression, co-use and popularity, mixed by how much is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.hyperparameters import BlendParameters, CoUseParameters
from recommend.learning.sparse import Numbers, Weights
from recommend.learning.table import Table


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates and their scores; `popularity` is what of each score it got for being popular alone."""

    rows: Numbers
    scores: NDArray[np.float64]
    popularity: NDArray[np.float64]

    def best(self, count: int, without: Numbers) -> Scored:
        """The best of them, best first, ties by place in the table, without these."""
        open_ = np.flatnonzero(~np.isin(self.rows, without))
        if count < len(open_):
            # With all that are as good as the last one: of those the first in the table count.
            least = np.partition(self.scores[open_], -count)[-count]
            open_ = open_[self.scores[open_] >= least]
        order = open_[np.lexsort((self.rows[open_], -self.scores[open_]))[:count]]
        return Scored(self.rows[order], self.scores[order], self.popularity[order])


def score(table: Table, history: Numbers, blend: BlendParameters, *, popular: bool = True) -> Scored:
    """Candidates for someone who used the resources in these rows of the table, with the most used ones of all unless not `popular`;
    none of new resources."""
    count = len(history)
    learnt, learnt_weights = table.regression(history)
    shared, shared_weights = table.together(history)
    rows, places = np.unique(
        np.concatenate([learnt, shared, *([table.popular] if popular else [])]), return_inverse=True
    )
    size = len(rows)
    regression = _summed(places[: len(learnt)], learnt_weights, size)
    together = _summed(places[len(learnt) :][: len(shared)], shared_weights, size)
    subjects = table.subjects[rows].astype(np.float64)
    popularity = subjects / max(1.0, float(table.subjects[table.popular[:1]].sum()))
    share = blend.regression_share(count)
    scores = share * _scaled(regression) + (1 - share) * _scaled(together)
    popularity *= blend.popularity_share(count)
    divisor = np.maximum(subjects, 1.0) ** blend.popularity_exponent(count)
    return Scored(rows, (scores + popularity) / divisor, popularity / divisor)


def support(
    table: Table, history: Numbers, rows: Numbers, parameters: CoUseParameters
) -> NDArray[np.float64]:
    """About how many subjects, as they count in pairs, used each of these rows with one of the history, the one that most did with."""
    together, exponent = table.sections["together"], parameters.source_exponent
    entries = together.entries[history]
    weights = together.weights[history] * together.scales[history][:, None]
    # What was divided by when it was learnt is multiplied by again.
    ours, theirs = table.counted(history)[:, None], table.counted(entries)
    users: Weights = ours**exponent * theirs ** (1 - exponent)
    wanted = np.sort(rows)
    places = np.minimum(np.searchsorted(wanted, entries), max(0, len(wanted) - 1))
    there = wanted[places] == entries if len(wanted) else np.zeros(entries.shape, dtype=bool)
    # Nothing is learnt of fewer.
    most = np.full(len(wanted), float(parameters.least_subjects))
    np.maximum.at(most, places[there], (weights * users)[there])
    return most[np.searchsorted(wanted, rows)]


def score_new(table: Table, history: Numbers, new: Numbers, likeness: Weights) -> Scored:
    """The new resources in these rows, ascending, by what they inherited and by their likeness to the history."""
    entries, weights = table.inherited(history)
    places = np.minimum(np.searchsorted(new, entries), max(0, len(new) - 1))
    there = new[places] == entries if len(new) else np.zeros(0, dtype=bool)
    lent = _summed(places[there], weights[there], len(new))
    return Scored(new, lent + table.likeness * likeness, np.zeros(len(new)))


def _summed(places: Numbers, weights: Weights, size: int) -> NDArray[np.float64]:
    return np.bincount(places, weights, size).astype(np.float64)


def _scaled(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divided by the best one, so that sources can be added."""
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else np.zeros_like(scores)
