from __future__ import annotations

from search.embedded.completion import TitleCounts, completion_weight


def test_each_record_of_a_title_counts_those_before_it() -> None:
    counts = TitleCounts()
    assert [counts.add(key) for key in ("红楼梦", "红岩", "红楼梦", "红楼梦")] == [1, 1, 2, 3]


def test_more_records_weigh_more_than_any_length_and_a_short_title_more_among_equals() -> None:
    assert completion_weight(2, 200) > completion_weight(1, 1)
    assert completion_weight(1, 2) > completion_weight(1, 3)
    assert completion_weight(1, 5000) < completion_weight(2, 5000)
