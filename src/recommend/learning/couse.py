"""Co-use: what is learnt of pairs of resources from who used both.

Two sources. The *regression* predicts each resource from its nearest neighbours, by a ridge regression of its own
(SLIM: Ning, Karypis, 2011, "SLIM: Sparse linear methods for top-n recommender systems"; the closed form after Steck, 2019,
"Embarrassingly shallow autoencoders for sparse data"). *Together* is item kNN: how many used both, for how many used each.
Co-visits are counted in blocks; there never is a dense matrix of all pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommend.hyperparameters import CoUseParameters
from recommend.learning.sparse import Matrix, Numbers, Weights, blocks, largest, row_sizes

# Products that one block of co-visits may take: about a gigabyte of memory.
_PRODUCTS_AT_ONCE = 60_000_000
# The co-visits among so many of the most used resources are kept in a square of their own, where looking one up is quick.
_OFTEN_USED = 4096
_REGRESSIONS_AT_ONCE = 256
# Of few subjects all may use the same two, and mean it: chance is reckoned as if so many others had used neither.
_OTHERS = 50
# So many of the most used are candidates for everyone.
_POPULAR = 500


@dataclass(frozen=True, slots=True)
class CoUse:
    """What was learnt. Matrices have a row a source and a column a target; `subjects` counts those of each resource, `voices` as
    they count in pairs.

    `popular` are the resources that enough subjects used, the most used first.
    """

    regression: Matrix
    together: Matrix
    subjects: Weights
    popular: Numbers
    voices: Weights


def learn(interactions: Matrix, parameters: CoUseParameters) -> CoUse:
    """Learn from a matrix with a row a subject and a column a resource: 1 where the subject used it, or the root of how much
    the subject counts in a pair."""
    subjects = np.bincount(interactions.indices, minlength=interactions.shape[1]).astype(np.float32)
    voices, visits = _voices(interactions), co_visits(interactions)
    near = _nearest(_public(interactions, visits, parameters), voices, parameters.neighbours)
    regression = largest(_regressions(visits, near, voices, parameters.regularisation), parameters.width)
    together = _together(near, voices, parameters)
    return CoUse(regression, together, subjects, _popular(subjects, parameters), voices)


def _voices(interactions: Matrix) -> Weights:
    """How many subjects used each resource, as they count in pairs."""
    return np.asarray(interactions.power(2).sum(axis=0), dtype=np.float32).ravel()


def _popular(subjects: Weights, parameters: CoUseParameters) -> Numbers:
    enough = np.flatnonzero(subjects >= parameters.least_subjects)
    return enough[np.argsort(-subjects[enough], kind="stable")][:_POPULAR]


def co_visits(interactions: Matrix) -> Matrix:
    """For each pair of resources how many subjects used both, as they count; the diagonal is empty."""
    by_resource = interactions.T.tocsr()
    products = (by_resource > 0) @ row_sizes(interactions).astype(np.float64)
    parts = []
    for start, end in blocks(products, _PRODUCTS_AT_ONCE):
        part = (by_resource[start:end] @ interactions).tocsr()
        rows = np.repeat(np.arange(start, end), row_sizes(part))
        part.data[part.indices == rows] = 0
        part.eliminate_zeros()
        parts.append(part)
    return sparse.vstack(parts, format="csr") if parts else sparse.csr_array((0, 0), dtype=np.float32)


def _public(interactions: Matrix, visits: Matrix, parameters: CoUseParameters) -> Matrix:
    """The co-visits of those pairs that enough subjects used, and so many of them that it is no chance."""
    # Who used a single resource says nothing of what is used together.
    several = interactions[row_sizes(interactions) > 1]
    users = _voices(several)
    # Of each its first entry tells how much it counts.
    all_users = float(np.square(several.data[several.indptr[:-1]]).sum())
    public = visits.copy()
    sources = np.repeat(np.arange(public.shape[0]), row_sizes(public))
    # How many would use both if the one had nothing to do with the other.
    chance = users[sources] * users[public.indices] / (all_users + _OTHERS)
    public.data[public.data < np.maximum(parameters.least_subjects, parameters.above_chance * chance)] = 0
    public.eliminate_zeros()
    return public


def _nearest(public: Matrix, subjects: Weights, neighbours: int) -> Matrix:
    """Of each resource the co-visits with its nearest by cosine."""
    return largest(public, neighbours, public.data / np.sqrt(subjects[public.indices]))


def _together(near: Matrix, subjects: Weights, parameters: CoUseParameters) -> Matrix:
    exponent = parameters.source_exponent
    sources = np.repeat(np.arange(near.shape[0]), row_sizes(near))
    shared = near.data / (subjects[sources] ** exponent * subjects[near.indices] ** (1 - exponent))
    values = (shared.astype(np.float32), near.indices, near.indptr)
    return largest(sparse.csr_array(values, shape=near.shape), parameters.width)


def _regressions(visits: Matrix, near: Matrix, subjects: Weights, regularisation: float) -> Matrix:
    """A row a source, a column a target: the weights of each target's regression on its neighbours."""
    grams = _Grams(visits, subjects)
    sizes = row_sizes(near)
    weights = np.zeros(near.nnz, dtype=np.float32)
    # In the order of their sizes, so that those solved together are of about one size.
    targets = np.argsort(sizes, kind="stable")
    targets = targets[sizes[targets] > 0]
    for start in range(0, len(targets), _REGRESSIONS_AT_ONCE):
        batch = targets[start : start + _REGRESSIONS_AT_ONCE]
        widest = int(sizes[batch[-1]])
        left = np.zeros((len(batch), widest, widest), dtype=np.float32)
        right = np.zeros((len(batch), widest, 1), dtype=np.float32)
        for place, target in enumerate(batch):
            span = slice(near.indptr[target], near.indptr[target + 1])
            grams.fill(left[place], near.indices[span])
            right[place, : sizes[target], 0] = near.data[span]
        left[:, np.arange(widest), np.arange(widest)] += regularisation
        solved = np.linalg.solve(left, right)[:, :, 0]
        for place, target in enumerate(batch):
            weights[near.indptr[target] : near.indptr[target + 1]] = solved[place, : sizes[target]]
    by_target = sparse.csr_array((weights, near.indices, near.indptr), shape=near.shape)
    return by_target.T.tocsr()


class _Grams:
    """Makes the small matrices of co-visits among the neighbours of one resource."""

    def __init__(self, visits: Matrix, subjects: Weights) -> None:
        self._visits, self._subjects = visits, subjects
        often = np.argsort(-subjects, kind="stable")[:_OFTEN_USED]
        self._rank = np.full(len(subjects), -1)
        self._rank[often] = np.arange(len(often))
        self._often = visits[often][:, often].toarray()
        self._place = np.full(len(subjects), -1)

    def fill(self, gram: Weights, near: Numbers) -> None:
        """Write into `gram` the co-visits among `near`; on its diagonal stand the subjects of each."""
        count = len(near)
        ranks = self._rank[near]
        often, seldom = np.flatnonzero(ranks >= 0), np.flatnonzero(ranks < 0)
        gram[np.ix_(often, often)] = self._often[np.ix_(ranks[often], ranks[often])]
        self._place[near] = np.arange(count)
        for row in seldom:
            span = slice(self._visits.indptr[near[row]], self._visits.indptr[near[row] + 1])
            places = self._place[self._visits.indices[span]]
            inside = places >= 0
            gram[row, places[inside]] = gram[places[inside], row] = self._visits.data[span][inside]
        self._place[near] = -1
        gram[np.arange(count), np.arange(count)] = self._subjects[near]
