"""What is popular and what is newest in several groups together: the same for everyone who asks for those."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from recommend.candidates.pool import Candidate, Source
from recommend.candidates.popular import Group, Trends

# So many of the newest of each group are looked at.
_NEWEST = 30
# So much less what is popular counts in each group that is farther away.
_FARTHER = 0.05
# Combinations of groups that are remembered: those of some institutions, with filters by kind.
_REMEMBERED = 256


class Crowd:
    """The trends as requests ask for them: put together once for each combination of groups. Safe to share between threads."""

    def __init__(self, trends: Trends) -> None:
        self.trends = trends
        # Neither holds this object, or nothing would free it that was there when the server froze its garbage.
        self._popular = lru_cache(_REMEMBERED)(lambda *asked: _popular(trends, *asked))
        self._newest = lru_cache(_REMEMBERED)(lambda groups: _newest(trends, groups))

    def popular(self, groups: tuple[Group, ...], weight: float, each: int) -> tuple[Candidate, ...]:
        """What is popular in these groups, the nearest first, so many of each at most; each resource once, in the group that gives
        it most."""
        return self._popular(groups, weight, each)

    def newest(self, groups: tuple[Group, ...]) -> Mapping[int, Group]:
        """By number what was entered last in these groups, and the first of them that has it."""
        return self._newest(groups)


def _popular(trends: Trends, groups: tuple[Group, ...], weight: float, each: int) -> tuple[Candidate, ...]:
    best: dict[int, Candidate] = {}
    for place, group in enumerate(groups):
        nearness = 1 - _FARTHER * place
        for number, points in islice(trends.popular.get(group, {}).items(), each):
            score = weight * nearness * points
            if number not in best or score > best[number].score:
                best[number] = Candidate(number, score, Source.POPULAR, group=group)
    return tuple(best.values())


def _newest(trends: Trends, groups: tuple[Group, ...]) -> Mapping[int, Group]:
    group_of: dict[int, Group] = {}
    for group in groups:
        for number in trends.newest.get(group, ())[:_NEWEST]:
            group_of.setdefault(number, group)
    return group_of
