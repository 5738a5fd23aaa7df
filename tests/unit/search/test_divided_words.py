from __future__ import annotations

import pytest

from catalog.assets import asset
from search.directory import KnownNames, fixed_names
from search.divided_words import Divider
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
        ("粤语片", ["粤语", "片"]),
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


def test_without_known_names_no_place_is_told(specification: Specification) -> None:
    divider = Divider(specification.analyzer, specification.synonyms, specification.code_words)
    assert divider.divided(["英文书", "明清小说"], None) == ["英文", "书", "明清", "小说"]
