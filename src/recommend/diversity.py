"""Makes a list of the best candidates diverse, greedily (maximal marginal relevance: Carbonell, Goldstein, 1998)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.resources import Resource
from recommend.hyperparameters import DiversityParameters
from recommend.reasons import creators


@dataclass(frozen=True, slots=True)
class Choosable:
    """A candidate that may be shown. `is_new`, `is_seldom`: places in the list are kept for such."""

    resource: Resource
    score: float
    work: int
    is_new: bool
    is_seldom: bool


def diversified(
    candidates: Sequence[Choosable], count: int, parameters: DiversityParameters
) -> list[Choosable]:
    """The best `count`, each work once, with places for the new and the seldom used where there are such.

    New resources stand at their places only, as long as there are others.
    """
    left = sorted(candidates, key=lambda one: (-one.score, one.resource.number))
    chosen: list[Choosable] = []
    seen: Counter[tuple[str, str]] = Counter()
    while left and len(chosen) < count:
        place = len(chosen) + 1
        if place % parameters.new_every == 0:
            wanted = [one for one in left if one.is_new] or left
        elif place % parameters.seldom_every == 0:
            wanted = [one for one in left if one.is_seldom and not one.is_new] or left
        else:
            wanted = [one for one in left if not one.is_new] or left
        best = max(wanted, key=lambda one: one.score - _repetition(one, seen, parameters))
        chosen.append(best)
        seen.update(_marks(best))
        left = [one for one in left if one.work != best.work]
    return chosen


def _repetition(one: Choosable, seen: Counter[tuple[str, str]], parameters: DiversityParameters) -> float:
    weights = {
        "kind": parameters.kind, "institution": parameters.institution, "creator": parameters.creator,
    }  # fmt: skip
    return sum(weights[mark[0]] * seen[mark] for mark in _marks(one))


def _marks(one: Choosable) -> list[tuple[str, str]]:
    resource = one.resource
    return [
        ("kind", resource.kind),
        ("institution", resource.institution),
        *(("creator", name) for name in creators(resource.data)),
    ]
