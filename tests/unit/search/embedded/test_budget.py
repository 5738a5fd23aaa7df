from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.embedded.budget import within_budget


def test_the_rarest_are_kept_first_and_what_nothing_has_is_not() -> None:
    assert within_budget({"a": 50, "b": 0, "c": 10, "d": 45}, 60) == ["c", "d"]
    assert within_budget({"b": 0}, 60) == []


def test_one_is_kept_however_common() -> None:
    assert within_budget({"a": 1000, "b": 2000}, 10) == ["a"]


@given(st.dictionaries(st.integers(), st.integers(0, 100)), st.integers(0, 300))
def test_what_is_kept_keeps_to_the_budget_unless_it_is_one(frequencies: dict[int, int], budget: int) -> None:
    kept = within_budget(frequencies, budget)
    assert len(kept) <= 1 or sum(frequencies[one] for one in kept) <= budget
    assert bool(kept) == any(frequencies.values())
