"""What an engine counts, however it comes to count it."""

from __future__ import annotations

import pytest
from engine_cases import Case, filters, texts
from hypothesis import given

from search.embedded import tiers
from search.embedded.counting import Counting
from search.embedded.engine import EmbeddedEngine
from search.query import FACETS, Filters


@given(text=texts, wanted=filters)
def test_a_tier_that_is_counted_as_it_is_chosen_has_the_same_counts(
    case: Case, text: str, wanted: Filters
) -> None:
    engine, read = case.engine, case.reader.read(text)
    assert isinstance(engine, EmbeddedEngine)
    view = engine._current()
    with pytest.MonkeyPatch.context() as patch:
        # As where a million resources may match.
        patch.setattr(tiers, "_WORTH_COUNTING", 0)
        counting = Counting(view.searcher, engine._schema, view.codes)
        counted = counting.tally(read, wanted, FACETS)
        assert counting.tier(read).counted or counted.tier in ("any", "identifier", "nothing", "everything")
    assert counted == engine.tally(read, wanted, FACETS)
