"""The dates of records: written dates become EDTF, and a record's date object becomes a range of years."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.chinese_dates import chinese_span
from catalog.edtf import DateError, YearRange, astronomical, historical, parse_edtf
from catalog.reigns import chronology, fold, year_of_reign
from catalog.spans import Span
from catalog.western_dates import western_span

__all__ = ["DateError", "ParsedDate", "YearRange", "parse_chinese_date", "parse_edtf", "resolve"]

_MAX_LENGTH = 100
_DASHES = str.maketrans("–—―－−～〜﹣‐‑", "-" * 10)
_CHINESE = re.compile("[〇一-鿿]")
# 1905-12 is rather a pair of years and is left to the readers of written dates; 1905-08 is a month.
_LIKE_EDTF = re.compile(
    "[0-9]{4}(?:[?~%]|-0[1-9]|-[0-9]{2}-[0-9]{2})|[0-9]{3}X|[0-9]{2}XX|-[0-9]{4}|.+/.+|Y.+"
)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A written date and what it means; the fields are those of a record's date object.

    `dynasty`, `reign` and `certainty` are codes of those vocabularies.
    """

    edtf: str
    display: str
    dynasty: str | None = None
    reign: str | None = None
    reign_year: int | None = None
    certainty: str = "certain"


def parse_chinese_date(text: str) -> ParsedDate | None:
    """What a free-text date of a Chinese or English catalogue means, or None when that is not sure.

    Takes years, intervals, centuries, dynasties and reign years, in either script. A reign title shared by
    several dynasties is taken for the likeliest that fits, with certainty "inferred".
    """
    display = text.strip()
    if not display or len(display) > _MAX_LENGTH:
        return None
    plain = unicodedata.normalize("NFKC", display.translate(_DASHES)).translate(_DASHES)
    span = _edtf_span(plain) or _written_span(plain)
    if span is None or (span.start is None and span.end is None):
        return None
    return ParsedDate(span.as_edtf(), display, span.dynasty, span.reign, span.reign_year, span.certainty)


def resolve(date: Mapping[str, Any]) -> YearRange | None:
    """The years of a record's date object, in historical counting (-140 is 140 BC, no year 0).

    The first of `edtf`, `reign` (with `reign_year`) and `dynasty` that is given decides; None when none is.
    Raises DateError for what cannot be read and for codes that no vocabulary has.
    """
    if edtf := date.get("edtf"):
        return parse_edtf(_text(edtf, "edtf"))
    if reign := date.get("reign"):
        return _resolve_reign(_text(reign, "reign"), date.get("reign_year"))
    if dynasty := date.get("dynasty"):
        if (term := chronology().dynasties.get(_text(dynasty, "dynasty"))) is None:
            raise DateError(f"the vocabulary dynasty has no code {dynasty!r}", field="dynasty")
        return YearRange(term.start, term.end)
    return None


def _resolve_reign(code: str, number: Any) -> YearRange:
    if (reign := chronology().reigns.get(code)) is None:
        raise DateError(f"the vocabulary reign has no code {code!r}", field="reign")
    if number is None:
        return YearRange(reign.start, reign.end)
    if not isinstance(number, int) or isinstance(number, bool):
        raise DateError(f"the year of the reign must be a whole number, not {number!r}", field="reign_year")
    if (year := year_of_reign(reign, number)) is None:
        message = f"{reign.zh} lasted from {reign.start} to {reign.end} and had no year {number}"
        raise DateError(message, field="reign_year")
    return YearRange(historical(year), historical(year))


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise DateError(f"{field} must be text, not {value!r}", field=field)
    return value


def _edtf_span(text: str) -> Span | None:
    if not _LIKE_EDTF.fullmatch(text):
        return None
    try:
        years = parse_edtf(text)
    except DateError:
        return None
    start, end = (None if year is None else astronomical(year) for year in (years.start, years.end))
    certainty = "uncertain" if "?" in text or "%" in text else "approximate" if "~" in text else "certain"
    return Span(start, end, certainty, edtf=text)


def _written_span(text: str) -> Span | None:
    if _CHINESE.search(text):
        return chinese_span(fold("".join(text.split())))
    western = western_span(" ".join(text.replace("~", "-").casefold().split()))
    return western or chinese_span("".join(text.split()))
