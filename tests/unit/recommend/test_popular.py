from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from reading_room import ReadingRoom

from recommend import popular
from recommend.popular import TrendWatch


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
