"""Times in what a reader types: 明代, 唐宋, 乾隆时期, 光绪二十三年, 19世纪末, 1937年, 八十年代, 1980年以后; Song dynasty, 1930s.

Read by the reader of catalogue dates (`catalog.chinese_dates`), between the borders of words, so that 清明上河图 and
康熙字典 are no dates. Many reign titles are words of every day (和平, 长安, 文明): alone they count only where they are
better known as a reign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.chinese_dates import chinese_span
from catalog.reigns import chronology
from catalog.reigns import fold as fold_date
from catalog.spans import Span

_LONGEST = 14
_WIDEST_YEARS = 1500
_MARKS = "年纪前后"
_DURING = ("时期", "時期", "年间", "年間", "期间", "期間", "时代", "時代", "朝", "代", "年")
_BEFORE = ("以前", "之前")
_NOT_MEANT = frozenset(("清明", "新时代", "新时期", "新代", "蒙古", "朝鲜", "渤海", "大理", "大西", "大顺"))
_KNOWN_REIGNS = frozenset(("贞观", "开元"))
_UNKNOWN_REIGNS = frozenset(("正统",))
_OF_KNOWN_REIGNS = ("ming", "qing")
# As people say it, of the last century: a catalogue's date would name the century.
_DECADE = re.compile("(?:([1-9])0|([一二三四五六七八九])?十)年代")
_TENS = "一二三四五六七八九"
_LONGEST_ENGLISH = 6
_ENGLISH_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th) century( bce?)?")
_ENGLISH_DECADE = re.compile(r"(\d{3})0s")
_ENGLISH_DURING = re.compile(r" (?:dynasty|dynasties|period|era)$")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the text and the years that it names, both included, as history counts them (-140 is 140 BC).

    One side may be open: None. `names` are the Chinese ones of a time that is named in English.
    """

    text: str
    start: int | None
    end: int | None
    names: tuple[str, ...] = ()


def find_periods(words: Sequence[str]) -> list[tuple[int, int, Period]]:
    """(first word, word behind the last, period) of each time that neighbouring words write, the longest first."""
    found = []
    place = 0
    while place < len(words):
        match = _longest_at(words, place) if fold_date(words[place][:1]) in _beginnings() else None
        match = match or (_english_at(words, place) if words[place].isascii() else None)
        if match is None:
            place += 1
        else:
            found.append((place, *match))
            place = match[0]
    return found


def years_of(text: str) -> tuple[int | None, int | None] | None:
    """The years of a text that is said to be a time, and nothing else: 唐, too; None where it is none."""
    return next((span for ending in ("", "代", "朝") if (span := _span(text + ending))), None)


def _longest_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    best = None
    text = ""
    for end in range(place, len(words)):
        text += words[end]
        if len(text) > _LONGEST:
            break
        span = _span(text)
        # 万历刻本 is no later than 万历: what does not change the years belongs to the time only if it says so.
        if span and (best is None or span != (best[1].start, best[1].end) or words[end] in _DURING):
            best = (end + 1, Period(text, *span))
    return best


def _english_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    """The longest time that English words from `place` on name."""
    for end in range(min(len(words), place + _LONGEST_ENGLISH), place, -1):
        text = " ".join(words[place:end])
        if named := _english_span(text.lower()):
            return end, Period(text, *named)
    return None


def _english_span(text: str) -> tuple[int, int, tuple[str, ...]] | None:
    """First year, last year and Chinese names of a century, a decade or a dynasty in English."""
    if century := _ENGLISH_CENTURY.fullmatch(text):
        last = 100 * int(century[1])
        return (-last, -last + 99, ()) if century[2] else (last - 99, last, ())
    if decade := _ENGLISH_DECADE.fullmatch(text):
        return int(decade[1]) * 10, int(decade[1]) * 10 + 9, ()
    bare = _ENGLISH_DURING.sub("", text)
    # Alone, Song or Han is a song or a name.
    return _english_dynasties().get(bare) if bare != text or " " in text else None


@lru_cache(maxsize=1)
def _english_dynasties() -> dict[str, tuple[int, int, tuple[str, ...]]]:
    terms = chronology().dynasties.terms
    return {
        _ENGLISH_DURING.sub("", term.en.lower()): (
            term.start, term.end, (f"{term.zh}代", f"{term.zh}朝") if len(term.zh) == 1 else (term.zh,)
        )
        for term in terms
        if term.en and term.start is not None and term.end is not None
        if term.end - term.start <= _WIDEST_YEARS
    }  # fmt: skip


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[int | None, int | None] | None:
    """The years of a text that is a time and meant as one."""
    plain = fold_date(text)
    if len(plain) < 2 or plain in _NOT_MEANT:
        return None
    if decade := _DECADE.fullmatch(plain):
        tens = int(decade[1] or _TENS.index(decade[2] or "一") + 1)
        return 1900 + 10 * tens, 1909 + 10 * tens
    span = chinese_span(plain)
    if span is None or not _is_meant(plain, span):
        return None
    last = span.end
    if (
        span.start is None
        and last is not None
        and plain.endswith(_BEFORE)
        and not any(map(str.isdecimal, plain))
    ):
        # What is before a dynasty is none of its first year.
        last -= 1
    start, end = (None if year is None else _historical(year) for year in (span.start, last))
    if start is None or end is None:
        return None if start is end else (start, end)
    return (start, end) if end - start <= _WIDEST_YEARS else None


def _is_meant(text: str, span: Span) -> bool:
    # No word of every day is followed by it: 大同 is a city, 大同年间 a time.
    if text.endswith("年间"):
        return True
    if span.reign and not span.reign_year:
        title = next((t for t in (*_KNOWN_REIGNS, *_UNKNOWN_REIGNS) if text.startswith(t)), "")
        known = title in _KNOWN_REIGNS or (span.dynasty in _OF_KNOWN_REIGNS and title not in _UNKNOWN_REIGNS)
        return known or any(chronology().dynasties_at(text))
    has_digit = any(sign.isdecimal() for sign in text)
    return not has_digit or any(mark in text for mark in _MARKS)


def _historical(year: int) -> int:
    """A year counted astronomically (0 is 1 BC) as history counts it."""
    return year if year > 0 else year - 1


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """The characters with which a time can begin."""
    times = chronology()
    names = (
        name for term in (*times.dynasties.terms, *times.reigns.terms) for name in (term.zh, *term.aliases)
    )
    return frozenset("0123456789〇零一二三四五六七八九十公西前约大上") | {name[0] for name in names}
