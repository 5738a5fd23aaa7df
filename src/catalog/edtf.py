"""Dates in the Extended Date/Time Format (ISO 8601-2): reading them as ranges of years, and writing them.

Two ways to count years meet here. EDTF counts astronomically: year 0000 is 1 BC and -0139 is 140 BC.
Everything else in the project (vocabularies, records, the search index, `YearRange`) counts as historians do:
-140 is 140 BC and there is no year 0. `historical` and `astronomical` convert between the two.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass

from catalog.errors import WenmaiError

_MAX_LENGTH = 64
_POINT = re.compile(
    r"(?P<year>-?[0-9]{4}|Y-?[0-9]{5,9}|(?P<decade>-?[0-9]{3})X|(?P<century>-?[0-9]{2})XX)"
    r"(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?[?~%]?"
)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SEASONS = range(21, 25)


class DateError(WenmaiError):
    """A date cannot be read; the message says what is wrong with it."""

    title = "Date not understood"


@dataclass(frozen=True, slots=True)
class YearRange:
    """First and last year in historical counting (-140 is 140 BC, no year 0); None is an open side."""

    start: int | None
    end: int | None


def historical(year: int) -> int:
    """The historian's number of an astronomical year: 0 becomes -1 (1 BC)."""
    return year if year > 0 else year - 1


def astronomical(year: int) -> int:
    """The astronomical number of a historian's year: -1 (1 BC) becomes 0. Raises DateError for year 0."""
    if year == 0:
        raise DateError("there is no year 0; write -1 for 1 BC")
    return year if year > 0 else year + 1


def parse_edtf(text: str) -> YearRange:
    """The years that an EDTF date covers, in historical counting.

    Understands YYYY, -YYYY, Y and more digits, YYYY-MM (or a season 21-24), YYYY-MM-DD, decades 198X,
    centuries 19XX, the suffixes ~ ? %, and intervals, also with an open side (../B, A/..).
    Raises DateError with the reason.
    """
    if len(text) > _MAX_LENGTH:
        raise DateError(f"an EDTF date has at most {_MAX_LENGTH} characters, this one has {len(text)}")
    first, slash, last = text.partition("/")
    if not slash:
        start, end = _point(first)
        return YearRange(historical(start), historical(end))
    return _interval(first, last)


def format_edtf(start: int | None, end: int | None, qualifier: str = "") -> str:
    """The EDTF date for a range of *astronomical* years; `qualifier` is "", "~", "?" or "%" """
    sides = [".." if year is None else _format_year(year) + qualifier for year in (start, end)]
    return sides[0] if start == end and start is not None else "/".join(sides)


def _interval(first: str, last: str) -> YearRange:
    start = None if first in ("", "..") else _point(first)[0]
    end = None if last in ("", "..") else _point(last)[1]
    if start is None and end is None:
        raise DateError("an interval needs a year on one side at least")
    if start is not None and end is not None and start > end:
        raise DateError(f"the interval {first}/{last} ends before it starts")
    return YearRange(*(None if year is None else historical(year) for year in (start, end)))


def _point(text: str) -> tuple[int, int]:
    match = _POINT.fullmatch(text)
    if match is None:
        raise DateError(f"{text!r} is not an EDTF date; write 1897, 1897-05-01, 189X or 1368/1644")
    if match["year"] == "-0000":
        raise DateError("year zero has no sign; write 0000 for 1 BC")
    start, end = _years(match)
    if match["month"]:
        _check_day(match, start)
    return start, end


def _years(match: re.Match[str]) -> tuple[int, int]:
    unknown = match["decade"] or match["century"]
    if unknown is None:
        year = int(match["year"].removeprefix("Y"))
        return year, year
    if match["month"]:
        raise DateError(f"{match[0]!r} gives a month of an unknown year; give the year")
    size = 10 if match["decade"] else 100
    first = abs(int(unknown)) * size
    return (-(first + size - 1), -first) if unknown.startswith("-") else (first, first + size - 1)


def _check_day(match: re.Match[str], year: int) -> None:
    month, day = int(match["month"]), match["day"]
    if month in _SEASONS and not day:
        return
    if not 1 <= month <= 12:
        raise DateError(f"{match[0]!r} has no month {month}; months go from 01 to 12")
    last = 28 if month == 2 and not isleap(year) else _DAYS[month - 1]
    if day and not 1 <= int(day) <= last:
        raise DateError(f"{match[0]!r} has no day {day}; that month has {last} days")


def _format_year(year: int) -> str:
    if abs(year) > 9999:
        return f"Y{year}"
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"
