from __future__ import annotations

from unittest.mock import Mock

import pytest

from search.reading.understanding import identifier_in
from search.reading.units import UnitMaker
from search.specification import Specification


@pytest.fixture
def reading(specification: Specification) -> Mock:
    """Pinyin that says what it was asked for."""
    return Mock(wraps=specification.pinyin)


@pytest.fixture
def maker(specification: Specification, reading: Mock) -> UnitMaker:
    return UnitMaker(specification.analyzer, reading)


def as_typed(*words: str) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


def test_a_text_of_characters_or_of_letters_alone_is_not_read_for_names_typed_by_half(
    maker: UnitMaker, reading: Mock
) -> None:
    assert maker.half_spoken("敦煌壁画", as_typed("敦煌", "壁画")) == {}
    assert maker.half_spoken("li bai", as_typed("li", "bai")) == {}
    reading.syllables.assert_not_called()
    reading.split_pinyin.assert_not_called()


def test_a_word_that_no_name_has_is_not_read(maker: UnitMaker, reading: Mock) -> None:
    assert maker.half_spoken("的a壁画", as_typed("的", "a", "壁画")) == {}
    reading.syllables.assert_not_called()
    reading.split_pinyin.assert_not_called()


def test_a_name_of_which_a_part_was_typed_by_its_sound_is_read(maker: UnitMaker) -> None:
    (found,) = maker.half_spoken("李bai", as_typed("李", "bai")).values()
    assert found.syllables == ["li", "bai"]
    assert found.unit.label == "李bai"


def test_a_word_is_made_with_what_it_stands_for(maker: UnitMaker) -> None:
    unit = maker.of("电影", "電影", region="620982", is_kind=True, any_of=(("kind", "audiovisual"),))
    assert (unit.label, unit.bigrams) == ("電影", ("电影",))
    assert (unit.region, unit.is_kind, unit.codes) == ("620982", True, {"kind": ("audiovisual",)})


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("mogao-cave-285", "mogaocave285"),
        ("Mogao cave 285", None),
        ("ISSN 1000-4106", "10004106"),
        ("Ⅳ-1", "iv1"),
    ],
)
def test_several_words_and_a_figure_are_no_number_though_a_record_may_have_them_for_one(
    typed: str, number: str | None
) -> None:
    assert identifier_in(typed) == number
