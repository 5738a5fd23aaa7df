"""The rarest first, as many as a budget of postings allows: what is common says little and costs much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

_T = TypeVar("_T")


def within_budget(frequencies: Mapping[_T, int], budget: int) -> list[_T]:
    """What something has, rarest first, while the frequencies together keep to the budget; at least one."""
    kept: list[_T] = []
    spent = 0
    for one in sorted(filter(frequencies.__getitem__, frequencies), key=frequencies.__getitem__):
        spent += frequencies[one]
        if kept and spent > budget:
            break
        kept.append(one)
    return kept
