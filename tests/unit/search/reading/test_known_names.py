from __future__ import annotations

import pytest

from catalog.assets import asset
from search.directory import fixed_names
from search.reading.known_names import KnownNames
from search.specification import Specification

HOUSES = {
    "njmuseum": ("南京博物院", "Nanjing Museum", "南博"),
    "one": ("县图书馆", "county library"),
    "other": ("县图书馆", "other library"),
}


@pytest.fixture(scope="module")
def known(specification: Specification) -> KnownNames:
    analyzer = specification.analyzer
    fixed = fixed_names(asset("index_config"), specification.schemas.vocabulary("region"))
    houses = [("institution", code, name) for code, names in HOUSES.items() for name in names]
    return KnownNames([*fixed, *houses], lambda name: analyzer.words(analyzer.fold(name)))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["上海", "的", "电影"], [("上海", "310000"), ("电影", "audiovisual")]),
        (["苏州", "市", "园林"], [("苏州市", "320500")]),
        (["敦煌市", "石窟"], [("敦煌市", "620982")]),
        (["北京", "和", "上海"], [("北京", "110000"), ("上海", "310000")]),
        (["temple", "in", "shanxi"], [("shanxi", "140000")]),
        (["inner", "mongolia"], [("innermongolia", "150000")]),
        (["南京", "博物院", "金器"], [("南京博物院", "njmuseum")]),
        (["金器", "nanjing", "museum"], [("nanjingmuseum", "njmuseum")]),
        (["南京", "南博"], [("南京", "320100"), ("南博", "njmuseum")]),
        (["延边", "剪纸"], [("延边", "222400")]),
        (["湘西", "古城"], [("湘西", "433100")]),
        (["巴音郭楞"], [("巴音郭楞", "652800")]),
        (["吉林", "剪纸"], [("吉林", "220000")]),
        (["嘉峪关市"], [("嘉峪关市", "620200")]),
        (["海南"], [("海南", "460000")]),
    ],
)
def test_provinces_and_prefectures_are_known_by_short_names_and_counties_by_full_ones_and_institutions_by_all(
    known: KnownNames, words: list[str], found: list[tuple[str, str]]
) -> None:
    mentions = known.find(words)
    assert [(mention.text, mention.code) for mention in mentions] == found
    assert all("".join(words[m.start : m.end]) == m.text for m in mentions)


@pytest.mark.parametrize(
    "words",
    [["敦煌", "壁画"], ["朝阳区", "公园"], ["市辖区"], ["县", "图书馆"], ["白银", "首饰"], ["解放区"], []],
)
def test_a_county_without_its_ending_and_a_name_of_several_are_no_mention(
    known: KnownNames, words: list[str]
) -> None:
    assert known.find(words) == []


def test_the_chinese_names_of_a_region_are_known_by_its_code(known: KnownNames) -> None:
    names = known.names_of("region", "110000")
    assert {"北京", "北京市"} <= {*names}
    assert not any(name.isascii() for name in names)
