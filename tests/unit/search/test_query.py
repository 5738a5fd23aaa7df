from __future__ import annotations

from typing import Any

import pytest

from search.query import MAX_SIZE, WINDOW, Filters, Query, QueryError


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": MAX_SIZE + 1}, "size"),
        ({"page": 0}, "page"),
        ({"size": 100, "page": WINDOW // 100 + 1}, "page"),
        ({"facets": ("mood",)}, "facets"),
        ({"filters": Filters({"mood": ("sad",)})}, "mood"),
    ],
)
def test_a_part_out_of_bounds_is_refused_and_named(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(QueryError) as refused:
        Query(**parts)
    assert refused.value.field == field


def test_the_last_page_of_the_window_can_be_asked_for() -> None:
    assert Query(size=100, page=10).offset == 900


def test_filters_without_a_facet_keep_all_else() -> None:
    filters = Filters({"kind": ("book",), "access": ("open",)}, -221, 1911)
    assert filters.without("kind") == Filters({"access": ("open",)}, -221, 1911)
