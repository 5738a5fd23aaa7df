"""Kinds of records, places and institutions by their names: for facets to show, and for texts to name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import perf_counter

from catalog import institutions
from catalog.database import Database
from catalog.errors import WenmaiError
from catalog.vocabularies import Vocabulary
from search.analysis.synonyms import table_lines
from search.query import LEVELS

# 延边朝鲜族自治州 is called 延边.
_ENDINGS = re.compile(
    "(?:市|地区|盟|(?:(?:藏|彝|白|傣|壮|苗|侗|回|羌|土家|布依|哈尼|景颇|傈僳|朝鲜|蒙古|哈萨克|柯尔克孜)族?)+自治州)$"
)
# Places of which the name, or what is left of it, is a word of every day.
_WORDS = frozenset(("白银", "日照", "孝感", "来宾", "解放区", "老城区", "矿区", "新市区", "运河区"))
_PLACE_ENDINGS = ("省", "市")
_LONGEST = 12
# A province has hundreds of institutions, and their names change once in years.
_KEPT_SECONDS, _NEVER = 5.0, float("-inf")

Names = Mapping[str, tuple[str, ...]]
"""Codes to names: the Chinese one, the English one (the Chinese one again where there is none), then others."""


class NameTableError(WenmaiError):
    """A line of the tables of words for kinds and levels cannot be read."""


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


def fixed_names(config: Path, regions: Vocabulary) -> list[tuple[str, str, str]]:
    """Names of kinds of records, as `kind_words.tsv` has them, of levels of heritage, as `level_words.tsv`, and of regions, other
    and former ones too: (facet, code, name).

    Of provinces and prefectures with and without 省 or 市, of provinces in English, too, of counties in full.
    Raises NameTableError.
    """
    named = []
    for place, cells in table_lines(config / "kind_words.tsv"):
        if len(cells) != 2:
            raise NameTableError(f"{place}: write a word, a tab and the code of a kind")
        named.append(("kind", cells[1], cells[0]))
    for place, cells in table_lines(config / "level_words.tsv"):
        if len(cells) != 3 or cells[1] not in LEVELS:
            raise NameTableError(
                f"{place}: write a name, one of {', '.join(LEVELS)} and its code, tabs between"
            )
        named.append((cells[1], cells[2], cells[0]))
    provinces = {term.zh for term in regions.terms if term.code.endswith("0000")}
    for term in regions.terms:
        names = {term.zh, term.en, *term.aliases}
        if term.code.endswith("00") and (short := _ENDINGS.sub("", term.zh)) + "省" not in provinces:
            names.add(short)
        named += [("region", term.code, name) for name in sorted(names - _WORDS) if len(name) > 1]
    today = {name: code for facet, code, name in named if facet == "region"}
    for table in ("former_names.tsv", "synonyms.tsv"):
        for _, (name, *others) in table_lines(config / table):
            named += [("region", today[name], other) for other in others if name in today]
    return named


class Directory:
    """The institutions of the catalogue and what is known by name, read again every few seconds. Safe to share."""

    def __init__(
        self, database: Database, fixed: list[tuple[str, str, str]], words: Callable[[str], list[str]]
    ) -> None:
        self._database = database
        self._fixed = fixed
        self._words = words
        self._read: tuple[float, Names] = (_NEVER, {})
        self._reading = Lock()
        self._known = KnownNames(fixed, words)
        regions = {name: code for facet, code, name in fixed if facet == "region"}
        # 浙江 and 浙江省: the same place but for its last character.
        self._places: dict[str, list[str]] = {}
        for name, code in regions.items():
            if name.endswith(_PLACE_ENDINGS) and regions.get(name[:-1]) == code:
                self._places.setdefault(name, []).append(name[:-1])
                self._places.setdefault(name[:-1], []).append(name)

    def institutions(self) -> Names:
        """Codes of institutions to their names.

        One thread reads them; others go on in the meantime with what is known, once anything is.
        """
        if self._is_old() and self._reading.acquire(blocking=self._read[0] == _NEVER):
            try:
                if self._is_old():
                    self._renew()
            finally:
                self._reading.release()
        return self._read[1]

    def _is_old(self) -> bool:
        return perf_counter() - self._read[0] >= _KEPT_SECONDS

    def _renew(self) -> None:
        with self._database.read() as session:
            fresh = institutions.names(session)
        if fresh != self._read[1]:
            houses = [("institution", code, name) for code, each in fresh.items() for name in each]
            self._known = KnownNames([*self._fixed, *houses, *self._written_otherwise(houses)], self._words)
        self._read = (perf_counter(), fresh)

    def _written_otherwise(self, houses: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
        """Names of institutions as readers write them: with and without 省 or 市, and 博物馆 for 博物院; none that one bears."""
        known = {name for _, _, name in houses}
        for facet, code, name in houses:
            places = [place for place in (name[:size] for size in range(2, 5)) if place in self._places]
            variants = {
                name,
                *(other + name[len(place) :] for place in places for other in self._places[place]),
            }
            for ending, other in (("博物院", "博物馆"), ("博物馆", "博物院")):
                variants |= {one.removesuffix(ending) + other for one in variants if one.endswith(ending)}
            yield from ((facet, code, variant) for variant in sorted(variants - known))

    def known(self) -> KnownNames:
        """Names that a text may have."""
        self.institutions()
        return self._known
