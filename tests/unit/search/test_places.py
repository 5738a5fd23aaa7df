from __future__ import annotations

import pytest
from support import Catalogue

from search.places import Place, Places
from search.query import Filters
from search.specification import Specification


@pytest.fixture(scope="module")
def places(specification: Specification) -> Places:
    return Places(specification.schemas.vocabulary("region"), specification.analyzer.fold)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["上海", "的", "电影"], [Place("上海", "310000")]),
        (["苏州", "市", "园林"], [Place("苏州市", "320500")]),
        (["敦煌市", "石窟"], [Place("敦煌市", "620982")]),
        (["北京", "和", "上海"], [Place("北京", "110000"), Place("上海", "310000")]),
    ],
)
def test_provinces_and_prefectures_are_known_by_short_names_and_counties_by_full_ones(
    places: Places, words: list[str], found: list[Place]
) -> None:
    assert places.find(words) == found


@pytest.mark.parametrize("words", [["敦煌", "壁画"], ["朝阳区", "公园"], ["市辖区"], []])
def test_a_county_without_its_ending_and_a_name_of_several_regions_are_no_place(
    places: Places, words: list[str]
) -> None:
    assert places.find(words) == []


def test_a_place_in_a_text_is_offered_as_a_filter_and_not_set(shelf: Catalogue) -> None:
    found = shelf.ask("甘肃的石窟")
    (offered,) = found.interpreted_as["filters"]
    assert (offered["facet"], offered["value"], offered["text"]) == ("region", "620000", "甘肃")
    assert offered["total"] == shelf.ask("甘肃的石窟", filters=Filters({"region": ("620000",)})).total
    assert {item.resource.title for item in found.items} > {"莫高窟", "云冈石窟"}


@pytest.mark.parametrize("text", ["甘肃", "上海的石窟", "甘肃 OR 石窟"])
def test_a_place_alone_or_without_anything_there_or_in_an_expression_is_not_offered(
    shelf: Catalogue, text: str
) -> None:
    assert "filters" not in shelf.ask(text).interpreted_as
