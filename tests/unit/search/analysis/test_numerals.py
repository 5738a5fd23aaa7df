from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reigns import chinese_number
from search.analysis.numerals import number_at
from search.analysis.words import Analyzer


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("24史", ("二十四", "xxiv")),
        ("三体Ⅱ", ("2", "二")),
        ("3", ("三", "iii")),
        ("2001太空漫游", ("二零零一",)),
        ("第三二〇窟", ("第320窟", "第三百二十窟")),
        ("第320窟", ("第三百二十窟", "第三二零窟")),
        ("三百二十窟", ("320窟", "三二零窟")),
        ("第八批", ("第8批", "viii")),
        ("第十二", ("第12", "xii")),
        ("第二季", ("第2季", "ii")),
        ("第3版", ("第三版", "iii")),
    ],
)
def test_a_number_is_known_in_other_figures(analyzer: Analyzer, text: str, others: tuple[str, ...]) -> None:
    words = analyzer.words(analyzer.fold(text))
    found = [number for place in range(len(words)) if (number := number_at(words, place))]
    assert found[0].others == others


@pytest.mark.parametrize("text", ["三国演义", "万一", "三千世界", "十一", "0012", "12345", "c", "x"])
def test_what_does_not_count_is_a_word(analyzer: Analyzer, text: str) -> None:
    words = analyzer.words(analyzer.fold(text))
    assert not any(number_at(words, place) for place in range(len(words)))


@given(number=st.integers(1, 999))
def test_the_chinese_figures_of_a_number_are_read_as_it(number: int) -> None:
    found = number_at([str(number)], 0)
    assert found is not None
    chinese = [other for other in found.others if not other.isascii()]
    assert chinese
    assert {chinese_number(other) for other in chinese} == {number}


@given(words=st.lists(st.text("第三二零十百窟部x12aé", min_size=1, max_size=4), min_size=1, max_size=8))
def test_a_number_lies_within_the_words_and_is_not_its_own_other_name(words: list[str]) -> None:
    for place in range(len(words)):
        if number := number_at(words, place):
            assert place < number.end <= len(words)
            assert "".join(words[place : number.end]) not in number.others


@pytest.mark.parametrize(
    ("words", "others"),
    [(("三", "体", "二"), ("2", "ii")), (("射雕", "三"), ("3", "iii")), (("三体",), None), (("二",), None)],
)
def test_a_chinese_figure_behind_a_name_is_the_number_of_a_part(
    words: tuple[str, ...], others: tuple[str, ...] | None
) -> None:
    part = number_at(words, len(words) - 1)
    assert (part and part.others) == others


def test_however_great_a_number_is_its_figures_are_few(analyzer: Analyzer) -> None:
    words = analyzer.words(f"第{'九' * 200}窟")
    found = [number for place in range(len(words)) if (number := number_at(words, place))]
    assert sum(len(name) for number in found for name in number.others) < 2000
