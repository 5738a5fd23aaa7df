"""Dates as museums write them in English, read as spans of years: c. 1860, 1882-3, late 18th century."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.edtf import DateError, parse_edtf
from catalog.reigns import chronology
from catalog.spans import Span, union

_LATEST = 2100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\\.?"
_MONTH_FIRST = re.compile(f"{_MONTH} (?:(?P<day>[0-9]{{1,2}}),? )?(?P<year>[0-9]{{4}})")
_DAY_FIRST = re.compile(f"(?P<day>[0-9]{{1,2}}) {_MONTH},? (?P<year>[0-9]{{4}})")
_LOOSE = re.compile(f"(?:{_MONTH}[ 0-9-]*,?|spring|summer|autumn|fall|winter) (?P<year>[0-9]{{4}})")
_SLASHED = re.compile("(?:(?P<one>[0-9]{1,2})/)?(?P<two>[0-9]{1,2})/(?P<year>[0-9]{4})")
_NEAR = re.compile(r"(?<![.\w])(?:circa|ca|c)\b\.? ?|\babout |\bapproximately |\bprobably ")
_VERB = re.compile("^(?:first )?(?:published|exhibited|engraved|printed|designed|made|issued|painted|cast) ")
_BEFORE = re.compile("(?:before|by|no later than) (?P<rest>.+)|(?P<head>.+) or (?:earlier|before)")
_AFTER = re.compile("(?:after|no earlier than|from) (?P<rest>.+)|(?P<head>.+) or (?:later|after)")
_CENTURY = re.compile(
    r"(?P<phase>[a-z -]*?)[ -]?(?P<number>[0-9]{1,2})(?:st|nd|rd|th)(?: c\b\.?| cent\.?| century| centuries)?"
    "(?: (?P<era>bce?|b\\.c\\.))?"
)
_TWO_PHASES = re.compile(
    "(early|mid|late)-?(?: to |/| ?- ?)(early|mid|late)[- ]([0-9]{1,2}(?:st|nd|rd|th)|[0-9]{4}'?s)"
)
_BOTH_OF_ERA = re.compile("^([0-9]{1,4}) ?- ?([0-9]{1,4}) ?(bce?|b\\.c\\.|ce|ad)$")
_BOTH_CENTURIES_OF_ERA = re.compile(
    r"^([0-9]{1,2}(?:st|nd|rd|th)) ?(?:-|to|or) ?([0-9]{1,2}(?:st|nd|rd|th))(?: c\b\.?| cent\.?| century| centuries)? (bce?|b\.c\.)$"
)
# In front of a range it says no more than the range does; else it opens one.
_FROM_TO = re.compile("^from (?=.* to |.*[0-9] ?- ?[0-9])")
_DECADE = re.compile("(?P<phase>early|mid|late)?[ -]?(?P<year>[0-9]{3}0)'?s")
_YEAR = re.compile("(?P<year>[0-9]{1,4}) ?(?P<era>bce?|b\\.c\\.|ce|ad|a\\.d\\.)?|ad (?P<after>[0-9]{1,4})")
_SHORT_END = re.compile("(?P<year>[0-9]{4})(?: ?- ?| or | and )(?P<end>[0-9]{1,2})")
_MAX_PARTS = 6
_SEPARATOR = re.compile(" ?- ?| to | or | and | ?/ ?")
_PHASES = {
    "early": (0, 3),
    "mid": (1, 3),
    "middle": (1, 3),
    "late": (2, 3),
    "first half": (0, 2),
    "second half": (1, 2),
    "last half": (1, 2),
    "first quarter": (0, 4),
    "second quarter": (1, 4),
    "third quarter": (2, 4),
    "fourth quarter": (3, 4),
    "last quarter": (3, 4),
}


def western_span(text: str) -> Span | None:
    """The years meant by lower-case text whose dashes are hyphens; None when they are not understood."""
    if day := _day(text):
        return day
    doubt = "?" if text.startswith("?") else ""
    text = doubt + _VERB.sub("", text.lstrip("? "))
    pieces = [piece.strip() for piece in re.split("[,;()]", text) if piece.strip()]
    spans = [_piece(piece) for piece in pieces]
    found = [span for span in spans if span]
    if "period" in text or "dynasty" in text:
        return _of_period(pieces, found)
    if not found:
        return None
    # "1996, 2007" is both; "1975, printed 2004" is the first.
    first = spans.index(found[0])
    last = next((number for number in range(first, len(spans)) if spans[number] is None), len(spans))
    return union([span for span in spans[first:last] if span])


def _of_period(pieces: list[str], found: list[Span]) -> Span | None:
    """Tang Dynasty, 618-906: the narrowest years given, with the dynasty if it is one of China's."""
    names = (re.sub(" (?:dynasty|period)$", "", piece) for piece in pieces)
    dynasty = next((term for name in names if (term := chronology().dynasties.find(name))), None)
    closed = [span for span in found if span.start is not None and span.end is not None]
    if not closed:
        return Span.of(dynasty) if dynasty else None
    narrowest = min(closed, key=lambda span: (span.end or 0) - (span.start or 0))
    return replace(narrowest, dynasty=dynasty.code) if dynasty else narrowest


def _piece(text: str) -> Span | None:
    certainty = "approximate" if _NEAR.search(text) else "certain"
    if "?" in text:
        certainty = "uncertain"
    text = _NEAR.sub("", text.replace("?", "")).strip()
    text = _FROM_TO.sub("", _TWO_PHASES.sub(r"\1 \3-\2 \3", text))
    text = _BOTH_CENTURIES_OF_ERA.sub(r"\1 century \3-\2 century \3", _BOTH_OF_ERA.sub(r"\1 \3-\2 \3", text))
    span = _open(text) or _range(text)
    return span.but(certainty) if span else None


def _open(text: str) -> Span | None:
    for pattern, side in ((_BEFORE, Span.before), (_AFTER, Span.after)):
        if (match := pattern.fullmatch(text)) and (span := _range(match["rest"] or match["head"])):
            return side(span)
    return None


def _range(text: str) -> Span | None:
    many = len(_SEPARATOR.findall(text)) >= _MAX_PARTS
    parts = None if many else _split(text)
    return union(parts) if parts else None


def _split(text: str) -> list[Span] | None:
    # Hyphens also join (mid-19th), so every way to cut is tried, the uncut text first.
    if point := _point(text):
        return [point]
    for match in _SEPARATOR.finditer(text):
        if (left := _point(text[: match.start()])) and (right := _split(text[match.end() :])):
            return [left, *right]
    return None


def _point(text: str) -> Span | None:
    return _day(text) or _year(text) or _decade(text) or _century(text)


def _year(text: str) -> Span | None:
    if match := _SHORT_END.fullmatch(text):
        start, short = int(match["year"]), match["end"]
        end = int(match["year"][: -len(short)] + short)
        return Span(start, end) if start < end <= _LATEST else None
    match = _YEAR.fullmatch(text)
    # Fewer than three digits may be anything, unless an era says that they are a year.
    if match is None or not (match["after"] or match["era"] or len(match["year"]) > 2):
        return None
    year, bc = int(match["after"] or match["year"]), (match["era"] or "").startswith("b")
    if year == 0 or (year > _LATEST and not bc):
        return None
    return Span(1 - year, 1 - year) if bc else Span(year, year)


def _decade(text: str) -> Span | None:
    if (match := _DECADE.fullmatch(text)) is None:
        return None
    start = int(match["year"])
    return _phase(Span(start, start + 9), match["phase"] or "") if 0 < start <= _LATEST else None


def _century(text: str) -> Span | None:
    if (match := _CENTURY.fullmatch(text)) is None or not 0 < int(match["number"]) <= 30:
        return None
    number = -int(match["number"]) + 1 if match["era"] else int(match["number"])
    return _phase(Span(100 * number - 99, 100 * number), match["phase"])


def _phase(span: Span, text: str) -> Span | None:
    """The part that "late" or "second half of the" names; the span for no text, None for any other."""
    name = " ".join(word for word in text.replace("-", " ").split() if word not in ("of", "the"))
    if not name:
        return span
    return span.part(*_PHASES[name]).but("approximate") if name in _PHASES else None


def _day(text: str) -> Span | None:
    if match := _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        return _dated(int(match["year"]), _MONTHS.index(match["month"][:3]) + 1, int(match["day"] or 0))
    if match := _SLASHED.fullmatch(text):
        return _slashed(int(match["one"] or 0), int(match["two"]), int(match["year"]))
    if match := _LOOSE.fullmatch(text):
        return _dated(int(match["year"]), _MONTHS.index(match["month"][:3]) + 1 if match["month"] else 0, 0)
    return None


def _slashed(one: int, two: int, year: int) -> Span | None:
    """7/26/1930; where day and month could be either way round, the year alone is taken."""
    if one == 0:
        return _dated(year, two, 0)
    if one <= 12 and two <= 12 and one != two:
        return _dated(year, 0, 0)
    return _dated(year, *((one, two) if one <= 12 else (two, one)))


def _dated(year: int, month: int, day: int) -> Span | None:
    edtf = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    try:
        parse_edtf(edtf)
    except DateError:
        return None
    return Span(year, year, edtf=edtf) if 0 < year <= _LATEST else None
