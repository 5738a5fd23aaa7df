from __future__ import annotations

import pytest

from search.analysis.tokens import LONGEST_WORD, RUN, bigrams_of, latin_word


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("temples", "temple"),
        ("galleries", "gallery"),
        ("grotto", "grotto"),
        ("bus", "bus"),
        ("glass", "glass"),
        ("cnjs", "cnjs"),
        ("28", "28"),
    ],
)
def test_a_latin_word_loses_only_its_plural_s(word: str, stem: str) -> None:
    assert latin_word(word) == stem


def test_a_latin_word_is_cut_at_its_longest() -> None:
    assert latin_word("x" * 1000) == "x" * LONGEST_WORD


def test_bigrams_are_neighbouring_pairs_and_none_for_one_character() -> None:
    assert bigrams_of("云冈石") == ["云冈", "冈石"]
    assert bigrams_of("云") == []


@pytest.mark.parametrize("script", ["𗼇𗟲", "𘬠𘬡", "𛅰𛅱", "𛀁𛀂", "𠮷野", "ꀀꀁ"])
def test_scripts_without_spaces_are_cut_into_pairs(script: str) -> None:
    assert RUN.findall(f"a {script}") == [("", "a"), (script, "")]
