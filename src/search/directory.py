"""Places and institutions by their names: for facets to show, and for texts to name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from catalog import institutions
from catalog.database import Database
from catalog.vocabularies import Vocabulary

_ENDINGS = ("市", "地区", "盟")
_SHORTEST = 2
_LONGEST = 12
# A province has hundreds of institutions, and their names change once in years.
_KEPT_SECONDS = 5.0

Names = Mapping[str, tuple[str, ...]]
"""Codes to names: the Chinese one, the English one (the Chinese one again where there is none), then others."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Neighbouring words of a text, folded, from `start` to before `end`, that name the `code` of a facet."""

    text: str
    facet: str
    code: str
    start: int
    end: int


class KnownNames:
    """The names of provinces and prefectures with and without 省 or 市, of counties in full, and of institutions.

    A name that several of a facet share, such as 朝阳区, tells none of them. `words` gives the words of a name as those
    of a text are given.
    """

    def __init__(self, regions: Vocabulary, houses: Names, words: Callable[[str], list[str]]) -> None:
        self._words = words
        self._codes = self._single(
            "region", ((t.code, n) for t in regions.terms for n in _spoken(t.code, t.zh, t.aliases))
        )
        self._codes |= self._single(
            "institution", ((code, n) for code, names in houses.items() for n in names)
        )

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

    def _single(self, facet: str, named: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
        codes: dict[str, set[str]] = {}
        for code, name in named:
            key = "".join(self._words(name))
            if len(key) >= _SHORTEST:
                codes.setdefault(key, set()).add(code)
        return {key: (facet, *single) for key, single in codes.items() if len(single) == 1}  # type: ignore[misc]


def _spoken(code: str, name: str, aliases: Sequence[str]) -> set[str]:
    names = {name, *aliases}
    return names | {name.removesuffix(ending) for ending in _ENDINGS} if code.endswith("00") else names


class Directory:
    """The institutions of the catalogue and what is known by name, read again every few seconds. Safe to share."""

    def __init__(self, database: Database, regions: Vocabulary, words: Callable[[str], list[str]]) -> None:
        self._database = database
        self._regions = regions
        self._words = words
        self._read: tuple[float, Names] = (float("-inf"), {})
        self._known = KnownNames(regions, {}, words)

    def institutions(self) -> Names:
        """Codes of institutions to their names."""
        read_at, names = self._read
        if perf_counter() - read_at < _KEPT_SECONDS:
            return names
        with self._database.read() as session:
            fresh = institutions.names(session)
        if fresh != names:
            self._known = KnownNames(self._regions, fresh, self._words)
        self._read = (perf_counter(), fresh)
        return fresh

    def known(self) -> KnownNames:
        """Names that a text may have."""
        self.institutions()
        return self._known
