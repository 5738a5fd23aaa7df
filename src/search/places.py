"""Places in a typed text, as filters that may be offered and are never set by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.vocabularies import Vocabulary

_ENDINGS = ("市", "地区", "盟")
_SHORTEST = 2
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A word or words of a text, folded, and the region that they name."""

    text: str
    region: str


class Places:
    """Knows provinces and prefectures with and without 省 or 市, and counties by their full names.

    A name that several regions share, such as 朝阳区, tells none of them. `fold` is the fold of the text.
    """

    def __init__(self, regions: Vocabulary, fold: Callable[[str], str]) -> None:
        found: dict[str, set[str]] = {}
        for term in regions.terms:
            names = {term.zh, *term.aliases}
            if term.code.endswith("00"):
                names |= {term.zh.removesuffix(ending) for ending in _ENDINGS}
            for name in names:
                if _SHORTEST <= len(name) <= _LONGEST:
                    found.setdefault(fold(name), set()).add(term.code)
        self._codes = {name: codes.pop() for name, codes in found.items() if len(codes) == 1}

    def find(self, words: Sequence[str]) -> list[Place]:
        """The places among the folded words of a text, the longest name at each place."""
        places, first = [], 0
        while first < len(words):
            for last in range(min(len(words), first + _LONGEST), first, -1):
                name = "".join(words[first:last])
                if code := self._codes.get(name):
                    places.append(Place(name, code))
                    break
            first = last if code else first + 1
        return places
