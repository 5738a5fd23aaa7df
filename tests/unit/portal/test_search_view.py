from __future__ import annotations

from typing import Any

import pytest

from catalog.assets import asset
from catalog.schema import Schemas
from portal.pages.cards import Cards
from portal.pages.search_view import SearchView
from portal.parameters import PageParameters
from search.results import FacetValue, SearchResult


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas.load(asset("schemas"))


def view(
    schemas: Schemas, total: int = 0, facets: dict[str, list[FacetValue]] | None = None, **given: Any
) -> SearchView:
    parameters = PageParameters.model_validate(
        {name: value for name, value in given.items() if name != "read"}
    )
    left = total - (parameters.page - 1) * parameters.size
    items: list[Any] = [None] * max(0, min(parameters.size, left))
    result = SearchResult(total, "all", "hybrid", 1.0, given.get("read", {}), items, facets or {}, total)
    return SearchView(parameters, result, schemas, Cards(schemas, {}, "zh"), "zh")


def numbered(view: SearchView) -> list[str]:
    return [link.label for link in view.pages]


def test_the_pages_around_this_one_are_linked_with_the_first_and_the_last(schemas: Schemas) -> None:
    assert numbered(view(schemas, 20)) == []
    assert numbered(view(schemas, 21)) == ["1", "2"]
    assert numbered(view(schemas, 400, page=10)) == ["1", "8", "9", "10", "11", "12", "20"]
    assert [link.label for link in view(schemas, 400, page=10).pages if link.current] == ["10"]


def test_a_page_that_lacks_a_record_just_withdrawn_is_not_the_last(schemas: Schemas) -> None:
    shown = view(schemas, 400)
    shown.result.items.pop()
    assert numbered(shown)[-1] == "20"
    assert shown.next.endswith("page=2")


def test_pages_end_where_the_ranking_does_whatever_their_size(schemas: Schemas) -> None:
    last = view(schemas, 5000, size=30, page=33)
    assert numbered(last)[-1] == "33"
    assert last.next == ""


def test_no_page_is_linked_beyond_what_is_ranked(schemas: Schemas) -> None:
    last = view(schemas, 1_000_000, size=100, page=10)
    assert numbered(last)[-1] == "10"
    assert last.next == ""
    assert last.previous.endswith("page=9")


def test_selected_values_come_first_and_many_are_folded_away(schemas: Schemas) -> None:
    values = [FacetValue(f"v{n}", f"值{n}", "", 100 - n, n == 11) for n in range(12)]
    group = view(schemas, facets={"institution": values}, institution=["v11"]).group("institution")
    assert group is not None
    assert [link.label for link in group.first] == ["值11", *(f"值{n}" for n in range(7))]
    assert len(group.rest) == 4


def test_a_link_of_a_value_sets_it_and_that_of_a_selected_one_takes_it_away(schemas: Schemas) -> None:
    values = [
        FacetValue("book", "图书", "Book", 3, True),
        FacetValue("virtual", "虚拟资源", "Virtual", 2, False),
    ]
    group = view(schemas, facets={"kind": values}, q="a", kind=["book"], page=3).group("kind")
    assert group is not None
    assert [link.url for link in group.first] == ["/search?q=a", "/search?q=a&kind=book,virtual"]


def test_what_lies_within_a_chosen_place_or_time_narrows_the_search(schemas: Schemas) -> None:
    province, city = (
        FacetValue("320000", "江苏省", "Jiangsu", 3, True),
        FacetValue("320500", "苏州市", "", 2, False),
    )
    group = view(schemas, facets={"region": [province, city]}, region=["320000", "110000"]).group("region")
    assert group is not None
    assert [link.url for link in group.first] == ["/search?region=110000", "/search?region=110000,320500"]
    song = FacetValue("northern_song", "北宋", "", 2, False)
    group = view(schemas, facets={"period": [song]}, period=["song"]).group("period")
    assert group is not None
    assert [link.url for link in group.first] == ["/search?period=northern_song"]


def test_a_filter_without_results_keeps_its_chip(schemas: Schemas) -> None:
    chips = view(schemas, kind=["virtual"], institution=["gone"]).chips
    assert [chip.label for chip in chips] == ["虚拟资源", "gone"]


def test_years_have_one_chip(schemas: Schemas) -> None:
    assert [chip.label for chip in view(schemas, **{"year.from": 618, "year.to": 907}).chips] == [
        "618 至 907"
    ]
    assert [chip.label for chip in view(schemas, **{"year.to": 907}).chips] == ["不限 至 907"]


def test_the_reader_is_told_how_the_text_was_taken(schemas: Schemas) -> None:
    notes = view(schemas, 3, read={"cut": True, "dropped": ["哪里", "可以"]}).notes
    assert len(notes) == 2
    assert notes[1].endswith("哪里、可以")
    # Where nothing was found, leaving words out did not help.
    assert view(schemas, read={"dropped": ["哪里", "可以"]}).notes == []
    assert view(schemas).notes == []


def test_the_reader_is_told_how_a_time_and_an_expression_were_read(schemas: Schemas) -> None:
    periods = [{"text": "战国", "from": -475, "to": -221}, {"text": "1937年", "from": 1937, "to": 1937}]
    first, second = view(schemas, read={"periods": periods}).notes
    assert "“战国”理解为公元前 475 年–公元前 221 年" in first
    assert "“1937年”理解为1937 年，" in second
    # A time that was left out leads nothing, and one of an expression is demanded.
    (left_out,) = view(schemas, 3, read={"periods": periods[:1], "dropped": ["战国"]}).notes
    assert "理解为" not in left_out
    _, demanded = view(schemas, read={"periods": periods[1:], "query": "(1937年 OR 云冈)"}).notes
    assert demanded == "“1937年”理解为1937 年；加引号可按字面检索。"
    assert view(schemas, read={"synonyms": ["故宫", "紫禁城"]}).notes == ["也检索了其他名称：故宫、紫禁城"]
    assert view(schemas, read={"query": "(敦煌 OR 云冈)"}).notes == ["按检索式检索：(敦煌 OR 云冈)"]


def test_another_spelling_is_told_with_a_way_back_to_the_letter(schemas: Schemas) -> None:
    link = view(schemas, q="云岗", kind=["book"], read={"text": "云冈", "corrected_from": "云岗"}).correction
    assert link is not None
    assert link.label == "云岗"
    assert link.url == "/search?q=%22%E4%BA%91%E5%B2%97%22&kind=book"
    assert view(schemas).correction is None


def test_a_place_is_offered_as_a_link_that_sets_the_filter(schemas: Schemas) -> None:
    read = {"filters": [{"text": "上海", "facet": "region", "value": "310000", "total": 32}]}
    (offer,) = view(schemas, q="上海的电影", read=read).offers
    assert (offer.label, offer.count) == ("上海市", 32)
    assert offer.url.endswith("region=310000")


@pytest.mark.parametrize(
    ("facet", "code", "told"),
    [
        ("site_level", "national", "文保级别 国家级"), ("ich_level", "national", "非遗级别 国家级"),
        ("heritage_type", "element", "遗产类型 非物质文化遗产"), ("content_type", "intangible_heritage", "非物质文化遗产"),
        ("language", "eng", "语种 英语"), ("access", "open", "获取方式 公开"), ("period", "ming", "明"),
    ],
)  # fmt: skip
def test_a_value_is_told_with_its_facet_where_its_name_alone_may_be_of_another(
    schemas: Schemas, facet: str, code: str, told: str
) -> None:
    read = {"filters": [{"text": "国保", "facet": facet, "value": code, "total": 5}]}
    (offer,) = view(schemas, q="国保", read=read).offers
    assert offer.label == told
    assert offer.url.endswith(f"{facet}={code}")
    (chip,) = view(schemas, **{facet: [code]}).chips
    assert chip.label == told


def test_the_words_of_an_expression_that_nothing_meets_are_offered(schemas: Schemas) -> None:
    link = view(
        schemas, q="题名:x", read={"unmet_query": "title:x", "query": "title:x", "plain_text": "x"}
    ).plain_text
    assert link is not None
    assert (link.label, link.url) == ("x", "/search?q=x")
    assert view(schemas, q="x").plain_text is None
