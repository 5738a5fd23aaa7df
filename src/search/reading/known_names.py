"""Names that a text may have: of kinds, places, institutions and levels of heritage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from search.query import LEVELS

_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """Neighbouring words of a text, folded, from `start` to before `end`, that name the `code` of a facet."""

    text: str
    facet: str
    code: str
    start: int
    end: int


class KnownNames:
    """What a text may name: (facet, code, name), the name in words as a text's are given by `words`.

    A name that several of a facet share, such as 朝阳区, tells none of them, but 吉林 is the province and not the city in it. Of
    two facets the later one has it.
    """

    def __init__(self, named: Iterable[tuple[str, str, str]], words: Callable[[str], list[str]]) -> None:
        codes: dict[str, dict[str, set[str]]] = {}
        named = list(named)
        for facet, code, name in named:
            codes.setdefault(facet, {}).setdefault("".join(words(name)), set()).add(code)
        self._chinese: dict[tuple[str, str], list[str]] = {}
        for facet, code, name in named:
            if facet in ("region", *LEVELS) and not name.isascii():
                self._chinese.setdefault((facet, code), []).append(name)
        self._codes = {
            key: (facet, meant)
            for facet, keys in codes.items()
            for key, shared in keys.items()
            if key and (meant := _meant(facet, shared))
        }

    def names_of(self, facet: str, code: str) -> Sequence[str]:
        """The Chinese names of a region, other and former ones too, or of a level of heritage."""
        return self._chinese.get((facet, code), ())

    def find(self, words: Sequence[str]) -> list[Mention]:
        """What the folded words of a text name, the longest name at each place."""
        found, start = [], 0
        while start < len(words):
            named = self._at(words, start)
            if named:
                found.append(named)
            start = named.end if named else start + 1
        return found

    def _at(self, words: Sequence[str], start: int) -> Mention | None:
        for end in range(min(len(words), start + _LONGEST), start, -1):
            name = "".join(words[start:end])
            if name in self._codes:
                return Mention(name, *self._codes[name], start, end)
        return None


def _meant(facet: str, codes: set[str]) -> str | None:
    """The code that a name stands for that these share: the only one, or the place in which all the others lie."""
    first = min(codes)
    within = re.sub("(?:00)+$", "", first)
    lie_within = facet == "region" and all(code.startswith(within) for code in codes)
    return first if len(codes) == 1 or lie_within else None


def codes_at(mentions: Sequence[Mention], facet: str) -> dict[int, str]:
    """The code that each word of the names of a facet is part of."""
    return {n: one.code for one in mentions if one.facet == facet for n in range(one.start, one.end)}


def without_levels(
    asked: str, sequence: Sequence[str], words: list[str], mentions: Sequence[Mention]
) -> tuple[str, list[str]]:
    """A text and its words without those for levels of heritage, which hardly a text has."""
    levels = [one for one in mentions if one.facet in LEVELS]
    of_levels = {word for one in levels for word in sequence[one.start : one.end]}
    others = [word for word in words if word not in of_levels]
    for one in levels:
        asked = asked.replace(one.text, " ")
    return asked, others
