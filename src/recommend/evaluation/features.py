"""Likeness of items by their features: cosine of vectors with a part for each field.

A value counts by its rarity (idf), a repeated one 1 + log of its count; a part has the length of its field's usual rarity,
so that an author tells more than a year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from recommend.learning.content import unlike_most
from recommend.learning.sparse import Matrix, Numbers, Weights, largest

_AT_ONCE = 256


@dataclass(frozen=True)
class FeatureContent:
    """`vectors` has a row an item, of length 1 or, for an item without features, 0."""

    vectors: Matrix

    def nearest(self, of: Numbers, among: Numbers, limit: int) -> Matrix:
        """The nearest of each of these items among others, never itself; shape (len(of), all items)."""
        others = self.vectors[among].T.tocsr()
        parts = [
            self._nearest(of[start : start + _AT_ONCE], among, others, limit)
            for start in range(0, len(of), _AT_ONCE)
        ]
        shape = (0, self.vectors.shape[0])
        return sparse.vstack(parts, format="csr") if parts else sparse.csr_array(shape, dtype=np.float32)

    def _nearest(self, of: Numbers, among: Numbers, others: Matrix, limit: int) -> Matrix:
        cosines = (self.vectors[of] @ others).tocsr()
        rows = np.repeat(np.arange(len(of)), np.diff(cosines.indptr))
        columns = among[cosines.indices]
        apart = columns != of[rows]
        shape = (len(of), self.vectors.shape[0])
        return largest(
            sparse.csr_array((cosines.data[apart], (rows[apart], columns[apart])), shape=shape), limit
        )

    def likeness(self, history: Numbers, items: Numbers) -> Weights:
        """For each of these items how like a history it is: `recommend.content.Content` says how it is measured."""
        profile = np.asarray(self.vectors[history].sum(axis=0)).ravel()
        return unlike_most(self.vectors[items] @ profile, self.vectors[items] @ self._middle)

    @cached_property
    def _middle(self) -> Weights:
        return np.asarray(self.vectors.mean(axis=0), dtype=np.float32).ravel()


def feature_content(
    places: Mapping[str, int], features: Mapping[str, Mapping[str, list[str]]]
) -> FeatureContent | None:
    """The content of items at these places with these features by field; None where no item has any."""
    fields = sorted({field for of_item in features.values() for field, values in of_item.items() if values})
    if not fields:
        return None
    parts = [_field(field, places, features) for field in fields]
    return FeatureContent(_unit(sparse.hstack(parts, format="csr")))


def _field(field: str, places: Mapping[str, int], features: Mapping[str, Mapping[str, list[str]]]) -> Matrix:
    values: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for item, of_item in features.items():
        for value, count in Counter(of_item.get(field, ())).items():
            rows.append(places[item])
            columns.append(values.setdefault(value, len(values)))
            counts.append(1 + np.log(count))
    shape = (len(places), len(values))
    found = sparse.csr_array((np.array(counts, dtype=np.float32), (rows, columns)), shape=shape)
    items = np.bincount(found.indices, minlength=len(values))
    rarity = np.log((len(places) + 1) / (items + 0.5)).astype(np.float32)
    usual = float(np.sqrt(np.mean(rarity[found.indices] ** 2))) if found.nnz else 0.0
    return _unit(found @ sparse.diags_array(rarity)) * np.float32(usual)


def _unit(rows: Matrix) -> Matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1))).ravel()
    return (sparse.diags_array((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ rows).tocsr()
