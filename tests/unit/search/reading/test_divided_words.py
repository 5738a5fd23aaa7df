from __future__ import annotations

import pytest

from catalog.assets import asset
from search.directory import fixed_names
from search.reading.divided_words import Divider
from search.reading.known_names import KnownNames
from search.specification import Specification


@pytest.fixture(scope="module")
def known(specification: Specification) -> KnownNames:
    analyzer = specification.analyzer
    fixed = fixed_names(asset("index_config"), specification.schemas.vocabulary("region"))
    return KnownNames(fixed, lambda name: analyzer.words(analyzer.fold(name)))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("明清小说", ["明清", "小说"]),
        ("苏州园林", ["苏州", "园林"]),
        ("英文书", ["英文", "书"]),
        ("粤语片", ["粤语", "影片"]),
        ("科幻片", ["科幻", "影片"]),
        ("战争电影", ["战争", "电影"]),
        ("儿童图书", ["儿童", "图书"]),
        ("故事书", ["故事", "书"]),
        ("画展", ["画", "展览"]),
        ("照片", ["照片"]),
        ("文书", ["文书"]),
        ("发展", ["发展"]),
        ("英语教材", ["英语", "教材"]),
        ("红楼梦", ["红楼梦"]),
        ("连环画书", ["连环画书"]),
        ("书", ["书"]),
    ],
)
def test_a_time_a_place_or_a_language_and_what_is_of_any_are_two_words(
    specification: Specification, known: KnownNames, word: str, parts: list[str]
) -> None:
    divider = Divider(specification.analyzer, specification.synonyms, specification.code_words)
    assert divider.divided([word], known) == parts


def test_a_language_that_is_cut_in_two_is_joined_and_an_exhibition_is_one_however_short(
    specification: Specification,
) -> None:
    divider = Divider(specification.analyzer, specification.synonyms, specification.code_words)
    assert divider.divided(["中", "文书"], None) == ["中文", "书"]
    assert divider.divided(["旧", "文书"], None) == ["旧", "文书"]
    assert divider.divided(["三星堆", "展"], None) == ["三星堆", "展览"]
    assert divider.divided(["展"], None) == ["展"]


def test_a_prefecture_is_its_place_unless_it_is_another_one(
    specification: Specification, known: KnownNames
) -> None:
    divider = Divider(specification.analyzer, specification.synonyms, specification.code_words)
    assert divider.divided(["大同", "府", "地图"], known) == ["大同", "地图"]
    assert divider.divided(["河南", "府"], known) == ["河南", "府"]
    assert divider.divided(["红楼梦", "府"], known) == ["红楼梦", "府"]
    assert divider.divided(["府"], known) == ["府"]


def test_without_known_names_no_place_is_told(specification: Specification) -> None:
    divider = Divider(specification.analyzer, specification.synonyms, specification.code_words)
    assert divider.divided(["英文书", "明清小说"], None) == ["英文", "书", "明清", "小说"]
