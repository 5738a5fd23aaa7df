"""A time that a text names, and which years it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.reigns import chronology

WIDEST_YEARS = 2000
"""A time of more years than these tells nothing: 古代."""
# Times of which whatever is of their years is. Other dynasties ruled a part of the country, or another one.
BY_YEARS = frozenset((
    "prehistoric", "pleistocene", "paleolithic", "neolithic", "pre_qin", "bronze_age", "iron_age", "xia", "shang", "yin",
    "zhou", "western_zhou", "eastern_zhou", "spring_autumn", "warring_states", "qin", "han", "western_han", "xin",
    "eastern_han", "six_dynasties", "wei_jin", "wei_jin_nanbei", "three_kingdoms", "jin", "western_jin", "eastern_jin",
    "northern_southern", "sui", "tang", "wudai_shiguo", "five_dynasties", "song", "northern_song", "southern_song", "yuan",
    "ming", "qing", "republic", "prc", "modern_early", "modern_both", "modern_late", "contemporary",
))  # fmt: skip
"""Their codes."""
_LARGELY = 0.25
_MEETING_YEARS = 2
BEGUN = 0.8
"""What began within a time and went on beyond it, or meets it at all, is of it nearly as much as what did not."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the text and the years that it names, both included, as history counts them (-140 is 140 BC).

    One side may be open: None. `names` are the Chinese ones of a time that is named in English, `dynasty` is the code of one
    that ruled beside others: what it left is told by its name and not by its years.
    """

    text: str
    start: int | None
    end: int | None
    names: tuple[str, ...] = ()
    dynasty: str | None = None

    @property
    def beginnings(self) -> tuple[int | None, int | None] | None:
        """First and last of the years in which something begins that is of this time; None where no year tells.

        Of a dynasty that ruled beside others it is the first, with which 金至清 begins, unless others begin in it, too.
        """
        if self.dynasty is None:
            return self.start, self.end
        return None if any(self.start == start for start, _ in _long_times()) else (self.start, self.start)

    @property
    def vague(self) -> tuple[int, ...]:
        """Those years of this time in which another begins of which no good part falls into it.

        What begins in one of them is dated by that other time, and hardly of this one: a thing of the Ming is none of 洪武.
        """
        if self.start is None or self.dynasty:
            return ()
        last = math.inf if self.end is None else self.end
        largely = {
            start
            for start, end in _long_times()
            if min(end, last) - start + 1 >= _LARGELY * (end - start + 1)
        }
        return tuple(sorted({start for start, _ in _long_times() if self.start <= start <= last} - largely))


@lru_cache(maxsize=1)
def _long_times() -> tuple[tuple[int, float], ...]:
    """First and last year of the times of which whatever is of their years is."""
    return tuple(
        (term.start, math.inf if term.end is None else term.end)
        for term in chronology().dynasties.terms
        if term.code in BY_YEARS and term.start is not None
    )


def nearness(span: tuple[int, int], periods: Sequence[Period]) -> float:
    """1 for what is of one of the periods alone, little less for what began within it, the root of the share else, or 0.

    Dynasties share the year in which one ends and the next begins: that is no meeting.
    """
    first, last = span
    best = 0.0
    for period in periods:
        start = first if period.start is None else period.start
        end = last if period.end is None else period.end
        years = min(last, end) - max(first, start) + 1
        if years >= max(1, min(_MEETING_YEARS, last - first + 1, end - start + 1)):
            share = math.sqrt(years / (last - first + 1))
            best = max(best, BEGUN + (1 - BEGUN) * share if start <= first <= end else share)
    return best
