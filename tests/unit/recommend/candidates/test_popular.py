from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from reading_room import ReadingRoom, name_of, sent
from support import wait

from catalog.clock import now
from recommend import readers
from recommend.candidates import popular
from recommend.candidates.popular import Trends, TrendWatch


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


def erase(room: ReadingRoom, reader: int) -> readers.Erased:
    with room.database.write() as session:
        return readers.erase(session, room.services.pseudonyms.of(name_of(reader)))


def use_of(trends: Trends) -> list[object]:
    """All that follows from use."""
    return [trends.popular, trends.used, trends.late]


@pytest.fixture
def used(room: ReadingRoom) -> ReadingRoom:
    """A room whose first book three readers used and whose second five did, one of them three weeks ago."""
    first, second = room.books[:2]
    room.use_together(first, second, range(3))
    room.use(3, second)
    room.send(sent(second.id, 4, at=(now() - timedelta(days=21)).isoformat()))
    return room


@pytest.mark.parametrize("reader", [0, 3, 4])
def test_a_deletion_takes_one_vote_of_its_age_and_what_too_few_used_then_is_popular_nowhere(
    used: ReadingRoom, reader: int
) -> None:
    watch = TrendWatch(used.database, 14, 3)
    before = watch.trends()
    watch.forget(erase(used, reader))
    found = watch.trends()
    assert found is not before
    assert use_of(found) == use_of(TrendWatch(used.database, 14, 3).trends())
    assert set(found.used) == {book.number for book in used.books[:2]} - (
        {used.books[0].number} if reader == 0 else set()
    )


def test_who_opens_everything_popular_and_deletes_that_leaves_all_lists_as_they_were(
    used: ReadingRoom,
) -> None:
    watch = TrendWatch(used.database, 14, 3)
    before = watch.trends()
    for stranger in range(50, 56):
        used.use(stranger, *used.books[:2])
        watch.forget(erase(used, stranger))
    assert use_of(watch.trends()) == use_of(before)


def test_a_deletion_that_was_looked_up_already_takes_no_second_vote(used: ReadingRoom) -> None:
    used.use(5, *used.books[:2])
    watch = TrendWatch(used.database, 14, 3)
    deleted = erase(used, 5)
    known = watch.trends()
    watch.forget(deleted)
    assert watch.trends() is known


def test_a_deletion_while_trends_are_looked_up_counts_in_them(
    used: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = TrendWatch(used.database, 14, 3)
    read = watch._read

    def deleted_meanwhile() -> popular._Found:
        found = read()
        watch.forget(erase(used, 0))
        return found

    monkeypatch.setattr(watch, "_read", deleted_meanwhile)
    assert set(watch.trends().used) == {used.books[1].number}
    assert watch._known is not None
    assert watch._known.fresh_until == watch._known.soon


def test_a_deletion_of_nothing_has_nothing_looked_up_again(room: ReadingRoom) -> None:
    watch = TrendWatch(room.database, 14, 3)
    before = watch.trends()
    known = watch._known
    watch.forget(erase(room, 1))
    assert watch._known is known
    assert watch.trends() is before


def test_what_another_process_deleted_is_looked_up_again_soon(
    used: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popular, "_ASK_SECONDS", 0.01)
    monkeypatch.setattr(popular, "_FRESH_TIMES", 0.0)
    watch = TrendWatch(used.database, 14, 3)
    assert used.books[0].number in watch.trends().used
    erase(used, 0)
    wait(lambda: used.books[0].number not in watch.trends().used)


def test_as_long_as_nothing_was_deleted_nothing_is_looked_up_for_that(
    used: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popular, "_ASK_SECONDS", 0.0)
    monkeypatch.setattr(popular, "_FRESH_TIMES", 0.0)
    asked: list[object] = []
    monkeypatch.setattr(popular, "last_erasure", lambda session: asked.append(session))
    watch = TrendWatch(used.database, 14, 3)
    first = watch.trends()
    wait(lambda: watch.trends() and len(asked) > 3)
    assert watch.trends() is first


@pytest.mark.parametrize("fails", ["start", "read"])
def test_where_looking_up_fails_requests_go_on_with_what_was_known_and_it_is_tried_again_later(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(popular, "monotonic", lambda: clock[0])
    watch = TrendWatch(room.database, 14, 3)
    first = watch.trends()
    clock[0] += 100
    tried: list[object] = []

    def fail(*_: object) -> None:
        tried.append(None)
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as broken:
        broken.setattr(*((threading.Thread, "start") if fails == "start" else (watch, "_read")), fail)
        for _ in range(3):
            assert watch.trends() is first
            wait(lambda: watch._next_look > clock[0] and not watch._lock.locked())
    assert len(tried) == 1
    assert watch.trends() is first
    clock[0] += 11
    wait(lambda: watch.trends() is not first)


def test_what_was_known_long_ago_answers_nobody(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(popular, "monotonic", lambda: clock[0])
    watch = TrendWatch(room.database, 14, 3)
    first = watch.trends()
    clock[0] += 30
    assert watch.trends() is first
    clock[0] += 5000
    assert watch.trends() is not first
