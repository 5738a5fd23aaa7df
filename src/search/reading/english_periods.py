"""Times in English: Song dynasty, late Qing, Qianlong period, 18th century, 1930s."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from catalog.edtf import astronomical, historical
from catalog.reigns import chronology
from catalog.spans import Span
from search.analysis.tokens import latin_word
from search.reading.periods import BY_YEARS, WIDEST_YEARS, Period

_LONGEST_ENGLISH = 6
_ENGLISH_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th) century( bce?)?")
_ENGLISH_DECADE = re.compile(r"(\d{3})0s")
# Alone, Song or Han is a song or a name; before such a thing it is a time: Ming porcelain.
_ENGLISH_THINGS = frozenset((
    "architecture", "art", "book", "bridge", "bronze", "calligraphy", "celadon", "ceramic", "coin", "drama", "embroidery",
    "furniture", "jade", "kiln", "lacquer", "lacquerware", "mirror", "mural", "novel", "opera", "pagoda", "painting", "palace",
    "poem", "poet", "poetry", "porcelain", "pottery", "prose", "sculpture", "seal", "silk", "statue", "temple", "tomb", "vase",
))  # fmt: skip
# Places bear the titles of reigns (Yongle Palace, Tianqi Temple); before such a thing one is a time: Qianlong vase.
_MADE_THINGS = _ENGLISH_THINGS - {
    "architecture",
    "bridge",
    "kiln",
    "pagoda",
    "palace",
    "statue",
    "temple",
    "tomb",
}
_ENGLISH_DURING = re.compile(r" (?:dynasty|dynasties|period|era|reign)$")
_ENGLISH_PHASE = re.compile(r"(early|mid|middle|late)[ -]")
_THIRDS = {"early": 0, "mid": 1, "middle": 1, "late": 2}


def english_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    """The longest time that English words from `place` on name."""
    for end in range(min(len(words), place + _LONGEST_ENGLISH), place, -1):
        text = " ".join(words[place:end])
        behind = latin_word(words[end].lower()) if end < len(words) else ""
        if named := _english_span(text.lower(), behind):
            return end, replace(named, text=text)
    return None


def _english_span(text: str, behind: str, *, told: bool = False) -> Period | None:
    """A century, a decade, a dynasty, a reign or a part of one in English; a single word only where it is `told` to be a time, or
    before a thing."""
    if phase := _ENGLISH_PHASE.match(text):
        whole = _english_span(text[phase.end() :], behind, told=True)
        return _third(whole, _THIRDS[phase[1]]) if whole else None
    if century := _ENGLISH_CENTURY.fullmatch(text):
        last = 100 * int(century[1])
        return Period(text, -last, -last + 99) if century[2] else Period(text, last - 99, last)
    if decade := _ENGLISH_DECADE.fullmatch(text):
        return Period(text, int(decade[1]) * 10, int(decade[1]) * 10 + 9)
    bare = _ENGLISH_DURING.sub("", text)
    told = told or bare != text
    if told or " " in text or behind in _ENGLISH_THINGS:
        dynasty = _english_dynasties().get(bare)
        if dynasty:
            return dynasty
    return _english_reigns().get(bare) if told or behind in _MADE_THINGS else None


def _third(whole: Period, number: int) -> Period:
    """The first, second or last third of a time; all of one that is told by its name and not by its years."""
    if whole.start is None or whole.end is None or whole.dynasty:
        return whole
    years = Span(astronomical(whole.start), astronomical(whole.end)).part(number, 3)
    start, end = (None if year is None else historical(year) for year in (years.start, years.end))
    return Period(whole.text, start, end)


@lru_cache(maxsize=1)
def _english_dynasties() -> dict[str, Period]:
    terms = chronology().dynasties.terms
    known = {
        _ENGLISH_DURING.sub("", term.en.lower()): Period(
            term.en, term.start, term.end, (f"{term.zh}代", f"{term.zh}朝") if len(term.zh) == 1 else (term.zh,),
            None if term.code in BY_YEARS else term.code,
        )
        for term in terms
        if term.en and term.start is not None and term.end is not None
        if term.end - term.start <= WIDEST_YEARS
    }  # fmt: skip
    return known | {"republican": known["republic of china"], "republic": known["republic of china"]}


@lru_cache(maxsize=1)
def _english_reigns() -> dict[str, Period]:
    """The reigns of the last two dynasties, which are better known by their titles than as words."""
    return {
        term.en.lower(): Period(term.en, term.start, term.end, (term.zh,))
        for term in chronology().reigns.terms
        if term.en and term.dynasty in ("ming", "qing")
    }
