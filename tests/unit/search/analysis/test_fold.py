from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.fold import Folding, FoldTableError, read_fold_table

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("緖甯硏戯淸", "绪宁研戏清"),
        ("戲曲與雲岡石窟", "戏曲与云冈石窟"),
        ("乾隆", "干隆"),
        ("錢鍾書 钱锺书 钱钟书", "钱钟书 钱钟书 钱钟书"),
        ("著作 活著 活着", "著作 活著 活著"),
        ("ＡＢＣ１２", "abc12"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("ﾃﾞｰﾀ", "テータ"),
        ("データ", "テータ"),
        ("㈱", "(株)"),
        ("Ⅱ-28", "ii-28"),
        ("lǜ", "lu"),
        ("⻓城 ⻄安 ⻢王堆 ⻰门", "长城 西安 马王堆 龙门"),
        ("⻑ ⻱ ⻲ ⻳", "长 龟 龟 龟"),
        ("⺾ ⺿ ⻀", "艹 艹 艹"),
        ("二◯二○ 二〇二零", "二零二零 二零二零"),
    ],
)
def test_forms_of_one_character_fold_alike(folding: Folding, written: str, folded: str) -> None:
    assert folding.fold(written) == folded


def test_common_simplified_characters_stay_as_they_are(folding: Folding) -> None:
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    changed = {character for character in common if folding.fold(character) != character}
    # What is written with one character in traditional script is one here, too: 乾 is 干 but for one reading.
    assert changed == {"乾", "藉"}


def test_a_radical_that_stands_for_a_character_is_that_character(folding: Folding) -> None:
    radicals = [chr(code) for code in range(0x2E80, 0x2FD6) if unicodedata.category(chr(code)) != "Cn"]
    # U+2E80 is no character's form.
    assert [one for one in radicals if folding.fold(one) in radicals] == ["⺀"]


def test_lone_surrogates_and_controls_become_spaces(folding: Folding) -> None:
    assert folding.fold("文\ud800化\x00馆\n") == "文 化 馆 "


def test_every_code_point_folds_once_and_for_all(folding: Folding) -> None:
    unstable = [
        code
        for code in range(sys.maxunicode + 1)
        if folding.fold(folding.fold(chr(code))) != folding.fold(chr(code))
    ]
    assert unstable == []


@given(first=ANY_TEXT, second=ANY_TEXT)
def test_folding_does_not_depend_on_neighbours(folding: Folding, first: str, second: str) -> None:
    assert folding.fold(first + second) == folding.fold(first) + folding.fold(second)


@given(text=ANY_TEXT)
def test_offsets_name_the_character_that_each_folded_one_comes_from(folding: Folding, text: str) -> None:
    folded, offsets = folding.fold_with_offsets(text)
    assert folded == folding.fold(text)
    assert list(offsets) == sorted(offsets)
    assert all(
        character in folding.fold(text[offset]) for character, offset in zip(folded, offsets, strict=True)
    )


@given(texts=st.lists(ANY_TEXT))
def test_texts_fold_together_as_each_does_alone(folding: Folding, texts: list[str]) -> None:
    together = [(folded, list(offsets)) for folded, offsets in folding.fold_each(texts)]
    alone = [(folded, list(offsets)) for folded, offsets in map(folding.fold_with_offsets, texts)]
    assert together == alone


def test_a_broken_line_of_the_table_is_named(tmp_path: Path) -> None:
    table = tmp_path / "fold.tsv"
    table.write_text("# comment\n戲\t戏\n戲曲\t戏\n", encoding="utf-8")
    with pytest.raises(FoldTableError, match=r"fold\.tsv, line 3"):
        read_fold_table(table)
