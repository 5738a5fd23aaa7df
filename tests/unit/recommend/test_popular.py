from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from reading_room import ReadingRoom

from recommend import popular
from recommend.popular import Trends, TrendWatch


@pytest.mark.parametrize(("took", "fresh"), [(1.0, 60.0), (30.0, 270.0)])
def test_what_takes_long_to_look_up_is_looked_up_seldom(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch, took: float, fresh: float
) -> None:
    clock: Iterator[float] = count(1000.0, took)
    monkeypatch.setattr(popular, "monotonic", lambda: next(clock))
    watch = TrendWatch(room.database, 14, 3)
    watch.trends()
    assert watch._known is not None
    assert watch._known[0] == 1000.0 + took + fresh


def test_what_was_looked_up_before_a_deletion_is_not_kept(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = TrendWatch(room.database, 14, 3)
    read = watch._read

    def forgotten_meanwhile() -> Trends:
        found = read()
        watch.forget()
        return found

    monkeypatch.setattr(watch, "_read", forgotten_meanwhile)
    watch.trends()
    assert watch._known is None


def test_what_was_known_long_ago_answers_nobody(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(popular, "monotonic", lambda: clock[0])
    watch = TrendWatch(room.database, 14, 3)
    first = watch.trends()
    clock[0] += 30
    assert watch.trends() is first
    clock[0] += 5000
    assert watch.trends() is not first
