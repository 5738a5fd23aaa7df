from __future__ import annotations

import pytest
from support import Catalogue

from search.query import Filters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("云岗石窟", "云冈石窟"), ("安越石窟", "安岳石窟"), ("莫高屈", "莫高窟")],
)
def test_a_text_that_nothing_has_is_searched_for_as_the_catalogue_spells_it(
    shelf: Catalogue, typed: str, meant: str
) -> None:
    found = shelf.ask(typed)
    assert found.items[0].resource.title == meant
    assert found.interpreted_as["text"] == meant
    assert found.interpreted_as["corrected_from"] == typed


@pytest.mark.parametrize(
    "text", ['"云岗石窟"', "题名:云岗石窟", "莫高窟", "石窟 保护", "9787101003049", "火星", "安石窟"]
)
def test_what_is_quoted_or_known_or_an_identifier_or_like_nothing_is_taken_as_typed(
    shelf: Catalogue, text: str
) -> None:
    assert "corrected_from" not in shelf.ask(text).interpreted_as


def test_a_filter_does_not_change_how_a_text_is_spelt(shelf: Catalogue) -> None:
    filtered = shelf.ask("云岗石窟", filters=Filters({"kind": ("audiovisual",)}))
    assert filtered.interpreted_as["corrected_from"] == "云岗石窟"
    assert filtered.total == 0
