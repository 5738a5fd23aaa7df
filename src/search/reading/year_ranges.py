"""What may stand behind 年: in a query: years, times and ranges of them, however the stroke between is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from search.reading.typed_periods import years_of

# The other ways to write 唐..宋: strokes, as keyboards and input methods make them, and words.
_STROKE = "[-‐‑–—−－~～至到]"
_YEARS = re.compile(
    r"\[\s*(?P<low>-?\d{1,4}|\*)\s+TO\s+(?P<high>-?\d{1,4}|\*)\s*\]"
    r"|(?P<sign>[<>]=?|[≥≤＞＜])\s?(?P<bound>-?\d{1,4})年?(?=[\s)）]|$)"
    r"|(?P<from>-?\d{1,4})?\.\.(?P<to>-?\d{1,4})?(?=[\s)）]|$)"
    rf"|(?P<first>-?\d{{1,4}})年?(?:{_STROKE}|\s+{_STROKE}\s+)(?P<last>-?\d{{1,4}})年?(?=[\s)）]|$)"
    rf"|(?P<since>-?\d{{1,4}})年?{_STROKE}今?(?=[\s)）]|$)"
    r"|(?P<year>-?\d{1,4})(?=[\s)）]|$)"
)
_TO = re.compile(rf"\.\.|{_STROKE}")
_NAMED = re.compile(r"[^\s()（）]+")


class YearRange(NamedTuple):
    """Both ends, None for an open one, whether a time (唐) was written and not years, and where it ends in the text."""

    start: int | None
    end: int | None
    named: bool
    behind: int


def year_range_at(text: str, place: int) -> YearRange | None:
    """The range that is written at this place; None where there is none."""
    years = _YEARS.match(text, place)
    if years is None or not any(years.groups()):
        named = _NAMED.match(text, place)
        span = _named_years(named[0]) if named else None
        return YearRange(*span, True, named.end()) if named and span else None
    if years["bound"]:
        return YearRange(*_bounded(years["sign"], int(years["bound"])), False, years.end())
    low = years["low"] or years["from"] or years["first"] or years["since"] or years["year"]
    high = years["high"] or years["to"] or _in_full(years["last"], low) or years["year"]
    start, end = (None if year in (None, "*") else int(year) for year in (low, high))
    if start is not None and end is not None and start > end:
        start, end = end, start
    return YearRange(start, end, False, years.end())


def _bounded(sign: str, year: int) -> tuple[int | None, int | None]:
    """The years from a bound on or up to it; `>` and `<` leave it out."""
    if sign in (">", "＞"):
        return year + 1, None
    if sign in ("<", "＜"):
        return None, year - 1
    return (year, None) if sign in (">=", "≥") else (None, year)


def _in_full(last: str | None, first: str | None) -> str | None:
    """The year that a range ends with: 50 behind 1900 is 1950."""
    if last is None or first is None or not (first + last).isdecimal():
        return last
    return first[: max(0, len(first) - len(last))] + last


def _named_years(text: str) -> tuple[int | None, int | None] | None:
    """The years of a time (唐), or from one to another (唐..宋), either of which may be left out."""
    if whole := years_of(text):
        # A reign may be called 至正.
        return whole
    first, *last = _TO.split(text, maxsplit=1)
    spans = [years_of(time) for time in (first, *last) if time]
    if not spans or not all(spans):
        return None
    starts, ends = zip(*filter(None, spans), strict=True)
    start = None if None in starts or not first else min(starts)
    return start, None if None in ends or last == [""] else max(ends)
