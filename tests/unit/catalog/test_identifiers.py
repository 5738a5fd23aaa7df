from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.identifiers import (
    is_isbn,
    is_issn,
    isbn_in,
    normal_identifier,
    with_isbns_joined,
    wrong_check_digit,
)


@pytest.mark.parametrize(
    "way",
    [
        "978-7-101-00304-8", "978 7 101 00304 8", "978‐7‐101‐00304‐8", "９７８７１０１００３０４８", "7-101-00304-4",
        "7101003044", "ISBN号：978-7-101-00304-8", "ISBN编号 7-101-00304-4", "ISBN 978-7-101-00304-8", "ISBN：7-101-00304-4", "isbn-13: 9787101003048", "ISBN10 7101003044",
    ],
)  # fmt: skip
def test_every_way_of_writing_an_isbn_agrees(way: str) -> None:
    assert normal_identifier(way) == "9787101003048"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J222.44/3", "j22244 3"),
        ("Ⅱ-28", "II-28"),
        ("ISSN 0317-8471", "03178471"),
        ("0-8044-2957-X", "ISBN 080442957x"),
        ("1032512345", "ISBN 1032512345"),
        ("7-02-000220-X", "ISBN-10: 702000220X"),
        ("9787020002207", "ISBN-13 978-7-02-000220-7"),
        ("国保6-0001", "国保6—0001"),
        ("DOI:10.1000/abc", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "doi 10.1000/ABC"),
        ("OCLC 123456", "123456"),
        ("ISRC CN-A01-20-00001", "CNA012000001"),
    ],
)
def test_other_identifiers_agree_too(one: str, other: str) -> None:
    assert normal_identifier(one) == normal_identifier(other)


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("978-7-101-00304-8（平装）", "978-7-101-00304-8"),
        ("ISBN 7-101-00304-4/I·1", "7-101-00304-4"),
        ("ＩＳＢＮ：９７８７１０１００３０４８", "9787101003048"),
        ("978-7-101-00304-8 红楼梦", None),
        ("978-7-101-00304-9", None),
        ("红楼梦 978-7-101-00304-8", None),
    ],
)
def test_an_isbn_is_known_with_what_books_write_beside_it(text: str, isbn: str | None) -> None:
    assert isbn_in(text) == isbn


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("三体 978-7-101-00304-8", "三体 9787101003048"),
        ("isbn 978 7 101 00304 8 三体", "9787101003048 三体"),
        ("7-101-00304-4 三体", "7101003044 三体"),
        ("7-101-00304-5 三体", "7-101-00304-5 三体"),
        ("7 101 00304 4", "7 101 00304 4"),
        ("1937-1945 电影", "1937-1945 电影"),
    ],
)
def test_an_isbn_beside_words_is_one_number(text: str, joined: str) -> None:
    assert with_isbns_joined(text) == joined


def test_ten_digits_that_are_no_isbn_stay_ten() -> None:
    assert normal_identifier("7101003045") == "7101003045"


def test_a_name_that_begins_like_a_prefix_is_kept() -> None:
    assert normal_identifier("ISBNX-1") == "isbnx1"
    assert normal_identifier("Isabella 12") == "isabella12"


def test_check_digits_are_checked() -> None:
    assert is_isbn("9787101003048")
    assert not is_isbn("9787101003049")
    assert is_isbn("080442957X")
    assert is_issn("03178471")
    assert not is_issn("03178472")


def test_a_wrong_check_digit_is_known_of_isbns_alone() -> None:
    wrong = ("9787101003049", "7101003040", "710100304x")
    other = ("9787101003048", "702000220x", "0101003040", "710100304", "19371937")
    assert [number for number in (*wrong, *other) if wrong_check_digit(number)] == [*wrong]


@given(st.text("0123456789Xx- .:ISBNisbnⅡ第号Ａ１Ｘ", max_size=40))
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    normal = normal_identifier(text)
    assert normal_identifier(normal) == normal
