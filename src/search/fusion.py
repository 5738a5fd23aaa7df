"""Fusion of the legs: a convex combination of normalised scores, outside the engines so that all rank alike.

Measured against reciprocal rank fusion, which costs sets that keyword search has nearly solved dearly
(docs/relevance.md). Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from search.engine import Edition, Hit


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg said of a candidate: its rank among all that the leg scored, the score in [0, 1], the leg's weight.

    Score times weight is the leg's share of the candidate's score.
    """

    rank: int
    score: float
    weight: float


class Fused(NamedTuple):
    """One result and what it is ranked by.

    `work` is the number of the work that it is shown for, 0 where it is a work of its own; one that is `outside` does
    not belong to the tier. `parts` add up to the score, `legs` has those that found it: both where they were asked for.
    """

    number: int
    score: float = 0.0
    work: int = 0
    outside: bool = False
    parts: Mapping[str, float] | None = None
    legs: Mapping[str, Leg] | None = None


# The smaller, the more the first places of an order count beside the next: completions have some ten places.
_RANKS = 10
# So much is first what must be before what is as good.
_AHEAD = 0.001
_PARTS = (
    "keyword", "vector", "title", "misquoted", "period", "institution", "region", "kind", "name", "maker", "whole",
)  # fmt: skip
# Bonuses that make a candidate.
_CANDIDATES = ("title", "misquoted")
_NO_BONUSES: Mapping[str, Mapping[int, float]] = {}
_NO_EDITIONS: Mapping[int, Edition] = {}


class Fusion:
    """The candidates of one request by number: what each part gives them, and their order.

    A keyword score counts as its share of the best one, a cosine as its place between the least and the greatest of
    the candidates; a candidate that a leg does not know gets 0 from it. Of `bonuses`, the "title" says what a title near
    the text adds, and "misquoted" what has the text but for a slip gets, and both make a candidate; the others say what a "period", an "institution", a "region", a "kind" and a
    thing of several names ("name") that were typed add to a candidate of them, a "maker" to what they made, and all
    words ("whole") to one that has them.
    """

    def __init__(
        self,
        keyword: Sequence[Hit],
        cosines: Mapping[int, float],
        vector_weight: float,
        bonuses: Mapping[str, Mapping[int, float]] = _NO_BONUSES,
        editions: Mapping[int, Edition] = _NO_EDITIONS,
    ) -> None:
        best = max((hit.score for hit in keyword), default=0.0) or 1.0
        least = min(cosines.values(), default=0.0)
        spread = (max(cosines.values(), default=0.0) - least) or 1.0
        self._weights = {"keyword": 1.0 - vector_weight, "vector": vector_weight}
        self._parts: dict[str, Mapping[int, float]] = {
            "keyword": {number: self._weights["keyword"] * score / best for number, score in keyword},
            "vector": {n: vector_weight * (cosine - least) / spread for n, cosine in cosines.items()},
            **bonuses,
        }
        self._editions = editions
        self.scores = dict(self._parts["keyword"])
        for name in ("vector", *_CANDIDATES):
            for number, score in self._parts.get(name, {}).items():
                self.scores[number] = self.scores.get(number, 0.0) + score
        # In their order: a sum in another one differs in its last figures.
        for name, bonus in bonuses.items():
            for number in self.scores.keys() & bonus.keys() if name not in _CANDIDATES else ():
                self.scores[number] += bonus[number]

    def best(
        self, limit: int | None = None, always: Collection[int] = (), called: Collection[int] = ()
    ) -> list[int]:
        """The candidates, best first, one of each work, one that is `called` what was typed or else one of `always` if any is,
        `limit` at most and beyond it only those of `always`.

        Of equals those that readers can have come first, then the older ones, so that an answer is the same every time.
        """
        away = {number for number, edition in self._editions.items() if not edition.available}
        order = (n for _, _, n in sorted((-score, n in away, n) for n, score in self.scores.items()))
        works = one_of_each_work(order, self._editions, preferred=(called, always))
        return [*islice(works, limit), *(number for number in works if number in always)]

    def led_by(self, called: Set[int]) -> None:
        """Give these candidates so much more for their titles that the best of them comes before all others."""
        called = called & self.scores.keys()
        best = max((self.scores[number] for number in called), default=0.0)
        others = max((score for number, score in self.scores.items() if number not in called), default=0.0)
        if not called or best > others:
            return
        titled = dict(self._parts.get("title", {}))
        for number in called:
            self.scores[number] += others - best + _AHEAD
            titled[number] = titled.get(number, 0.0) + others - best + _AHEAD
        self._parts["title"] = titled

    def raised(self, order: Sequence[int], counted: Set[int], whole: float) -> list[int]:
        """The order again, where those that are counted get this much for having all words, if they have less.

        So much more that they come before all others.
        """
        has = dict(self._parts.get("whole", {}))
        inside = [self.scores[number] - has.get(number, 0.0) for number in order if number in counted]
        behind = {number for number in order if number not in counted}
        if inside:
            others = max((self.scores[number] for number in behind), default=0.0)
            whole = max(whole, others - min(inside))
        for number in counted & self.scores.keys():
            self.scores[number] += max(0.0, whole - has.get(number, 0.0))
            has[number] = max(whole, has.get(number, 0.0))
        self._parts["whole"] = has
        return sorted(order, key=lambda number: (-self.scores[number], number in behind))

    def results(
        self, order: Sequence[int], counted: Collection[int], most_outside: int | None, told: bool
    ) -> list[Fused]:
        """The results in this order; of those that are not counted, which are outside, so many stay.

        What their scores are made of is `told`, or left out.
        """
        results: list[Fused] = []
        left = len(order) if most_outside is None else most_outside
        legs = self._legs() if told else {}
        for number in order:
            outside = number not in counted
            if outside and not left:
                continue
            left -= outside
            parts = {name: self._parts.get(name, {}).get(number, 0.0) for name in _PARTS} if told else None
            score, work = self.scores[number], work_of(number, self._editions)
            results.append(Fused(number, score, work, outside, parts, legs.get(number)))
        return results

    def _legs(self) -> dict[int, dict[str, Leg]]:
        """By number, what each leg said of a candidate."""
        legs: dict[int, dict[str, Leg]] = {}
        for name, weight in self._weights.items():
            shares = self._parts[name]
            ranked = sorted(shares, key=lambda number: (-shares[number], number))
            for rank, number in enumerate(ranked, 1):
                leg = Leg(rank, shares[number] / weight if weight else 0.0, weight)
                legs.setdefault(number, {})[name] = leg
        return legs


def one_of_each_work(
    order: Iterable[int],
    editions: Mapping[int, Edition],
    shown: Collection[int] = (),
    preferred: Sequence[Collection[int]] = (),
) -> Iterator[int]:
    """The first of each work, but for works that are shown already; in its place the first preferred one, if any is, rather of a
    first collection than of the next."""
    order = list(order)
    better: dict[int, int] = {}
    for group in preferred:
        for number in order if group else ():
            if number in group and number in editions:
                better.setdefault(editions[number].work, number)
    known = set(shown)
    for number in order:
        work = editions[number].work if number in editions else -number
        if work not in known:
            known.add(work)
            yield better.get(work, number)


def work_of(number: int, editions: Mapping[int, Edition]) -> int:
    """The number of the work of a resource; 0 for one that is a work of its own, whose number lies below."""
    return max(0, editions[number].work) if number in editions else 0


def reciprocal_rank(orders: Sequence[Sequence[int]]) -> list[int]:
    """Numbers of several orders in one, for scores that cannot be compared; of equals the one of a later order first.

    Source: Cormack, Clarke, Buettcher, "Reciprocal Rank Fusion" (2009), whose constant 60 is for long lists.
    """
    points: dict[int, float] = {}
    for order in reversed(orders):
        for rank, number in enumerate(order):
            points[number] = points.get(number, 0.0) + 1 / (_RANKS + rank)
    return sorted(points, key=lambda number: -points[number])
