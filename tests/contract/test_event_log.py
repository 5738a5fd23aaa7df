"""Events on every database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from reading_room import KEPT, name_of, sent
from sqlalchemy import func, select
from support import PATIENCE_SECONDS, add, step

from catalog.clock import now
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.lifecycle import Step
from catalog.tables import DailyUseRow, EventRow, ResourceRow, SubjectRow
from recommend import readers
from recommend.candidates.popular import TrendWatch
from recommend.events import event_log
from recommend.events.event import check_all
from recommend.events.event_log import EventLog, Taken
from recommend.events.outcomes import outcomes
from recommend.events.pseudonyms import Pseudonyms
from recommend.events.retention import tidy
from recommend.hyperparameters import load_hyperparameters
from recommend.learning.training import read_interactions

PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture
def log(any_database: Database) -> Iterator[EventLog]:
    opened = EventLog(any_database, PSEUDONYMS)
    yield opened
    opened.close()


def take(log: EventLog, *events: dict[str, object]) -> Taken:
    sound, rejected = check_all(events, now(), KEPT)
    assert rejected == []
    return log.submit(sound).result(timeout=20)


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_many_senders_at_once_lose_and_double_nothing(any_database: Database, log: EventLog) -> None:
    book = add(any_database, "红楼梦")
    taken: list[Taken] = []

    def send(sender: int) -> None:
        for number in range(20):
            taken.append(
                take(
                    log,
                    sent(book.id, sender, id=f"sender-{sender}-{number}"),
                    sent(book.id, 99, id=f"shared-{number}"),
                )
            )

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(any_database, EventRow) == 8 * 20 + 20
    assert sum(one.accepted for one in taken) == 8 * 40
    assert sum(one.duplicates for one in taken) == 7 * 20
    assert count(any_database, SubjectRow) == 9


def test_two_processes_may_take_the_same_event(any_database: Database, log: EventLog) -> None:
    book = add(any_database, "红楼梦")
    other = EventLog(any_database, PSEUDONYMS)
    futures = [
        one.submit([(0, check_all([sent(book.id)], now(), KEPT)[0][0][1])])
        for one in (log, other)
        for _ in range(10)
    ]
    assert all(future.result(timeout=20).accepted == 1 for future in futures)
    other.close()
    assert count(any_database, EventRow) == 1


def test_what_is_not_published_is_refused(any_database: Database, log: EventLog) -> None:
    book = add(any_database, "红楼梦")
    step(any_database, book, Step.WITHDRAW)
    assert [one.field for one in take(log, sent(book.id)).rejected] == ["resource"]


def test_what_one_list_showed_counts_once_however_often_it_is_reported(
    any_database: Database, log: EventLog
) -> None:
    book, other = (add(any_database, title) for title in ("红楼梦", "西游记"))
    answer = {"request_id": "01JF8Z6Q3V7W9X2Y4B5C6D7E8F", "strategy": "general", "reason": "popular"}
    for number in (0, 0, 1):
        take(log, sent(book.id, 1, "impression", id=f"impression-{number}", **answer))
        take(log, sent(book.id, 1, "opened", id=f"opened-{number}", **answer))
    take(log, sent(other.id, 1, "impression", **answer))
    with any_database.read() as session:
        (outcome,) = outcomes(session, now() - timedelta(days=1))
    assert (outcome.shown, outcome.opened) == (2, 1)


def test_the_whole_way_of_events_works_on_this_database(any_database: Database, log: EventLog) -> None:
    books = [add(any_database, f"读物{number}") for number in range(3)]
    ago = (now() - timedelta(days=40)).isoformat()
    answers = [
        {"request_id": f"01JF8Z6Q3V7W9X2Y4B5C6D7E8{reader}", "strategy": "general", "reason": "popular"}
        for reader in range(4)
    ]
    for reader in range(4):
        take(
            log,
            sent(books[0].id, reader),
            sent(books[1].id, reader),
            sent(books[2].id, reader, id=f"old-{reader:04}", at=ago),
        )
        take(log, sent(books[0].id, reader, "impression", **answers[reader]))
    take(log, sent(books[0].id, 0, "opened", **answers[0]))
    trends = TrendWatch(any_database, 14, 3).trends()
    assert list(trends.popular[("institution", "nlc")]) == [books[0].number, books[1].number, books[2].number]
    with any_database.read() as session:
        read = read_interactions(session, load_hyperparameters().co_use)
        assert read.matrix.toarray().tolist() == [[1, 1, 1]] * 4
        (outcome,) = outcomes(session, now() - timedelta(days=1))
        assert (outcome.shown, outcome.opened) == (4, 1)
        reader = readers.find(session, PSEUDONYMS.of(name_of(0)))
        assert set(readers.history(session, reader, 5).used) == {book.number for book in books}
    assert tidy(any_database, now() - timedelta(days=30)) == 4
    with any_database.read() as session:
        counted = session.scalars(select(DailyUseRow)).one()
        assert (counted.events, counted.subjects, counted.day) == (4, 4, ago[:10])
    with any_database.write() as session:
        assert readers.erase(session, PSEUDONYMS.of(name_of(0))).events == 4
    any_database.forget_deleted()
    assert count(any_database, EventRow) == 13 - 4


def test_what_a_reader_wants_and_does_not_is_told_from_the_newest_words(
    any_database: Database, log: EventLog
) -> None:
    books = [add(any_database, f"读物{number}") for number in range(6)]
    ids, numbers = [book.id for book in books], [book.number for book in books]
    days = [(now() - timedelta(days=day)).isoformat() for day in range(6)]
    take(
        log,
        sent(ids[0], 1, at=days[1]), sent(ids[0], 1, "dismissed", at=days[2]),
        sent(ids[1], 1, "dismissed", at=days[2]), sent(ids[1], 1, "borrowed", at=days[1]),
        sent(ids[2], 1, "rated", at=days[3]), sent(ids[3], 1, "rated", value=1, at=days[0]), sent(ids[3], 1, "saved", at=days[1]),
        *(sent(ids[4], 1, "impression", id=f"impression-{day}", at=at) for day, at in enumerate(days)),
        *(sent(ids[5], 1, "impression", id=f"impression-again-{n}", at=days[n % 2]) for n in range(9)),
        sent(ids[0], 2),
    )  # fmt: skip
    with any_database.read() as session:
        reader = readers.find(session, PSEUDONYMS.of(name_of(1)))
        found = readers.history(session, reader, 5)
    assert found.used == (numbers[1], numbers[2])
    assert (found.borrowed, found.saved, found.rated) == ({numbers[1]}, set(), {numbers[2]})
    assert (found.unwanted, found.ignored) == ({numbers[0], numbers[3]}, {numbers[4]})


def test_of_two_words_of_one_moment_the_later_one_counts(any_database: Database, log: EventLog) -> None:
    one, other = (add(any_database, title).number for title in ("红楼梦", "西游记"))
    with any_database.read() as session:
        ids = {row.number: row.id for row in session.scalars(select(ResourceRow))}
    take(log, sent(ids[one], 1, "borrowed"), sent(ids[one], 1, "dismissed"))
    take(log, sent(ids[other], 1, "dismissed"), sent(ids[other], 1, "borrowed"))
    with any_database.read() as session:
        found = readers.history(session, readers.find(session, PSEUDONYMS.of(name_of(1))), 5)
    assert (found.used, found.unwanted) == ((other,), {one})


def test_a_deletion_is_known_to_every_process_by_its_time(any_database: Database, log: EventLog) -> None:
    book = add(any_database, "红楼梦")
    times = []
    for reader in range(3):
        take(log, sent(book.id, reader))
        with any_database.write() as session:
            erased = readers.erase(session, PSEUDONYMS.of(name_of(reader)))
        times.append(erased.at)
        assert [use.resource for use in erased.uses] == [book.number]
        with any_database.read() as session:
            assert readers.last_erasure(session) == erased.at
    assert sorted(set(times)) == times


def test_how_many_events_wait_is_not_counted_anew_for_each_sender(
    any_database: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Uncounted(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            raise AssertionError("all that wait were looked through")

    monkeypatch.setattr(event_log, "_MOST_WAITING", 3)
    monkeypatch.setattr(EventLog, "_run", lambda opened: None)
    book = add(any_database, "红楼梦")
    events, _ = check_all([sent(book.id), sent(book.id, 2)], now(), KEPT)
    log._waiting = Uncounted()
    log.submit(events)
    with pytest.raises(Unavailable):
        log.submit(events)
    log._waiting = list.copy(log._waiting)
    assert len(log._next_group()) == 1
    log.submit(events)


def test_an_event_that_comes_while_its_subject_is_erased_is_refused(
    any_database: Database, log: EventLog
) -> None:
    book, ago = add(any_database, "红楼梦"), (now() - timedelta(minutes=1)).isoformat()
    take(log, sent(book.id, 1, at=ago))
    late, _ = check_all([sent(book.id, 1, id="late-event-of-tests", at=ago)], now(), KEPT)
    with any_database.write() as session:
        assert readers.erase(session, PSEUDONYMS.of(name_of(1))).events == 1
        waiting = log.submit(late)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
    assert [one.field for one in waiting.result(timeout=20).rejected] == ["at"]
    assert count(any_database, EventRow) == 0


def test_choices_of_one_new_name_at_once_are_all_kept(any_database: Database) -> None:
    failed: list[BaseException] = []

    def choose() -> None:
        try:
            with any_database.write() as session:
                readers.choose(session, PSEUDONYMS.of(name_of(1)), minor=True)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=choose) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert count(any_database, SubjectRow) == 1


def test_who_gave_up_waiting_keeps_no_other_waiting(
    any_database: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = add(any_database, "红楼梦")
    events = [check_all([sent(book.id, reader)], now(), KEPT)[0] for reader in range(3)]
    writing, go_on = threading.Event(), threading.Event()
    write = EventLog._write

    def slowly(opened: EventLog, group: Any) -> list[Taken]:
        writing.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return write(opened, group)

    monkeypatch.setattr(EventLog, "_write", slowly)
    first = log.submit(events[0])
    assert writing.wait(PATIENCE_SECONDS)
    # While one is written, the others wait.
    given_up, other = log.submit(events[1]), log.submit(events[2])
    assert given_up.cancel()
    go_on.set()
    assert first.result(timeout=20).accepted == other.result(timeout=20).accepted == 1
    assert take(log, sent(book.id, 7)).accepted == 1
