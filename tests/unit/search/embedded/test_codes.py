from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Unavailable
from search.embedded.codes import CodeBook


def test_a_code_keeps_its_number_through_saving_and_reading(tmp_path: Path) -> None:
    book = CodeBook(tmp_path / "codes.json")
    assert book.numbers("period", ["ming", "qing", "ming"]) == [0, 1]
    assert book.numbers("region", ["110000"]) == [0]
    book.save()
    again = CodeBook(tmp_path / "codes.json")
    assert again.numbers("period", ["qing", "tang"]) == [1, 2]
    assert again.named("period", [(2, 5), (0, 7)]) == {"tang": 5, "ming": 7}


def test_a_number_written_after_the_book_was_read_has_no_code_yet(tmp_path: Path) -> None:
    book = CodeBook(tmp_path / "codes.json")
    assert book.named("period", [(0, 1)]) == {}
    assert book.find("period", ["ming"]) == []
    assert book.size("period") == 0


def test_looking_a_code_up_does_not_add_it(tmp_path: Path) -> None:
    book = CodeBook(tmp_path / "codes.json")
    book.numbers("period", ["ming"])
    assert book.find("period", ["tang", "ming"]) == [0]
    assert book.size("period") == 1


def test_a_book_that_did_not_grow_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    book = CodeBook(path)
    book.numbers("period", ["ming"])
    book.save()
    written = path.stat().st_ino
    book.numbers("period", ["ming"])
    book.save()
    assert path.stat().st_ino == written


def test_a_book_is_there_though_it_has_no_codes_and_missed_where_documents_use_it(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    CodeBook(path).save()
    assert CodeBook(path, documents=1).size("period") == 0
    path.unlink()
    with pytest.raises(Unavailable, match=r"codes\.json is missing"):
        CodeBook(path, documents=1)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=3))))
def test_numbers_and_codes_are_each_others_inverse(lists: list[list[str]]) -> None:
    book = CodeBook(Path("never-written"))
    for codes in lists:
        numbers = book.numbers("f", codes)
        assert list(book.named("f", [(number, 1) for number in numbers])) == list(dict.fromkeys(codes))
        assert book.find("f", codes) == [book.find("f", [code])[0] for code in codes]
    assert book.size("f") == len({code for codes in lists for code in codes})
