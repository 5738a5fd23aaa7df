from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from reading_room import ReadingRoom

from recommend.candidates import rest
from recommend.candidates.rest import Rest
from search.embedded.engine import EmbeddedEngine
from search.query import NO_FILTERS, Filters

KINDS = ("book", "virtual", "heritage", "audiovisual")


def walked(room: ReadingRoom, filters: Filters = NO_FILTERS, struck_out: Any = ()) -> list[int]:
    engine = room.services.search.engine()
    return list(chain.from_iterable(Rest(engine, filters, struck_out, KINDS).pages()))


def test_the_newest_come_first_and_then_everything_in_the_order_of_entry(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "_NEWEST", 3)
    monkeypatch.setattr(rest, "_PAGE", 10)
    found = walked(room)
    assert found[:3] == sorted(found[:3], reverse=True)
    assert found[3:] == list(range(1, 21))


def test_where_all_are_among_the_newest_they_are_looked_up_once(room: ReadingRoom) -> None:
    assert sorted(walked(room)) == list(range(1, 26))


def test_what_bears_a_label_that_was_struck_out_is_not_there(room: ReadingRoom) -> None:
    books = {book.number for book in room.books}
    assert books.isdisjoint(walked(room, struck_out=[("kind", "book")]))
    assert walked(room, Filters({"kind": ("book",)}), [("kind", "book"), ("period", "tang")]) == []


def test_where_every_kind_is_struck_out_nothing_is_looked_up(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the index was asked")

    monkeypatch.setattr(EmbeddedEngine, "ordered", fail)
    assert walked(room, struck_out=[("kind", kind) for kind in KINDS]) == []


def test_pages_are_looked_up_once_however_often_they_are_gone_through(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Rest(room.services.search.engine(), NO_FILTERS, (), KINDS)
    first = list(left.pages())
    monkeypatch.delattr(EmbeddedEngine, "ordered")
    assert list(left.pages()) == first
