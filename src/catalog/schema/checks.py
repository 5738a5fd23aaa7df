"""Checks that a type alone cannot express: codes of a vocabulary, dates, URLs, check digits."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from catalog.dates import DateError, parse_edtf, resolve
from catalog.identifiers import is_isbn, is_issn
from catalog.vocabularies import Vocabulary

Check = Callable[[str], str]


def of_vocabulary(vocabulary: Vocabulary) -> Check:
    """A check that refuses what is not a code of `vocabulary` and hints at the nearest one."""
    codes = frozenset(term.code for term in vocabulary.terms)

    def check(code: str) -> str:
        if code not in codes:
            raise _error(
                f"“{code}”不是词表 {vocabulary.name} 的代码",
                f"{code!r} is not a code of the vocabulary {vocabulary.name}",
                _nearest(code, vocabulary),
            )
        return code

    return check


def _nearest(text: str, vocabulary: Vocabulary) -> str:
    term = vocabulary.find(text)
    if term is not None:
        return f"use {term.code} ({term.zh})"
    near = difflib.get_close_matches(text, [term.code for term in vocabulary.terms], n=1)
    return f"did you mean {near[0]}?" if near else f"see schemas/vocabularies/{vocabulary.name}.yaml"


def edtf(text: str) -> str:
    """Refuses what is not a date of the EDTF subset."""
    try:
        parse_edtf(text)
    except DateError as error:
        raise _error(
            f"日期“{text}”无效", str(error), "write 1897, 1897-05, 1897-05-02 or 1368/1644"
        ) from error
    return text


def url(text: str) -> str:
    """Refuses what is not an http(s) address with a host; `javascript:` never gets into a page."""
    try:
        parts = urlsplit(text)
        sound = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\"<>]", text)
        )
    except ValueError:
        sound = False
    if not sound:
        raise _error("不是有效的网址", "is not an http or https address", "write https://…")
    return text


def moment(text: str) -> str:
    """Refuses what is not an ISO 8601 date and time."""
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise _error("不是有效的时间", "is not an ISO 8601 time", "write 2026-01-31T08:00:00Z") from error
    return text


def identifier(given: Any) -> Any:
    """Refuses an object whose `value` is an ISBN or ISSN with a wrong check digit (ISO 2108, ISO 3297)."""
    compact = re.sub(r"[-‐–\s]", "", given.value).upper()
    sound = {"isbn": is_isbn, "issn": is_issn}.get(given.scheme)
    if sound is not None and not sound(compact):
        name = given.scheme.upper()
        raise _error(
            f"{name} {given.value} 的校验位不对",
            f"{given.value} is not a valid {name}",
            "compare it with the item",
            at="value",
        )
    return given


def reign_date(date: Any) -> Any:
    """Refuses an object whose `reign_year` its `reign` did not have."""
    given = {"reign": date.reign, "reign_year": date.reign_year}
    try:
        resolve(given)
    except DateError as error:
        raise _error("该年号没有这一年", str(error), "compare it with the item", at="reign_year") from error
    return date


def place_of(regions: Vocabulary) -> Callable[[Any], Any]:
    """A check that refuses a place whose `gb2260` is not in force, unless `valid_at` says when it was."""

    def check(place: Any) -> Any:
        if place.gb2260 is not None and place.valid_at is None and regions.get(place.gb2260) is None:
            raise _error(
                f"“{place.gb2260}”不是现行的行政区划代码",
                f"{place.gb2260!r} is not a GB/T 2260 code in force",
                "correct it, or say in valid_at when it was in force",
                at="gb2260",
            )
        return place

    return check


def region_of(regions: Vocabulary) -> Callable[[Any], Any]:
    """A check that refuses an institution whose region is no county, city or province in force.

    Digits behind the sixth name a township and a village, of which there is no table here.
    """

    def check(institution: Any) -> Any:
        region = institution.region
        if region is not None and regions.get(region[:6]) is None:
            raise _error(
                f"“{region[:6]}”不是现行的行政区划代码",
                f"{region[:6]!r} is not a GB/T 2260 code in force",
                "see /v1/vocabularies/region",
                at="region",
            )
        return institution

    return check


def _error(zh: str, en: str, hint: str, at: str | None = None) -> PydanticCustomError:
    """An error in two languages; `at` is the field at fault where an object is checked as a whole."""
    return PydanticCustomError("check", "{en}", {"zh": zh, "en": en, "hint": hint, "at": at})
