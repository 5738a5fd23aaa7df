from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from recommend.labels import bearing, borne, without_kinds
from search.embedded.engine import EmbeddedEngine
from search.query import NO_FILTERS, Filters

BORNE = {
    1: {("kind", "book"), ("period", "tang")},
    2: {("kind", "heritage"), ("period", "song")},
    3: {("kind", "virtual")},
}


class Shelf:
    """An index of three resources with these labels, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def passing(self, numbers: Sequence[int], filters: Filters) -> set[int]:
        self.asked += 1
        ((facet, codes),) = filters.values.items()
        return {n for n in numbers if any((facet, code) in BORNE[n] for code in codes)}


def test_of_many_labels_each_facet_is_looked_at_once() -> None:
    shelf = Shelf()
    labels = [("kind", "book"), ("kind", "virtual"), ("period", "song")]
    assert bearing(cast(EmbeddedEngine, shelf), BORNE, labels) == {1, 2, 3}
    assert shelf.asked == 2
    assert bearing(cast(EmbeddedEngine, shelf), BORNE, []) == set()
    assert shelf.asked == 2


def test_of_several_labels_that_are_borne_the_first_is_named() -> None:
    labels = [("period", "tang"), ("kind", "book"), ("kind", "heritage")]
    found = borne(cast(EmbeddedEngine, Shelf()), BORNE, labels)
    assert found == {1: ("period", "tang"), 2: ("kind", "heritage")}


def test_of_kinds_that_were_struck_out_the_others_are_left() -> None:
    every = ("book", "heritage", "virtual")
    assert without_kinds(NO_FILTERS, [("period", "tang")], every) == NO_FILTERS
    assert without_kinds(NO_FILTERS, [("kind", "book")], every) == Filters({"kind": ("heritage", "virtual")})
    asked = Filters({"kind": ("book", "virtual"), "period": ("tang",)})
    left = Filters({"kind": ("virtual",), "period": ("tang",)})
    assert without_kinds(asked, [("kind", "book")], every) == left
    assert without_kinds(asked, [("kind", "book"), ("kind", "virtual")], every) is None
