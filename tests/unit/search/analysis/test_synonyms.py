from __future__ import annotations

from pathlib import Path

import pytest

from search.analysis.synonyms import Named, Synonyms, SynonymTableError


def table(folder: Path, text: str, classes: str = "", former: str = "") -> Synonyms:
    (folder / "synonyms.tsv").write_text(text, encoding="utf-8")
    (folder / "former_names.tsv").write_text(former, encoding="utf-8")
    (folder / "class_words.tsv").write_text(classes, encoding="utf-8")
    return Synonyms(folder, lambda name: name.lower().split())


def test_a_name_gives_the_others_the_longest_first(tmp_path: Path) -> None:
    synonyms = table(tmp_path, "# names\n\nPalace Museum\tForbidden City\tGugong\nPalace\tCastle\n")
    assert synonyms.at(["the", "palace", "museum"], 1) == Named(
        3, ("Forbidden City", "Gugong"), one_way=False, is_class=False
    )
    assert synonyms.at(["palace", "garden"], 0) == Named(1, ("Castle",), one_way=False, is_class=False)
    assert synonyms.at(["museum"], 0) is None


def test_a_name_says_which_is_the_standard_one_of_its_thing(tmp_path: Path) -> None:
    synonyms = table(tmp_path, "Palace Museum\tForbidden City\n")
    for words, standard in ((["forbidden", "city"], "Palace Museum"), (["palace", "museum"], "")):
        named = synonyms.at(words, 0)
        assert named is not None
        assert named.standard == standard


def test_a_class_word_leads_to_the_chinese_ones_and_they_to_nothing(tmp_path: Path) -> None:
    synonyms = table(tmp_path, "", "main hall\t大殿\t正殿\n")
    assert synonyms.at(["main", "hall"], 0) == Named(2, ("大殿", "正殿"), one_way=True, is_class=True)
    assert synonyms.at(["大殿"], 0) is None


def test_a_former_name_leads_to_the_name_of_today_and_that_to_nothing(tmp_path: Path) -> None:
    synonyms = table(tmp_path, "", former="Xiangyang\tXiangfan\tXiangzhou\n")
    assert synonyms.at(["xiangzhou"], 0) == Named(1, ("Xiangyang",), one_way=True, is_class=False)
    assert synonyms.at(["xiangyang"], 0) is None


def test_a_name_may_be_said_with_a_particle_in_it_and_none_at_its_ends(tmp_path: Path) -> None:
    synonyms = table(tmp_path, "孔子 墓\t孔林\n")
    assert synonyms.at(["孔子", "的", "墓"], 0) == Named(3, ("孔林",), one_way=False, is_class=False)
    assert synonyms.at(["的", "孔子", "墓"], 0) is None
    assert synonyms.at(["孔子", "的"], 0) is None


@pytest.mark.parametrize("text", ["one name\n", "a\t\n", "a\tb\nb\tc\n"])
def test_a_line_that_is_no_set_of_names_is_refused_with_its_number(tmp_path: Path, text: str) -> None:
    with pytest.raises(SynonymTableError, match=r"synonyms\.tsv, line \d: write at least two names"):
        table(tmp_path, text)
