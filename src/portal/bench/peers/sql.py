"""Counting facets in SQL, alike in every database."""

# Statements are put together from our own names alone; what is asked for travels as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.bench.peers.base import Counts
from portal.bench.synthetic import FACETS

COLUMNS = ", ".join(FACETS)


def count_facets(matches: str) -> str:
    """A statement that counts each facet over the rows of `matches`, a query that gives COLUMNS."""
    each = " UNION ALL ".join(f"SELECT '{f}', {f}, count(*) FROM found GROUP BY {f}" for f in FACETS)
    return f"WITH found AS MATERIALIZED ({matches}) {each}"


def counts_of(rows: Iterable[tuple[Any, ...]]) -> Counts:
    """What that statement gave."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for facet, code, number in rows:
        counts[facet][code] = number
    return counts
