from __future__ import annotations

import json
import zlib
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


def test_the_length_of_the_log_is_kept_with_the_codes(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    book = CodeBook(path)
    book.numbers("period", ["ming"])
    assert book.logged == 0
    book.save()
    book.logged = 12
    book.save()
    again = CodeBook(path)
    assert (again.logged, again.find("period", ["ming"])) == (12, [0])


def summed(content: bytes) -> bytes:
    return b"%08x\n" % zlib.crc32(content) + content


def test_a_book_from_before_the_log_was_counted_is_read(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    path.write_bytes(summed(b'{"period": ["ming", "qing"]}'))
    book = CodeBook(path)
    assert (book.logged, book.find("period", ["qing"])) == (0, [1])


@pytest.mark.parametrize("content", [None, [], [["period", "ming"]], {"period": "ming"}, {"period": [1]}])
def test_a_book_of_something_else_is_refused_though_its_checksum_is_right(
    tmp_path: Path, content: object
) -> None:
    path = tmp_path / "codes.json"
    path.write_bytes(summed(b"0\n" + json.dumps(content).encode()))
    with pytest.raises(Unavailable, match=r"codes\.json is damaged: build the index again"):
        CodeBook(path)


def test_a_flipped_bit_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    book = CodeBook(path)
    book.numbers("period", ["ming"])
    book.logged = 12
    book.save()
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Unavailable, match=r"codes\.json is damaged"):
            CodeBook(path)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=3))))
def test_numbers_and_codes_are_each_others_inverse(lists: list[list[str]]) -> None:
    book = CodeBook(Path("never-written"))
    for codes in lists:
        numbers = book.numbers("f", codes)
        assert list(book.named("f", [(number, 1) for number in numbers])) == list(dict.fromkeys(codes))
        assert book.find("f", codes) == [book.find("f", [code])[0] for code in codes]
    assert book.size("f") == len({code for codes in lists for code in codes})
