"""How a verse or a name may stand that is remembered with a slip."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from search.analysis.tokens import UNSPACED
from search.reading.understanding import Understanding

# Of so many characters a text may be a misquotation: a shorter one is a word, a longer one has enough that is right. Of so many two
# may be wrong.
_SHORTEST, _LONGEST, _TWO_WRONG = 4, 12, 6
# So many characters may have been forgotten at one place (更上层楼 for 更上一层楼).
_FORGOTTEN = 3
_CHINESE = re.compile(f"[{UNSPACED}]+")
# What is left behind a verse when what asks about it was taken out (春眠不觉晓是谁写的?).
_ASKED = re.compile(r"\s+\??\s*$")


class Standing(NamedTuple):
    """Characters, each with its place in a passage; `wrong`: the places, in what was typed, of those that stand elsewhere or not at all;
    `parted`: the place before which others stand in between, 0 where none do."""

    characters: tuple[tuple[int, str], ...]
    wrong: frozenset[int] = frozenset()
    parted: int = 0

    @property
    def pairs(self) -> list[str]:
        """The neighbours among them."""
        return [one + other for (n, one), (m, other) in pairwise(self.characters) if m == n + 1]


def quoted(text: Understanding) -> str:
    """The text as a title is keyed, if it may be a quotation: nothing but so many Chinese characters in a row, and no question. Else
    nothing."""
    typed, passage = text.title_key, _ASKED.sub("", text.folded)
    if text.expression or not _SHORTEST <= len(typed) <= _LONGEST:
        return ""
    if len(passage.split()) > 1 or passage.endswith("?"):
        return ""
    return typed if _CHINESE.fullmatch(typed) else ""


def with_one_slip(typed: str) -> Iterator[Standing]:
    """Every way in which a text may stand that is typed with one slip: a character wrong or too many, two neighbours exchanged, or up to
    three forgotten at one place."""
    size = len(typed)
    for n in range(size):
        yield _without(typed, {n})
        if 0 < n < size - 1:
            yield _standing(enumerate(typed[:n] + typed[n + 1 :]), {n})
    for n in range(1, size):
        for forgotten in range(1, _FORGOTTEN + 1):
            spread = ((place + forgotten * (place >= n), one) for place, one in enumerate(typed))
            yield _standing(spread, parted=n)
        if typed[n - 1] != typed[n]:
            yield _standing(enumerate(typed[: n - 1] + typed[n] + typed[n - 1] + typed[n + 1 :]), {n - 1, n})


def with_two_wrong(typed: str) -> Iterator[Standing]:
    """Every way in which it may stand with two characters wrong; none of a short text, of which too little would be right."""
    if len(typed) >= _TWO_WRONG:
        for wrong in combinations(range(len(typed)), 2):
            yield _without(typed, {*wrong})


def _without(typed: str, wrong: Collection[int]) -> Standing:
    return _standing(((place, one) for place, one in enumerate(typed) if place not in wrong), wrong)


def _standing(
    characters: Iterable[tuple[int, str]], wrong: Collection[int] = (), *, parted: int = 0
) -> Standing:
    """With the first of these at the beginning."""
    found = list(characters)
    return Standing(tuple((place - found[0][0], one) for place, one in found), frozenset(wrong), parted)
