from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from portal.pages.addresses import search_url, values_of
from portal.parameters import PageParameters

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def test_empty_and_default_values_are_left_out_and_the_order_is_fixed() -> None:
    assert search_url({}) == "/search"
    assert search_url({"kind": "book,virtual", "q": "敦 煌", "page": "", "year.from": -140}) == (
        "/search?q=%E6%95%A6+%E7%85%8C&kind=book,virtual&year.from=-140"
    )


def test_what_a_search_has_set_leads_back_to_it_without_its_page() -> None:
    parameters = PageParameters.model_validate(
        {"q": "敦煌", "kind": ["book,virtual"], "year.to": "907", "sort": "title", "size": "10", "page": "3"}
    )
    assert search_url(values_of(parameters)) == (
        "/search?q=%E6%95%A6%E7%85%8C&kind=book,virtual&year.to=907&sort=title&size=10"
    )


@given(_TEXTS)
def test_no_text_gets_out_of_its_parameter(text: str) -> None:
    query = urlsplit(search_url({"q": text, "sort": "title"})).query
    assert parse_qs(query, keep_blank_values=True) == {"q": [text], "sort": ["title"]}
