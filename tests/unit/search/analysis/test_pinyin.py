from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.pinyin import Pinyin, PinyinTableError

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("清明上河图", "qing ming shang he tu"),
        ("雲岡石窟", "yun gang shi ku"),
        ("曾国藩", "zeng guo fan"),
        ("曾经", "ceng jing"),
        ("单田芳", "shan tian fang"),
        ("单弦", "dan xian"),
        ("仇英", "qiu ying"),
        ("重庆", "chong qing"),
        ("重量", "zhong liang"),
        ("长安", "chang an"),
        ("乐山", "le shan"),
        ("音乐", "yin yue"),
        ("西藏", "xi zang"),
        ("大藏经", "da zang jing"),
        ("乾隆", "qian long"),
        ("绿色", "lu se"),
        ("活着", "huo zhe"),
        ("著名", "zhu ming"),
        ("着陆", "zhuo lu"),
        ("朝阳市", "chao yang shi"),
        ("漯河", "luo he"),
        ("呼兰河传", "hu lan he zhuan"),
        ("杨家将传（上）", "yang jia jiang zhuan shang"),
        ("宣传", "xuan chuan"),
        ("传统", "chuan tong"),
        ("乾亨", "qian heng"),
        ("《红楼梦》abc", "hong lou meng"),
    ],
)
def test_titles_are_read_as_people_read_them(pinyin: Pinyin, text: str, spelt: str) -> None:
    assert pinyin.syllables(text) == spelt.split()


def test_a_title_is_indexed_by_syllables_pairs_and_initials(pinyin: Pinyin) -> None:
    tokens = ["qing", "ming", "shang", "qingming", "mingshang", "qms"]
    assert pinyin.pinyin_tokens("清明上") == tokens


def test_runs_longer_than_twelve_have_no_initials(pinyin: Pinyin) -> None:
    assert "y" * 13 not in pinyin.pinyin_tokens("一" * 13)
    assert "y" * 12 in pinyin.pinyin_tokens("一" * 12)


@pytest.mark.parametrize(
    ("typed", "syllables"),
    [
        ("qingmingshanghetu", ["qing", "ming", "shang", "he", "tu"]),
        ("Yungang", ["yun", "gang"]),
        ("xian", ["xian"]),
        ("lvse", ["lu", "se"]),
        ("lüse", ["lu", "se"]),
        ("fangan", ["fan", "gan"]),
        ("grottoes", None),
        ("", None),
    ],
)
def test_unspaced_pinyin_is_cut_into_syllables(
    pinyin: Pinyin, typed: str, syllables: list[str] | None
) -> None:
    assert pinyin.split_pinyin(typed) == syllables


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("Yungang Grottoes", ["yun", "gang", "yungang"]),
        ("yun gang", ["yun", "gang", "yungang"]),
        ("Xi'an", ["xi", "an", "xian"]),
        ("qmsht", ["qmsht"]),
        ("grottoes", []),
        ("云冈石窟", []),
        ("q", []),
    ],
)
def test_what_is_typed_becomes_tokens_of_the_index(pinyin: Pinyin, typed: str, tokens: list[str]) -> None:
    assert pinyin.query_tokens(typed) == tokens


def test_a_word_whose_cut_is_doubtful_still_finds_its_title(pinyin: Pinyin) -> None:
    assert set(pinyin.query_tokens("changan")) & set(pinyin.pinyin_tokens("长安"))


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("changan", ["changan"]),
        ("chang'an", ["chang", "an", "changan"]),
        ("changansanwanli", ["san", "wan", "li", "changan", "sanwan", "wanli"]),
        ("yungang", ["yun", "gang", "yungang"]),
    ],
)
def test_of_a_doubtful_cut_only_the_pair_is_certain(pinyin: Pinyin, typed: str, tokens: list[str]) -> None:
    assert pinyin.query_tokens(typed, certain=True) == tokens


@pytest.mark.parametrize(
    ("words", "initials"),
    [
        (("yg", "石窟"), "ygsk"),
        (("莫", "gk"), "mgk"),
        (("yg",), None),
        (("石窟",), None),
        (("html", "css"), None),
        (("mp3", "音乐"), None),
    ],
)
def test_initials_beside_characters_go_on_with_theirs(
    pinyin: Pinyin, words: tuple[str, ...], initials: str | None
) -> None:
    assert pinyin.mixed_initials(words) == initials


@given(text=st.text("changanxiyoe", max_size=12))
def test_what_is_certain_is_among_what_is_looked_up(pinyin: Pinyin, text: str) -> None:
    certain = pinyin.query_tokens(text, certain=True)
    assert {*certain} <= {*pinyin.query_tokens(text)}
    assert bool(certain) == bool(pinyin.query_tokens(text))


def test_titles_sort_by_pinyin_with_digits_and_letters_first(pinyin: Pinyin) -> None:
    titles = ["3D展", "A展", "", "白蛇传", "《长安》", "长安十二时辰", "重庆", "周易", "한국"]
    assert sorted(titles, key=pinyin.sort_key) == ["", *titles[:2], *titles[3:]]


@given(text=ANY_TEXT)
def test_no_text_is_refused(pinyin: Pinyin, text: str) -> None:
    assert 0 <= pinyin.sort_key(text) < 2**63
    assert all(token.isascii() for token in pinyin.pinyin_tokens(text) + pinyin.query_tokens(text))


@given(text=st.text("清明上河图云冈石窟长安", min_size=1, max_size=12))
def test_typing_a_title_in_one_word_finds_one_of_its_tokens(pinyin: Pinyin, text: str) -> None:
    typed = "".join(pinyin.syllables(text))
    assert set(pinyin.query_tokens(typed)) & set(pinyin.pinyin_tokens(text))


def test_a_phrase_with_too_few_syllables_is_named(tmp_path: Path) -> None:
    (tmp_path / "fold.tsv").write_text("", encoding="utf-8")
    (tmp_path / "pinyin_characters.tsv").write_text("chong\t重\n", encoding="utf-8")
    (tmp_path / "pinyin_phrases.tsv").write_text("重庆\tchong\n", encoding="utf-8")
    with pytest.raises(PinyinTableError, match="重庆 needs 2 syllables"):
        Pinyin(tmp_path)


def test_a_syllable_that_occurs_only_inside_words_has_its_place_in_the_order(pinyin: Pinyin) -> None:
    assert pinyin.syllables("总得") == ["zong", "dei"]
    assert pinyin.sort_key("总得") > pinyin.sort_key("总")


VERSE = "春眠不覺曉，處處聞啼鳥。\n夜來風雨聲，花落知多少。"


def test_each_line_of_a_verse_is_a_token_and_so_is_what_is_typed_of_it(pinyin: Pinyin) -> None:
    lines = pinyin.lines(VERSE)
    assert lines[0] == "/chunmianbujuexiao"
    assert len(lines) == 4
    for typed in ("chunmian bu jue xiao", "chunmianbujuexiao", "ye lai feng yu sheng hua luo zhi duo shao"):
        assert set(lines) & set(pinyin.spoken_lines(typed)), typed


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "春眠不覺曉",
        "收《狂人日记》《孔乙己》等十余篇小说，是中国现代白话短篇小说的奠基之作，影响深远。",
        "Caves near Datong. Many of them, old.",
    ],
)
def test_prose_has_no_lines(pinyin: Pinyin, prose: str) -> None:
    assert pinyin.lines(prose) == []


def test_three_syllables_are_no_line(pinyin: Pinyin) -> None:
    assert pinyin.spoken_lines("dun huang shi") == []
    assert pinyin.spoken_lines("敦煌") == []


def test_beside_characters_what_has_a_vowel_is_no_initials(pinyin: Pinyin) -> None:
    assert pinyin.query_tokens("asm") == ["asm"]
    assert pinyin.query_tokens("支持 lor") == []
    assert pinyin.query_tokens("石窟 dhbh") == ["dhbh"]


def test_a_long_title_is_not_read_to_tell_that_it_is_no_name(
    pinyin: Pinyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Mock(side_effect=pinyin.syllables)
    monkeypatch.setattr(pinyin, "syllables", read)
    assert pinyin.whole_name("论敦煌壁画与莫高窟的保护") is None
    read.assert_not_called()
    assert pinyin.whole_name("李白") == "=libai"
