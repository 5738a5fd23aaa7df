from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.identifiers import is_isbn, is_issn, normal_identifier, wrong_check_digit


@pytest.mark.parametrize(
    "way",
    [
        "978-7-101-00304-8", "978 7 101 00304 8", "978‐7‐101‐00304‐8", "９７８７１０１００３０４８", "7-101-00304-4",
        "7101003044", "ISBN 978-7-101-00304-8", "ISBN：7-101-00304-4", "isbn-13: 9787101003048", "ISBN10 7101003044",
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
    ],
)
def test_other_identifiers_agree_too(one: str, other: str) -> None:
    assert normal_identifier(one) == normal_identifier(other)


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
