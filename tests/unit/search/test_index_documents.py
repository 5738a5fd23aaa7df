from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from support import HOUSES, document

from catalog.institutions import Institution
from catalog.lifecycle import State
from catalog.resources import Resource
from search.documents import DocumentMaker, IndexDocument
from search.specification import Specification


@pytest.fixture(scope="module")
def maker(specification: Specification) -> DocumentMaker:
    houses = {
        house["code"]: Institution(number, house["code"], house["name"], None, house)
        for number, house in enumerate(HOUSES, 1)
    }
    return DocumentMaker(specification.schemas, houses)


def resource(kind: str = "book", house: str = "nlc", title: str = "某书", **fields: Any) -> Resource:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Resource(7, "0" * 26, kind, house, State.PUBLISHED, 3, document(title, **fields), moment, moment)


def made(maker: DocumentMaker, **what: Any) -> IndexDocument:
    return maker.make(resource(**what))


def test_a_document_names_the_resource_and_its_revision(maker: DocumentMaker) -> None:
    document = made(maker, title="清明上河图")
    assert (document.number, document.revision, document.title) == (7, 3, "清明上河图")
    assert document.codes["kind"] == ["book"]
    assert document.codes["institution"] == ["nlc"]


def test_texts_go_to_the_group_that_the_schema_names(maker: DocumentMaker) -> None:
    document = made(
        maker,
        title="清明上河图",
        contributors=[{"name": "张择端", "variants": ["正道"]}],
        subjects=[{"label": "界画"}],
        description="北宋长卷",
        identifiers=[{"scheme": "isbn", "value": "978-7-101-00304-8"}],
        holdings=[{"call_number": "J222.44 / 3"}],
    )
    assert document.titles == ["清明上河图"]
    assert document.names == ["张择端", "正道"]
    assert document.subjects == ["界画"]
    assert document.body == ["北宋长卷"]
    assert document.identifiers[1:] == ["9787101003048", "j222443"]
    assert document.text == "清明上河图\n张择端\n正道\n界画\n北宋长卷"


def test_a_code_is_searched_by_its_chinese_names(maker: DocumentMaker) -> None:
    document = made(maker, kind="heritage", site_class="grotto_stone", dates=[{"dynasty": "ming"}])
    texts = [*document.names, *document.subjects]
    assert {"石窟寺及石刻", "明", "明代", "明朝"} <= {name for text in texts for name in text.split("\n")}


def test_a_facet_code_brings_what_lies_above_it(maker: DocumentMaker) -> None:
    document = made(maker, places=[{"gb2260": "620982"}], dates=[{"dynasty": "northern_song"}])
    assert document.codes["region"] == ["620982", "620900", "620000"]
    assert document.codes["period"] == ["northern_song", "song"]


def test_two_places_of_one_province_bring_the_province_once(maker: DocumentMaker) -> None:
    document = made(maker, places=[{"gb2260": "620982"}, {"gb2260": "620902"}])
    assert document.codes["region"] == ["620982", "620902", "620900", "620000"]


def test_without_a_place_the_region_is_the_institutions(maker: DocumentMaker) -> None:
    assert made(maker, house="suzhou").codes["region"] == ["320508", "320500", "320000"]
    assert made(maker, house="nowhere").codes["region"] == []


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        ([], (None, None)),
        ([{"edtf": "1897-05"}], (1897, 1897)),
        ([{"edtf": "1368/1644"}], (1368, 1644)),
        ([{"edtf": "../1949"}], (-9999, 1949)),
        ([{"edtf": "1949/.."}], (1949, 9999)),
        ([{"reign": "qing_guangxu", "reign_year": 23}], (1897, 1897)),
        ([{"edtf": "1368"}, {"edtf": "1911"}], (1368, 1911)),
        ([{"display": "年代不详"}], (None, None)),
        ([{"reign": "qing_guangxu", "reign_year": 99}, {"edtf": "1911"}], (1911, 1911)),
    ],
)
def test_the_years_span_all_dates(
    maker: DocumentMaker, dates: list[dict[str, Any]], years: tuple[int | None, int | None]
) -> None:
    document = made(maker, dates=dates)
    assert (document.year_from, document.year_to) == years


def test_a_date_of_listing_counts_only_where_nothing_else_is_known(maker: DocumentMaker) -> None:
    listed, built = {"edtf": "2013", "type": "listed"}, {"edtf": "0780", "type": "built"}
    both = made(maker, dates=[listed, built])
    assert (both.year_from, both.year_to) == (780, 780)
    alone = made(maker, dates=[listed])
    assert (alone.year_from, alone.year_to) == (2013, 2013)


def test_codes_are_searched_by_their_chinese_names(maker: DocumentMaker) -> None:
    document = made(maker, kind="heritage", relic_category="porcelain")
    assert "瓷器" in document.text
    film = made(maker, kind="audiovisual", opera_genre="yueju_shaoxing", audience=["children"])
    assert "越剧" in film.text
    assert "小学生" in film.text


def test_what_goes_without_saying_of_a_film_is_not_searched(maker: DocumentMaker) -> None:
    plain = made(maker, kind="audiovisual", sound="有声", colour="彩色")
    silent = made(maker, kind="audiovisual", sound="无声", colour="黑白")
    assert plain.body == []
    assert {*silent.body} == {"无声", "黑白"}
