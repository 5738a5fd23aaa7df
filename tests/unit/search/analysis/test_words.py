from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.assets import asset
from search.analysis.words import Analyzer, WordListError

ANY_TEXT = st.text(st.characters(exclude_categories=()))
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))


@pytest.mark.parametrize("word", ["非物质文化遗产", "葫芦瓶", "传承人", "玉壶春瓶", "苏州评弹", "传习所"])
def test_words_of_the_field_stay_whole(analyzer: Analyzer, word: str) -> None:
    assert word in analyzer.words("关于" + word + "的介绍")


def test_both_scripts_are_cut_alike(analyzer: Analyzer) -> None:
    simplified = analyzer.analyze("乾隆年间的戏曲与非物质文化遗产传承人")
    assert analyzer.analyze("乾隆年間的戲曲與非物質文化遺產傳承人") == simplified


def test_latin_words_and_numbers_are_tokens_of_all_three_lists(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze("Museum's 第28号 VR馆")
    for tokens in (analysis.words, analysis.bigrams, analysis.characters):
        assert [token for token in tokens if token.isascii()] == ["museum", "28", "vr"]


def test_bigrams_do_not_reach_over_punctuation(analyzer: Analyzer) -> None:
    assert analyzer.bigrams("云冈、龙门") == ["云冈", "龙门"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("有什么讲园林的书", ["讲园", "园林", "林的", "的书"]),
        ("明月几时有", ["明月", "月几", "几时", "时有"]),
        ("哪里", ["哪里"]),
    ],
)
def test_the_pairs_of_a_question_of_today_are_of_what_it_asks_about(
    analyzer: Analyzer, text: str, asked: list[str]
) -> None:
    folded = analyzer.fold(text)
    assert analyzer.bigrams(analyzer.asked(folded, analyzer.words(folded))) == asked


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("苏州园林", ["苏州", "园林"]),
        ("故宫博物院", ["故宫", "博物院"]),
        ("非物质文化遗产", ["物质", "文化", "遗产"]),
        ("滇越铁路", ["滇越", "铁路"]),
        ("牡丹亭", []),
        ("yungang", []),
    ],
)
def test_a_long_word_is_made_of_shorter_ones_side_by_side(
    analyzer: Analyzer, word: str, parts: list[str]
) -> None:
    assert analyzer.parts(word) == parts


def test_content_words_leave_out_what_only_asks(analyzer: Analyzer) -> None:
    assert analyzer.content_words("哪里可以看皮影戏") == ["皮影戏"]


def test_a_text_of_stop_words_keeps_them(analyzer: Analyzer) -> None:
    assert analyzer.content_words("什么") == ["什么"]


@given(text=ANY_TEXT)
def test_no_text_is_refused_and_no_token_has_a_space(analyzer: Analyzer, text: str) -> None:
    analysis = analyzer.analyze(text)
    tokens = [*analysis.words, *analysis.bigrams, *analysis.characters]
    assert all(token and token.split() == [token] for token in tokens)


@given(text=CHINESE)
def test_words_and_characters_both_spell_out_the_text(analyzer: Analyzer, text: str) -> None:
    folded = analyzer.fold(text)
    assert "".join(analyzer.words(folded)) == folded
    assert "".join(analyzer.characters(folded)) == folded


def test_each_analyzer_has_words_of_its_own(analyzer: Analyzer, tmp_path: Path) -> None:
    own = _directory(tmp_path, "铁路三角洲 100000\n")
    assert own.words("铁路三角洲") == ["铁路三角洲"]
    assert len(analyzer.words("铁路三角洲")) > 1


def test_a_broken_line_of_the_user_dictionary_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordListError, match="葫芦瓶 many"):
        _directory(tmp_path, "葫芦瓶 many\n")


def _directory(folder: Path, dictionary: str) -> Analyzer:
    for name in ("fold.tsv", "stopwords.txt", "question_words.txt", "question_frames.yaml"):
        shutil.copy(asset("index_config") / name, folder)
    (folder / "user_dictionary.txt").write_text(dictionary, encoding="utf-8")
    return Analyzer(folder)


def test_before_a_role_stands_a_title_whose_latin_words_are_apart(analyzer: Analyzer) -> None:
    for text, title in (("War and Peace 译者", "war and peace"), ("霸王别姬 导演", "霸王别姬"), ("导演", "")):
        assert analyzer.before_a_role(analyzer.words(analyzer.fold(text))) == title
