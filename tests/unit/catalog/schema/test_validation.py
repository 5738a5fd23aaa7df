from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import NotFound
from catalog.schema import Problem, Schemas

TITLES = {"titles": [{"value": "清明上河图"}]}


def problems(schemas: Schemas, kind: str = "book", **fields: Any) -> list[Problem]:
    return schemas.validate(kind, TITLES | fields)


@pytest.mark.parametrize(
    ("fields", "place", "en"),
    [
        ({"titles": []}, "titles", "at least one entry"),
        ({"titles": [{}]}, "titles[0].value", "required field is missing"),
        ({"titles": [{"value": ""}]}, "titles[0].value", "must not be empty"),
        ({"titles": [{"value": "书" * 1001}]}, "titles[0].value", "longer than 1000 characters"),
        ({"titles": [{"value": 7}]}, "titles[0].value", "must be text"),
        ({"titles": [{"value": "\ud800"}]}, "titles[0].value", "not valid Unicode"),
        ({"titles": "清明上河图"}, "titles", "must be a list"),
        ({"titles": ["清明上河图"]}, "titles[0]", "must be an object"),
        ({"subtitle": "卷"}, "subtitle", "no such field"),
        ({"titles": [{"value": "图", "colour": "red"}]}, "titles[0].colour", "no such field"),
        ({"languages": ["zh"]}, "languages[0]", "not a code of the vocabulary language"),
        ({"volumes": "3"}, "volumes", "whole number"),
        ({"volumes": 3.5}, "volumes", "whole number"),
        ({"volumes": True}, "volumes", "whole number"),
        ({"volumes": 0}, "volumes", "at least 1"),
        ({"places": [{"lat": 90.5}]}, "places[0].lat", "at most 90"),
        ({"places": [{"lat": "39"}]}, "places[0].lat", "must be a number"),
        ({"places": [{"lat": float("nan")}]}, "places[0].lat", "finite"),
        ({"places": [{"gb2260": "1101"}]}, "places[0].gb2260", "pattern"),
        ({"places": [{"gb2260": "110199"}]}, "places[0].gb2260", "not a GB/T 2260 code in force"),
        ({"dates": [{"edtf": "upon a time"}]}, "dates[0].edtf", "upon a time"),
        ({"dates": [{"reign": "qing_guangxu", "reign_year": 99}]}, "dates[0].reign_year", "had no year 99"),
        ({"media": [{"url": "javascript:alert(1)"}]}, "media[0].url", "not an http or https address"),
        ({"media": [{"url": "https:///nowhere"}]}, "media[0].url", "not an http or https address"),
        ({"media": [{"url": "https://[::1"}]}, "media[0].url", "not an http or https address"),
        ({"availability": {"updated_at": "yesterday"}}, "availability.updated_at", "ISO 8601"),
        ({"availability": []}, "availability", "must be an object"),
        ({"series": ["丛书"] * 2001}, "series", "more than 2000 entries"),
        ({"description": None}, "description", "must be text"),
        ({"id": "01JXYZ"}, "id", "set by the system"),
        ({"lifecycle": {"state": "published"}}, "lifecycle", "set by the system"),
    ],
)
def test_a_wrong_document_is_refused_with_its_field_and_the_reason_in_both_languages(
    schemas: Schemas, fields: dict[str, Any], place: str, en: str
) -> None:
    (problem,) = problems(schemas, **fields)
    assert problem.field == place
    assert en in problem.en
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.zh)
    assert problem.zh != "数据无效"
    assert str(problem) == f"{place}: {problem.zh} ({problem.en})"


def test_every_problem_of_a_document_is_told_at_once(schemas: Schemas) -> None:
    found = schemas.validate("heritage", {"count": 0, "colour": "red"})
    assert {problem.field for problem in found} == {"titles", "heritage_type", "count", "colour"}


@pytest.mark.parametrize(
    ("code", "hint"),
    [("公开", "use open"), ("opne", "did you mean open?"), ("？", "see schemas/vocabularies/access.yaml")],
)
def test_a_wrong_code_is_answered_with_the_nearest_one(schemas: Schemas, code: str, hint: str) -> None:
    (problem,) = problems(schemas, rights={"access": code})
    assert problem.hint is not None
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("place", "sound"),
    [
        ({"gb2260": "110101"}, True),
        ({"gb2260": "110103"}, False),
        ({"gb2260": "110103", "valid_at": "2009"}, True),
        ({"name": "崇文区"}, True),
    ],
)
def test_a_region_that_was_abolished_needs_the_date_when_it_was_valid(
    schemas: Schemas, place: dict[str, str], sound: bool
) -> None:
    found = problems(schemas, places=[place])
    assert [problem.field for problem in found] == ([] if sound else ["places[0].gb2260"])


@pytest.mark.parametrize(
    ("scheme", "value", "sound"),
    [
        ("isbn", "978-7-101-00304-8", True),
        ("isbn", "9787101003048", True),
        ("isbn", "978-7-101-00304-9", False),
        ("isbn", "977-7-101-00304-8", False),
        ("isbn", "7-101-00304-4", True),
        ("isbn", "0-8044-2957-X", True),
        ("isbn", "0-8044-2957-x", True),
        ("isbn", "0-8044-2957-1", False),
        ("isbn", "７１０１００３０４４", False),
        ("isbn", "X000000000", False),
        ("isbn", "not a number", False),
        ("issn", "0317-8471", True),
        ("issn", "1050-124X", True),
        ("issn", "0317-8472", False),
        ("issn", "03178471０", False),
        ("doi", "0317-8472", True),
    ],
)
def test_the_check_digit_of_an_isbn_or_issn_must_be_right(
    schemas: Schemas, scheme: str, value: str, sound: bool
) -> None:
    found = problems(schemas, identifiers=[{"scheme": scheme, "value": value}])
    assert [problem.field for problem in found] == ([] if sound else ["identifiers[0].value"])


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_in_an_isbn_is_always_found(
    schemas: Schemas, digits: str, place: int, change: int
) -> None:
    body = "978" + digits[3:]
    weighted = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(body))
    isbn = body + str(-weighted % 10)
    wrong = isbn[:place] + str((int(isbn[place]) + change) % 10) + isbn[place + 1 :]
    assert not problems(schemas, identifiers=[{"scheme": "isbn", "value": isbn}])
    assert problems(schemas, identifiers=[{"scheme": "isbn", "value": wrong}])


def test_an_unknown_kind_or_vocabulary_is_named(schemas: Schemas) -> None:
    with pytest.raises(NotFound, match="no kind 'film'; the kinds are audiovisual, book"):
        schemas.validate("film", {})
    with pytest.raises(NotFound, match="no vocabulary 'moods'"):
        schemas.vocabulary("moods")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=())),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "type"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from(
        ["titles", "dates", "places", "identifiers", "media", "rights", "volumes", "holdings", "x"]
    ),
)
def test_whatever_comes_is_answered_with_problems_and_never_with_a_crash(
    schemas: Schemas, value: Any, field: str
) -> None:
    for problem in problems(schemas, **{field: value}):
        assert problem.field.startswith(field)
        assert problem.zh != "数据无效", problem.en
