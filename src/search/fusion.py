"""Fusion of the legs: a convex combination of normalised scores, outside the engines so that all rank alike.

Measured against reciprocal rank fusion, which costs sets that keyword search has nearly solved dearly
(docs/relevance.md). Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from search.engine import Edition, Hit


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg said of a candidate: its rank among all that the leg scored, the score in [0, 1], the leg's weight.

    Score times weight is the leg's share of the candidate's score.
    """

    rank: int
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class Fused:
    """One candidate: its score is the sum of the legs' shares and what its title, time, institution, place, kind, name and words add.

    `work` is the number of the work that it is shown for, 0 where it is a work of its own; one that is `outside` does
    not belong to the tier. `legs` has those that found it, where it was asked for.
    """

    number: int
    keyword: float = 0.0
    vector: float = 0.0
    title: float = 0.0
    period: float = 0.0
    institution: float = 0.0
    region: float = 0.0
    kind: float = 0.0
    name: float = 0.0
    maker: float = 0.0
    whole: float = 0.0
    work: int = 0
    outside: bool = False
    legs: Mapping[str, Leg] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """What it is ranked by."""
        return (
            self.keyword
            + self.vector
            + self.title
            + self.period
            + self.institution
            + self.region
            + self.kind
            + self.name
            + self.maker
            + self.whole
        )

    def as_json(self) -> dict[str, Any]:
        """The parts, which add up to the score."""
        return {
            "keyword": self.keyword, "vector": self.vector, "title": self.title, "period": self.period,
            "institution": self.institution, "region": self.region, "kind": self.kind, "name": self.name, "maker": self.maker, "whole": self.whole,
        }  # fmt: skip


# The smaller, the more the first places of an order count beside the next: completions have some ten places.
_RANKS = 10
_NO_BONUS: Mapping[int, float] = {}
_NOTHING_TYPED: Mapping[str, Mapping[int, float]] = {}
_NO_EDITIONS: Mapping[int, Edition] = {}


def fuse(
    keyword: Sequence[Hit],
    cosines: Mapping[int, float],
    vector_weight: float,
    titled: Mapping[int, float] = _NO_BONUS,
    meeting: Mapping[str, Mapping[int, float]] = _NOTHING_TYPED,
    editions: Mapping[int, Edition] = _NO_EDITIONS,
    limit: int | None = None,
) -> list[Fused]:
    """Candidates of both legs and those that are `titled`, best first, one of each work, `limit` at most.

    A keyword score counts as its share of the best one, a cosine as its place between the least and the greatest of
    the candidates; a candidate that a leg does not know gets 0 from it. `titled` says what a title near the
    text adds, `meeting` what a "period", an "institution", a "region", a "kind" and a thing of several
    names ("name") that were typed add to a candidate of them, a "maker" to what they made, and all words ("whole") to one that has them. Of equals those that readers can have come first, then the older ones, so
    that an answer is the same every time.
    """
    best = max((hit.score for hit in keyword), default=0.0) or 1.0
    least = min(cosines.values(), default=0.0)
    spread = (max(cosines.values(), default=0.0) - least) or 1.0
    keyword_weight = 1.0 - vector_weight
    written = {number: keyword_weight * score / best for number, score in keyword}
    meant = {number: vector_weight * (cosine - least) / spread for number, cosine in cosines.items()}
    totals = dict(written)
    for part in (meant, titled):
        for number, score in part.items():
            totals[number] = totals.get(number, 0.0) + score
    for part in meeting.values():
        for number in totals.keys() & part.keys():
            totals[number] += part[number]
    # Plain tuples: a page is 20 of several hundred candidates.
    away = {number for number, edition in editions.items() if not edition.available}
    order = (n for _, _, n in sorted((-score, n in away, n) for n, score in totals.items()))
    return [
        Fused(
            n,
            written.get(n, 0.0),
            meant.get(n, 0.0),
            titled.get(n, 0.0),
            work=work_of(n, editions),
            **{name: part.get(n, 0.0) for name, part in meeting.items()},  # type: ignore[arg-type]  # names of shares
        )
        for n in islice(one_of_each_work(order, editions), limit)
    ]


def with_legs(
    order: Sequence[Fused], keyword: Sequence[Hit], cosines: Mapping[int, float], vector_weight: float
) -> list[Fused]:
    """The same order, each candidate with what the legs, given to `fuse`, said of it."""
    scored = {"keyword": (dict(keyword), 1.0 - vector_weight), "vector": (cosines, vector_weight)}
    ranks = {
        name: {n: rank for rank, n in enumerate(sorted(scores, key=lambda n: (-scores[n], n)), 1)}
        for name, (scores, _) in scored.items()
    }
    return [
        replace(
            one,
            legs={
                name: Leg(ranks[name][one.number], getattr(one, name) / weight if weight else 0.0, weight)
                for name, (scores, weight) in scored.items()
                if one.number in scores
            },
        )
        for one in order
    ]


def by_tier(
    order: Sequence[Fused], counted: Collection[int], whole: float, most_outside: int | None
) -> list[Fused]:
    """The order again: what is `counted` gets this for having all words, what is not is outside, and `most_outside` stay."""
    raised = [replace(one, whole=max(one.whole, whole)) if one.number in counted else one for one in order]
    kept, outside = [], 0
    for one in sorted(raised, key=lambda one: -one.score) if whole else raised:
        if one.number in counted:
            kept.append(one)
        elif most_outside is None or outside < most_outside:
            outside += 1
            kept.append(replace(one, outside=True))
    return kept


def one_of_each_work(
    order: Iterable[int], editions: Mapping[int, Edition], shown: Collection[int] = ()
) -> Iterator[int]:
    """The first of each work, but for works that are shown already."""
    known = set(shown)
    for number in order:
        work = editions[number].work if number in editions else -number
        if work not in known:
            known.add(work)
            yield number


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
