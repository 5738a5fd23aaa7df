"""What recommendation takes from content: fills of short rows, and what new resources inherit."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from scipy import sparse

from recommend.hyperparameters import CoUseParameters, Hyperparameters, NewItemParameters
from recommend.learning.couse import CoUse
from recommend.learning.sparse import Matrix, Numbers, Weights, largest, row_sizes
from recommend.learning.table import Table, make_table

_LEAST_USUAL = 0.05
# Where it is found out what likeness tells: one resource in so many, so many at most, is taken for new, and so many
# subjects are asked for.
_HIDDEN, _MOST_HIDDEN, _ASKED, _DEPTH = 10, 2000, 1000, 20


class Content(Protocol):
    """Tells which resources are like each other by what they are."""

    def nearest(self, of: Numbers, among: Numbers, limit: int) -> Matrix:
        """The nearest of each of these resources among others, never itself; both are columns of the interactions.

        Shape (len(of), all resources); entries are cosines above 0.
        """

    def likeness(self, history: Numbers, items: Numbers) -> Weights:
        """For each of these items the sum of its cosines with those of a history, made less where it is like all."""


def unlike_most(cosines: Weights, usual: Weights) -> Weights:
    """Cosines of some resources, divided by the root of their usual ones relative to the mean of those.

    Without it the few resources that are near to everything would be near to everyone (hubs: Radovanović et al., 2010).
    """
    mean = float(usual.mean()) if len(usual) else 0.0
    if mean <= 0:
        return np.asarray(cosines, dtype=np.float32)
    return np.asarray(cosines / np.sqrt(np.maximum(usual / mean, _LEAST_USUAL)), dtype=np.float32)


def table_of(
    numbers: Numbers,
    couse: CoUse,
    content: Content | None,
    new: Numbers,
    likeness: float,
    parameters: Hyperparameters,
) -> Table:
    """The table of what was learnt, with what new resources inherit."""
    lent = sparse.csr_array(couse.regression.shape, dtype=np.float32)
    if content is not None:
        lent = inherited(couse, content, new, parameters.new_items)
    width = parameters.co_use.width
    return make_table(numbers, couse, lent, likeness, (width, width, parameters.new_items.width))


def likeness_weight(
    interactions: Matrix, couse: CoUse, content: Content, parameters: NewItemParameters, seed: int
) -> float:
    """How much likeness should count beside what new resources inherit: the weight that foretells best who used
    some resources if those are taken for new ones."""
    rng = np.random.default_rng(seed)
    used = np.flatnonzero(couse.subjects > 0)
    if not len(used):
        return parameters.likeness_weights[0]
    hidden = np.sort(rng.choice(used, min(_MOST_HIDDEN, max(1, len(used) // _HIDDEN)), replace=False))
    shown = np.ones(len(couse.subjects), dtype=bool)
    shown[hidden] = False
    lent = inherited(couse, content, hidden, parameters)[:, hidden].tocsr()
    among = interactions[:, hidden].tocsr()
    subjects = np.flatnonzero((row_sizes(among) > 0) & (row_sizes(interactions) > row_sizes(among)))
    subjects = rng.permutation(subjects)[:_ASKED]
    hits = dict.fromkeys(parameters.likeness_weights, 0.0)
    for subject in subjects.tolist():
        items = _entries(interactions, subject)
        history, wanted = items[shown[items]], _entries(among, subject)
        inherits = np.asarray(lent[history].sum(axis=0)).ravel()
        likeness = content.likeness(history, hidden)
        for weight in hits:
            best = np.argsort(-(inherits + weight * likeness), kind="stable")[:_DEPTH]
            hits[weight] += np.isin(wanted, best).mean()
    return max(hits, key=lambda weight: hits[weight])


def _entries(of: Matrix, row: int) -> Numbers:
    return np.asarray(of.indices[of.indptr[row] : of.indptr[row + 1]], dtype=np.int64)


def filled(couse: CoUse, content: Content, parameters: CoUseParameters) -> CoUse:
    """Rows of `together` that have few entries get the nearest by content among the used, below the others' weight.

    For evaluation, where there is nothing but the table. Requests fill by a search for what is near, which also finds
    what nobody used, and whose reasons are then of content.
    """
    used = np.flatnonzero(couse.subjects > 0)
    sizes = row_sizes(couse.together)
    short = used[sizes[used] < parameters.fill_up_to]
    if not len(short) or not parameters.fill_weight:
        return couse
    near = content.nearest(short, used, parameters.fill_up_to)
    rows = np.repeat(short, row_sizes(near))
    weights = near.data * np.float32(parameters.fill_weight)
    more = sparse.csr_array((weights, (rows, near.indices)), shape=couse.together.shape)
    # What was learnt from use stays; content adds beside it.
    both = couse.together.maximum(more)
    return replace(couse, together=largest(both.tocsr(), parameters.width))


def inherited(couse: CoUse, content: Content, new: Numbers, parameters: NewItemParameters) -> Matrix:
    """For each source what new resources inherit from the nearest that something was learnt of: shape as
    `couse.regression`.

    A new resource's column is the sum of theirs, weighted by cosine. Each row has its `width` largest.
    """
    lenders = np.setdiff1d(np.unique(couse.regression.indices), new)
    near = content.nearest(new, lenders, parameters.neighbours)
    columns = np.repeat(new, row_sizes(near))
    weights = (near.data**parameters.exponent).astype(np.float32)
    lent = sparse.csr_array((weights, (near.indices, columns)), shape=couse.regression.shape)
    return largest((couse.regression @ lent).tocsr(), parameters.width)
