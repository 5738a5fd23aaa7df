from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from reading_room import ReadingRoom

from recommend import popular
from recommend.popular import EVERYBODY, Trends, TrendWatch


@pytest.mark.parametrize(("took", "fresh"), [(1.0, 60.0), (30.0, 270.0)])
def test_what_takes_long_to_look_up_is_looked_up_seldom(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch, took: float, fresh: float
) -> None:
    clock: Iterator[float] = count(1000.0, took)
    monkeypatch.setattr(popular, "monotonic", lambda: next(clock))
    watch = TrendWatch(room.database, 14, 3)
    watch.trends()
    assert watch._known is not None
    assert watch._known.fresh_until == 1000.0 + took + fresh


KNOWN = Trends(
    popular={EVERYBODY: {1: 1.0, 2: 0.5}, ("kind", "book"): {2: 1.0}},
    newest={EVERYBODY: (3, 1)},
    used={1: 1.0, 2: 0.5},
    late=frozenset((1, 2)),
)


def test_what_had_a_use_deleted_is_popular_nowhere_while_it_is_looked_up_again(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = TrendWatch(room.database, 14, 3)
    monkeypatch.setattr(watch, "_read", lambda: KNOWN)
    watch.trends()
    watch.forget([2])
    assert watch._known is not None
    assert watch._known.fresh_until == watch._known.soon
    found = watch._known.trends
    assert found.popular == {EVERYBODY: {1: 1.0}, ("kind", "book"): {}}
    assert found.used == {1: 1.0}
    assert found.late == {1}
    assert found.newest == KNOWN.newest


def test_a_deletion_while_trends_are_looked_up_counts_in_them(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = TrendWatch(room.database, 14, 3)

    def deleted_meanwhile() -> Trends:
        watch.forget([1])
        return KNOWN

    monkeypatch.setattr(watch, "_read", deleted_meanwhile)
    assert watch.trends().used == {2: 0.5}
    assert watch._known is not None
    assert watch._known.fresh_until == watch._known.soon


def test_a_deletion_of_nothing_has_nothing_looked_up_again(room: ReadingRoom) -> None:
    watch = TrendWatch(room.database, 14, 3)
    before = watch.trends()
    known = watch._known
    watch.forget([])
    assert watch._known is known
    assert watch.trends() is before


def test_what_was_known_long_ago_answers_nobody(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(popular, "monotonic", lambda: clock[0])
    watch = TrendWatch(room.database, 14, 3)
    first = watch.trends()
    clock[0] += 30
    assert watch.trends() is first
    clock[0] += 5000
    assert watch.trends() is not first
