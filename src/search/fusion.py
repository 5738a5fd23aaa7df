"""Fusion of the legs: a convex combination of normalised scores, outside the engines so that all rank alike.

Measured against reciprocal rank fusion, which costs sets that keyword search has nearly solved dearly
(docs/relevance.md). Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.engine import Hit


@dataclass(frozen=True, slots=True)
class Fused:
    """One candidate: its score is the sum of the two legs' shares and the bonus for an exact title."""

    number: int
    keyword: float = 0.0
    vector: float = 0.0
    exact_title: float = 0.0

    @property
    def score(self) -> float:
        """What it is ranked by."""
        return self.keyword + self.vector + self.exact_title

    def as_json(self) -> dict[str, Any]:
        """The parts, which add up to the score."""
        return {"keyword": self.keyword, "vector": self.vector, "exact_title": self.exact_title}


def fuse(
    keyword: Sequence[Hit],
    cosines: Mapping[int, float],
    vector_weight: float,
    exact: Collection[int] = (),
    exact_title: float = 0.0,
    limit: int | None = None,
) -> list[Fused]:
    """Candidates of both legs and those whose title is `exact`ly the text, best first, `limit` at most.

    A keyword score counts as its share of the best one, a cosine as its place between the least and the greatest of
    the candidates; a candidate that a leg does not know gets 0 from it. Ties go to the older resource, so that an
    answer is the same every time.
    """
    best = max((hit.score for hit in keyword), default=0.0) or 1.0
    least = min(cosines.values(), default=0.0)
    spread = (max(cosines.values(), default=0.0) - least) or 1.0
    keyword_weight = 1.0 - vector_weight
    written = {hit.number: keyword_weight * hit.score / best for hit in keyword}
    meant = {number: vector_weight * (cosine - least) / spread for number, cosine in cosines.items()}
    bonus = dict.fromkeys(exact, exact_title)
    # Plain tuples: a page is 20 of several hundred candidates.
    scored = sorted(
        (-(written.get(n, 0.0) + meant.get(n, 0.0) + bonus.get(n, 0.0)), n)
        for n in {**written, **meant, **bonus}
    )
    return [Fused(n, written.get(n, 0.0), meant.get(n, 0.0), bonus.get(n, 0.0)) for _, n in scored[:limit]]
