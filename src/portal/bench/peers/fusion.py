"""A hybrid leg for an engine that has none."""

from __future__ import annotations

from portal.bench.peers.base import SIZE, Asked, Ranking

NOTE = "hybrid: keyword and vector asked in turn, fused by the client with reciprocal ranks"
# The constant of the paper. Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion" (2009).
_DAMPING = 60


def fused(keyword: Ranking, vector: Ranking) -> Ranking:
    """Both legs asked in turn, joined by the sum of their reciprocal ranks."""

    def hybrid(asked: Asked) -> list[int]:
        scores: dict[int, float] = {}
        for found in (keyword(asked), vector(asked)):
            for rank, number in enumerate(found, 1):
                scores[number] = scores.get(number, 0.0) + 1 / (_DAMPING + rank)
        return sorted(scores, key=lambda number: (-scores[number], number))[:SIZE]

    return hybrid
