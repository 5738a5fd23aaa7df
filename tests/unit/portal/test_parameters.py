from __future__ import annotations

import pytest
from pydantic import ValidationError

from portal.parameters import NoParameters, PageParameters, SearchParameters
from search.query import FACETS, Filters, Query, Sort


def test_every_facet_can_be_filtered_by() -> None:
    given = {facet: ["a,b"] for facet in FACETS}
    assert SearchParameters.model_validate(given).query().filters.values == dict.fromkeys(FACETS, ("a", "b"))


def test_parameters_become_a_typed_query() -> None:
    parameters = SearchParameters.model_validate(
        {
            "q": "敦煌",
            "kind": ["book, book", "virtual"],
            "year.from": "-140",
            "year.to": "",
            "sort": "-issued",
            "page": "2",
        }
    )
    assert parameters.query() == Query(
        "敦煌", Filters({"kind": ("book", "virtual")}, -140, None), FACETS, sort=Sort.NEWEST, page=2
    )


def test_facets_are_all_by_default_and_none_if_empty() -> None:
    assert SearchParameters().query().facets == FACETS
    assert SearchParameters.model_validate({"facets": [""]}).query().facets == ()
    assert SearchParameters.model_validate({"facets": ["kind"]}).query().facets == ("kind",)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValidationError, match="there is no parameter 'scenarios'; did you mean scenario"):
        SearchParameters.model_validate({"scenarios": ["study"]})
    with pytest.raises(ValidationError, match="the parameters are: none"):
        NoParameters.model_validate({"q": "x"})


def test_python_names_are_not_parameters() -> None:
    with pytest.raises(ValidationError, match=r"did you mean year\.from"):
        SearchParameters.model_validate({"year_from": "1"})


def test_a_page_puts_years_in_order_that_a_form_sends_the_wrong_way_round() -> None:
    given = {"year.from": "907", "year.to": "618"}
    page = PageParameters.model_validate(given).put_right()
    assert (page.year_from, page.year_to) == (618, 907)
    assert SearchParameters.model_validate(given).year_from == 907
    one = PageParameters.model_validate({"year.from": "907"}).put_right()
    assert (one.year_from, one.year_to) == (907, None)


def test_a_page_behind_the_last_is_the_last() -> None:
    assert PageParameters.model_validate({"page": "99"}).put_right().query().page == 50
    assert PageParameters.model_validate({"page": "12", "size": "100"}).put_right().query().page == 10


def test_pages_take_what_a_form_leaves_empty_and_an_unknown_language_for_the_default() -> None:
    empty = dict.fromkeys(("lang", "sort", "page", "size", "mode", "explain", "cursor"), "")
    assert PageParameters.model_validate(empty) == PageParameters()
    assert PageParameters.model_validate({"lang": "zh-CN"}).lang == "zh"
    assert PageParameters.model_validate({"lang": "en"}).lang == "en"
    for name, value in (("lang", "zh-CN"), ("lang", ""), ("sort", ""), ("page", "")):
        with pytest.raises(ValidationError):
            SearchParameters.model_validate({name: value})


def test_pages_let_pass_what_other_sites_add_to_links() -> None:
    assert PageParameters.model_validate({"q": "x", "utm_source": "y"}).q == "x"
