"""The institutions of a catalogue, and all names that texts may have: kept in memory, read again every few seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from time import perf_counter

from catalog import institutions
from catalog.database import Database
from catalog.errors import WenmaiError
from catalog.vocabularies import Vocabulary
from search.analysis.synonyms import table_lines
from search.query import LEVELS
from search.reading.known_names import KnownNames

# 延边朝鲜族自治州 is called 延边.
_ENDINGS = re.compile(
    "(?:市|地区|盟|(?:(?:藏|彝|白|傣|壮|苗|侗|回|羌|土家|布依|哈尼|景颇|傈僳|朝鲜|蒙古|哈萨克|柯尔克孜)族?)+自治州)$"
)
# Places of which the name, or what is left of it, is a word of every day.
_WORDS = frozenset(("白银", "日照", "孝感", "来宾", "解放区", "老城区", "矿区", "新市区", "运河区"))
_PLACE_ENDINGS = ("省", "市")
# A province has hundreds of institutions, and their names change once in years.
_KEPT_SECONDS, _NEVER = 5.0, float("-inf")

Names = Mapping[str, tuple[str, ...]]
"""Codes to names: the Chinese one, the English one (the Chinese one again where there is none), then others."""


class NameTableError(WenmaiError):
    """A line of the tables of words for kinds and levels cannot be read."""


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
