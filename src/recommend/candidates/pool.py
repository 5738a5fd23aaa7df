"""The candidates for one list: where each comes from, its score, and which resource led to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from catalog import resources
from catalog.database import Database
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.candidates.popular import EVERYBODY, Group
from recommend.likeness.comparison import Likeness
from recommend.likeness.declared import Declared

# So many more candidates are loaded than are wanted: some are withdrawn, of a work that is there already, or left out for
# diversity.
SPARE = 12
# What was used last, where it is another interest than the rest, has such a share of the best score.
_NEAR_THE_BEST = 0.8


class Source(StrEnum):
    """Where a candidate comes from."""

    CO_USE = "co_use"
    CONTENT = "content"
    TITLE = "title"
    MAKER = "maker"
    NEW = "new"
    POPULAR = "popular"
    PINNED = "pinned"
    REST = "rest"


BY_CONTENT = (Source.CONTENT, Source.TITLE)
"""The sources whose candidates are compared with what led to them."""
ALIKE = (*BY_CONTENT, Source.MAKER)
"""The sources of which the two records say what they have in common."""


class Candidate(NamedTuple):
    """`group` is the one that it is popular or new in."""

    number: int
    score: float
    source: Source
    group: Group = EVERYBODY


class Pool:
    """Candidates by number: the sum of what sources give each, and the source that gives it most.

    `new` are those that are new, whatever else speaks for them; `other_kinds` those of another kind than the resource
    that the list stands beside that are alike enough for a place of their own; `near` those that the institution that asks, or
    its province, has and that the reader's history led to; `liked` those that bear a label that the reader likes; `loaded` those
    that were read already; `likenesses` tells of what is alike what it is most like, `by_maker_of` of what is by the maker of something
    used what that is, `strands` which of several interests led to it, by any number that they have; `fillers` are behind all of these, best first: what
    fills up a list to which too little leads. No edition of one of the works `away` is shown.
    """

    def __init__(
        self,
        loaded: Iterable[Resource] = (),
        away: Collection[int] = (),
        declared: Callable[[Resource], Declared] = Declared,
    ) -> None:
        self.scores: dict[int, float] = {}
        self.leads: dict[int, Candidate] = {}
        self.liked: set[int] = set()
        self.new: set[int] = set()
        self.loaded: dict[int, Resource] = {resource.number: resource for resource in loaded}
        self.other_kinds: set[int] = set()
        self.near: set[int] = set()
        self.likenesses: dict[int, Likeness] = {}
        self.by_maker_of: dict[int, int] = {}
        self.strands: dict[int, int] = {}
        self.fillers: dict[int, Candidate] = {}
        self.away = frozenset(away)
        self.declared = declared

    def add(self, source: Iterable[Candidate]) -> None:
        """Take what one source gives; of several candidates for a resource the best."""
        best: dict[int, Candidate] = {}
        for one in source:
            known = best.get(one.number)
            if known is None or one.score > known.score:
                best[one.number] = one
        for number, one in best.items():
            self.scores[number] = self.scores.get(number, 0.0) + one.score
            lead = self.leads.get(number)
            if lead is None or one.score > lead.score:
                self.leads[number] = one

    def add_new(self, source: Iterable[Candidate]) -> None:
        """Take what was entered last: it gives a score to what has none."""
        found = list(source)
        self.add(one for one in found if one.number not in self.scores)
        self.new.update(one.number for one in found if one.source is Source.NEW)

    def lift_near_the_best(self, source: Iterable[Candidate]) -> None:
        """Let these be near the best of all."""
        points = _NEAR_THE_BEST * max(self.scores.values(), default=1.0)
        self.lift(one._replace(score=points) for one in source)

    def lift(self, source: Iterable[Candidate]) -> None:
        """Let these have so much at least."""
        for one in source:
            if self.scores.get(one.number, 0.0) < one.score:
                self.scores[one.number], self.leads[one.number] = one.score, one

    def only_new(self) -> set[int]:
        """Those that nothing but having been entered last speaks for."""
        return {
            number
            for number in self.scores
            if self.leads[number].source in (Source.NEW, Source.REST) and number not in self.liked
        }

    def load(self, database: Database, numbers: Iterable[int]) -> dict[int, Resource]:
        """The published ones of these, in their order; those that were read already are not read again."""
        different = list(dict.fromkeys(numbers))
        missing = [number for number in different if number not in self.loaded]
        if missing:
            self.loaded |= resources.load_now(database, missing)
        known = self.loaded
        return {n: known[n] for n in different if n in known and known[n].state is State.PUBLISHED}

    def related(self) -> set[int]:
        """Those that a history led to."""
        led = (Source.CO_USE, *ALIKE)
        return {number for number in self.scores if self.leads[number].source in led}

    def drop(self, numbers: Collection[int]) -> None:
        """Forget these."""
        self.scores = {number: points for number, points in self.scores.items() if number not in numbers}

    def scale(self, shares: Mapping[int, float]) -> None:
        """Let these have such a share of their score."""
        for number, share in shares.items():
            self.scores[number] *= share

    def give(self, numbers: Iterable[int], bonus: float) -> None:
        """Let these have more."""
        for number in numbers:
            self.scores[number] += bonus

    def like(self, numbers: Collection[int], bonus: float) -> None:
        """Let these, which bear a label that the reader likes, have more."""
        self.liked.update(numbers)
        self.give(numbers, bonus)

    def best(self, count: int, among: Collection[int] | None = None) -> list[int]:
        """The best, of all or of these, best first, ties by number."""
        there = self.scores if among is None else self.scores.keys() & among
        return sorted(there, key=lambda number: (-self.scores[number], number))[:count]
