"""What an engine counts, however it comes to count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from engine_cases import Case, filters, texts
from hypothesis import given

from search.embedded import tiers
from search.embedded.counting import Counting
from search.embedded.engine import EmbeddedEngine
from search.engine import Engine
from search.query import FACETS, NO_FILTERS, Filters


@contextmanager
def counting_of_many(engine: Engine) -> Iterator[Counting]:
    """Counts as where a million resources may match."""
    assert isinstance(engine, EmbeddedEngine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiers, "_WORTH_COUNTING", 0)
        yield Counting(engine._searcher, engine._schema, engine._codes)


@given(text=texts, wanted=filters)
def test_a_tier_that_is_counted_as_it_is_chosen_has_the_same_counts(
    case: Case, text: str, wanted: Filters
) -> None:
    read = case.reader.read(text)
    with counting_of_many(case.engine) as counting:
        counted = counting.tally(read, wanted, FACETS)
        assert counting.tier(read).counted or counted.tier in ("any", "identifier", "nothing", "everything")
    assert counted == case.engine.tally(read, wanted, FACETS)


@given(text=texts, wanted=filters)
def test_a_filter_counts_the_same_whether_or_not_the_text_was_counted_without_it_before(
    case: Case, text: str, wanted: Filters
) -> None:
    read = case.reader.read(text)
    with counting_of_many(case.engine) as counting:
        counting.tally(read, NO_FILTERS, FACETS)
        after = counting.tally(read, wanted, FACETS)
    assert after == case.engine.tally(read, wanted, FACETS)
