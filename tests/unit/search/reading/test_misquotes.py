from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.reading.misquotes import Standing, quoted, with_one_slip, with_two_wrong
from search.reading.reader import Reader
from search.specification import Specification

verses = st.text("春眠不觉晓处闻啼鸟", min_size=4, max_size=8)


def stands(one: Standing, passage: str) -> bool:
    """Whether a passage has the characters in their places, wherever it begins."""
    return any(
        all(passage[start + place : start + place + 1] == character for place, character in one.characters)
        for start in range(len(passage))
    )


def is_found(typed: str, passage: str) -> bool:
    return any(stands(one, passage) for one in with_one_slip(typed))


@given(verse=verses, place=st.integers(0, 7), other=st.sampled_from("月日"))
def test_a_verse_is_found_by_any_one_character_wrong(verse: str, place: int, other: str) -> None:
    place %= len(verse)
    assert is_found(verse[:place] + other + verse[place + 1 :], f"前{verse}后")


@given(verse=verses, place=st.integers(1, 6), other=st.sampled_from("月日"))
def test_a_verse_is_found_by_one_character_too_many(verse: str, place: int, other: str) -> None:
    place = 1 + place % (len(verse) - 1)
    assert is_found(verse[:place] + other + verse[place:], f"前{verse}后")


@given(verse=verses, place=st.integers(0, 6))
def test_a_verse_is_found_by_two_neighbours_exchanged(verse: str, place: int) -> None:
    place %= len(verse) - 1
    exchanged = verse[:place] + verse[place + 1] + verse[place] + verse[place + 2 :]
    assert exchanged == verse or is_found(exchanged, f"前{verse}后")


@given(verse=verses, place=st.integers(1, 6), forgotten=st.integers(1, 3))
def test_a_verse_is_found_where_up_to_three_characters_were_forgotten(
    verse: str, place: int, forgotten: int
) -> None:
    place = 1 + place % (len(verse) - 1)
    assert is_found(verse, f"前{verse[:place]}{'日月星'[:forgotten]}{verse[place:]}后")


def test_what_has_hardly_anything_of_a_verse_is_not_found() -> None:
    assert not is_found("春眠不觉晓", "春日不知眠")
    assert not is_found("春眠不觉晓", "晓觉不眠春")


def test_of_six_characters_two_may_be_wrong_and_of_fewer_not() -> None:
    assert any(stands(one, "春眠不觉晓鸟") for one in with_two_wrong("春日不觉月鸟"))
    assert not list(with_two_wrong("春日不觉月"))


def test_where_a_text_was_parted_and_what_is_wrong_is_told() -> None:
    told = {(one.parted, one.wrong) for one in with_one_slip("春眠不觉")}
    assert {parted for parted, wrong in told if not wrong} == {1, 2, 3}
    assert {wrong for _, wrong in told} >= {frozenset({n}) for n in range(4)} | {frozenset({0, 1})}


def test_a_few_chinese_characters_in_a_row_may_be_a_quotation_and_nothing_else(
    specification: Specification,
) -> None:
    reader = Reader(
        specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
    )
    for text in ("“春眠不觉晓”出自哪首诗", "春眠不觉晓是谁写的？"):
        assert quoted(reader.read(text)) == "春眠不觉晓"
    assert quoted(reader.read("春眠不觉晓，处处闻啼鸟")) == "春眠不觉晓处处闻啼鸟"
    for text in (
        "春眠不",
        "春眠 不觉晓",
        "chunmian不觉",
        "题名:春眠不觉晓",
        "现代物理学之父是谁？",
        "春眠不觉晓处处闻啼鸟夜来风",
    ):
        assert quoted(reader.read(text)) == ""
