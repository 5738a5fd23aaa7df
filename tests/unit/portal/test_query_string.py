from __future__ import annotations

from typing import TypeVar, cast
from urllib.parse import quote, quote_plus, urlencode

import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.api.openapi import described
from portal.parameters import PageParameters, Parameters, SearchParameters
from portal.query_string import from_query_string, given_to_page
from search.query import FACETS, QueryError

P = TypeVar("P", bound=Parameters)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def read(query_string: str, model: type[P] = SearchParameters) -> P:  # type: ignore[assignment]
    request = Request({"type": "http", "query_string": query_string.encode("latin-1")})
    # It waits for nothing, so no event loop is needed; browser tests leave one running.
    try:
        from_query_string(model)(request).send(None)  # type: ignore[attr-defined]
    except StopIteration as done:
        return cast(P, done.value)
    raise AssertionError("reading a query string waited for something")


@given(TEXTS)
def test_any_text_arrives_as_it_was_typed(text: str) -> None:
    assert read(urlencode({"q": text})).q == text
    assert read("q=" + quote(text)).q == read("q=" + quote_plus(text)).q == text


@given(TEXTS.map(lambda text: quote(text, safe="&=+%;")))
def test_no_query_string_is_an_unexpected_error_on_a_page(query_string: str) -> None:
    read("q=x&" + query_string.replace("=", "_="), PageParameters)


def test_a_list_is_given_with_commas_or_name_by_name() -> None:
    assert read("kind=book,virtual").kind == read("kind=book&kind=virtual").kind == ["book", "virtual"]


def test_a_name_without_a_value_is_empty_and_nothing_between_two_signs_is_passed_over() -> None:
    assert read("&&q&&size=3&") == SearchParameters(size=3)


def test_a_name_given_twice_is_refused_unless_it_is_a_list() -> None:
    with pytest.raises(QueryError, match="size is given twice"):
        read("size=1&size=2")


def test_what_is_not_utf_8_is_refused_by_its_name() -> None:
    with pytest.raises(QueryError, match="q is not UTF-8 text"):
        read("size=1&q=%B6%D8")
    with pytest.raises(RequestValidationError, match="no parameter '\ufffd'"):
        read("%B6=1")


def test_a_page_takes_the_last_of_two_and_other_bytes_for_gbk() -> None:
    assert read("q=a&q=%B6%D8%BB%CD", PageParameters).q == "敦煌"
    assert read("q=b%FF", PageParameters).q == "b\ufffd"


def test_what_a_page_is_given_can_be_written_as_utf_8() -> None:
    request = Request({"type": "http", "query_string": b"q=%B6%D8%BB%CD&kind=book&kind=virtual&other=1"})
    assert given_to_page(request) == {"q": "敦煌", "kind": ["book", "virtual"], "other": "1"}


def test_the_place_of_a_fault_begins_with_query() -> None:
    with pytest.raises(RequestValidationError) as caught:
        read("size=0")
    assert caught.value.errors()[0]["loc"] == ("query", "size")


def test_each_parameter_is_described_whole_under_the_name_that_it_is_given_by() -> None:
    schemas = {one["name"]: one["schema"] for one in described(SearchParameters)["parameters"]}
    assert schemas.keys() >= {"q", "year.from", "cursor", *FACETS}
    assert schemas["sort"]["default"] == "relevance"
    assert "relevance" in schemas["sort"]["enum"]
