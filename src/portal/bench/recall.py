"""Recall of an approximate vector search against comparing all."""

from __future__ import annotations

from collections.abc import Collection, Iterable

NEAREST = 10
"""So many of the nearest are compared."""

QUERIES = 200
"""So many queries are asked: comparing all takes long."""


def recall(answers: Iterable[tuple[Collection[int], Collection[int]]]) -> float:
    """Share of the nearest that were found too, over (found, nearest) of each query."""
    shares = [len({*found} & {*nearest}) / len(nearest) for found, nearest in answers]
    return round(sum(shares) / len(shares), 4)
