"""Makes a list of the best candidates diverse, greedily (maximal marginal relevance: Carbonell, Goldstein, 1998)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.resources import Resource
from recommend.hyperparameters import DiversityParameters
from recommend.likeness.makers import creators

# What follows on another interest has its place in the list if it has such a share of the best score.
_GOOD_ENOUGH = 0.3


@dataclass(frozen=True, slots=True)
class Choosable:
    """A candidate that may be shown. `is_new`, `is_seldom`, `is_other_kind`, `is_near`: places in the list are kept for such; of
    another kind are those alone that are alike enough, and `is_near` what the institution that asks has, or its province, of what
    a history leads to. `only_new`: nothing else speaks for it. `strand`: which of several interests led to it, by a number."""

    resource: Resource
    score: float
    work: int
    is_new: bool
    is_seldom: bool
    is_other_kind: bool = False
    is_near: bool = False
    only_new: bool = False
    strand: int | None = None


def places_of_other_kinds(count: int, parameters: DiversityParameters) -> int:
    """How many candidates of another kind a list of so many beside a resource may take, and one to spare."""
    return count // parameters.other_kind_every + 1


def diversified(
    candidates: Sequence[Choosable], count: int, parameters: DiversityParameters
) -> list[Choosable]:
    """The best `count`, each work once, with places for the new and the seldom used where there are such, and one for each of several
    interests among as many places twice, if something good enough follows on it.

    What nothing but being new speaks for stands at the places for new things only, as long as there are others. What repeats a kind, an institution or a creator
    loses a share of its score for each time, so that it weighs the same whatever the scores are made of.
    """
    left = sorted(candidates, key=lambda one: (-one.score, one.resource.number))
    makers = {one.resource.number: creators(one.resource.data) for one in left}
    of_kind, of_house, of_maker = (
        [(1 - share) ** times for times in range(count + 1)]
        for share in (parameters.kind, parameters.institution, parameters.creator)
    )
    chosen: list[Choosable] = []
    kinds: Counter[str] = Counter()
    houses: Counter[str] = Counter()
    made: Counter[str] = Counter()
    least = _GOOD_ENOUGH * max((one.score for one in left), default=0.0)

    def worth(one: Choosable) -> float:
        resource = one.resource
        left_of_score = one.score * of_kind[kinds[resource.kind]] * of_house[houses[resource.institution]]
        # Of several makers the one that the list has most of counts.
        if names := makers[resource.number]:
            left_of_score *= of_maker[max(made[name] for name in names)]
        return left_of_score

    while left and len(chosen) < count:
        best = _best(_for_place(chosen, left, parameters, least), worth)
        chosen.append(best)
        kinds[best.resource.kind] += 1
        houses[best.resource.institution] += 1
        made.update(makers[best.resource.number])
        left = [one for one in left if one.work != best.work]
    return chosen


def _best(candidates: Sequence[Choosable], worth: Callable[[Choosable], float]) -> Choosable:
    """The one of most worth, which is at most its score; they come in the order of their scores."""
    best = candidates[0]
    most = worth(best)
    for one in candidates[1:]:
        if one.score <= most:
            break
        if (its := worth(one)) > most:
            best, most = one, its
    return best


def _for_place(
    chosen: Sequence[Choosable], left: Sequence[Choosable], parameters: DiversityParameters, least: float
) -> Sequence[Choosable]:
    """Those that the place behind the `chosen` ones is for, places counted from 1; all that are left where there are none such.

    Of other kinds those that are not in the list yet come before others. What follows on an interest is good enough from `least` on.
    """
    place = len(chosen) + 1
    if place % parameters.other_kind_every == 0:
        others = [one for one in left if one.is_other_kind]
        if others:
            kinds = {one.resource.kind for one in chosen}
            return [one for one in others if one.resource.kind not in kinds] or others
    if place % parameters.new_every == 0:
        new = [one for one in left if one.is_new]
        if new:
            return new
    if place % parameters.near_every == 0:
        near = [one for one in left if one.is_near]
        if near:
            return near
    strands = {one.strand for one in chosen} - {None}
    if place > max(1, 2 * len(strands)):
        waiting = [one for one in left if one.score >= least and one.strand not in (None, *strands)]
        if waiting:
            return waiting
    if place % parameters.seldom_every == 0:
        seldom = [one for one in left if one.is_seldom and not one.only_new]
        if seldom:
            return seldom
    return [one for one in left if not one.only_new] or left
