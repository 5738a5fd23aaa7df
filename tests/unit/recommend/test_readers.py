from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from reading_room import ReadingRoom, name_of, sent
from sqlalchemy import event as events_of
from sqlalchemy import func, select, update

from catalog.clock import now
from catalog.tables import DailyUseRow, EventRow, SubjectRow
from recommend import readers
from recommend.events.event import SKEW
from recommend.events.event_log import Taken
from recommend.events.retention import tidy


def erase(room: ReadingRoom, reader: int) -> int:
    with room.database.write() as session:
        return readers.erase(session, room.services.pseudonyms.of(name_of(reader))).events


def events(room: ReadingRoom) -> int:
    with room.database.read() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def test_a_history_is_newest_first_and_each_resource_once(room: ReadingRoom) -> None:
    ago = (now() - timedelta(hours=1)).isoformat()
    room.send(
        sent(room.books[0].id, 1, at=ago),
        sent(room.books[1].id, 1),
        sent(room.books[0].id, 1, "saved", at=ago),
    )
    with room.database.read() as session:
        reader = readers.find(session, room.services.pseudonyms.of(name_of(1)))
        assert readers.history(session, reader, 5).used == (room.books[1].number, room.books[0].number)


def test_a_low_rating_says_that_it_is_not_wanted(room: ReadingRoom) -> None:
    room.send(sent(room.books[0].id, 1, "rated", value=1), sent(room.books[1].id, 1, "rated", value=4))
    with room.database.read() as session:
        reader = readers.find(session, room.services.pseudonyms.of(name_of(1)))
        found = readers.history(session, reader, 5)
    assert (found.used, found.unwanted) == ((room.books[1].number,), frozenset({room.books[0].number}))


def history(room: ReadingRoom, reader: int = 1) -> readers.History:
    with room.database.read() as session:
        found = readers.find(session, room.services.pseudonyms.of(name_of(reader)))
        return readers.history(session, found, 5)


def test_however_often_one_page_was_viewed_what_was_viewed_before_was_seen(room: ReadingRoom) -> None:
    ago = (now() - timedelta(days=2)).isoformat()
    room.send(sent(room.books[0].id, 1, at=ago))
    room.send(*(sent(room.books[1].id, 1, id=f"event-{number:04}") for number in range(1000)))
    assert history(room).seen == {book.number for book in room.books[:2]}


def test_however_much_was_viewed_what_was_borrowed_before_was_seen(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_LOOKED_THROUGH", 3)
    room.send(sent(room.books[0].id, 1, "borrowed", at=(now() - timedelta(days=2)).isoformat()))
    room.use(1, *room.books[1:6])
    assert history(room).seen == {book.number for book in (room.books[0], *room.books[3:6])}
    assert history(room).borrowed == {room.books[0].number}


def test_so_many_resources_were_seen_at_most(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_SEEN", 4)
    room.use(1, *room.books[:6])
    assert history(room).seen == {book.number for book in room.books[2:6]}


def test_the_events_of_a_reader_are_read_by_type_from_an_index(room: ReadingRoom) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: object) -> None:
        statements.append((sql, values))

    room.use(1, *room.books[:6])
    events_of.listen(room.database.engine, "before_cursor_execute", note)
    history(room)
    of_events = [(sql, values) for sql, values in statements if "FROM event" in sql]
    assert len(of_events) == 3
    with room.database.read() as session:
        for sql, values in of_events:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            searched = [str(row[-1]) for row in plan if " event " in str(row[-1])]
            assert searched
            assert all("ix_event_subject_type_at (subject=? AND type=?" in step for step in searched)


@pytest.mark.parametrize(("kind", "more"), [("dismissed", {}), ("rated", {"value": 1})])
def test_opening_a_page_takes_no_word_back_and_borrowing_does(
    room: ReadingRoom, kind: str, more: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_LOOKED_THROUGH", 3)

    unwanted = room.books[0]
    room.send(sent(unwanted.id, 1, kind, **more))
    # More than are looked through for a history.
    room.use(1, *room.books[1:6], unwanted)
    assert history(room).unwanted == {unwanted.number}
    assert unwanted.number not in history(room).used
    assert unwanted.title not in room.titles(subject=name_of(1), session=(unwanted.id,), size=100)
    room.use(1, unwanted, kind="borrowed")
    assert history(room).unwanted == set()
    assert history(room).used[0] == unwanted.number


def test_erasing_takes_all_events_of_one_reader_and_no_others(room: ReadingRoom) -> None:
    room.use(1, *room.books[:3])
    room.use(2, room.books[0])
    assert erase(room, 1) == 3
    assert events(room) == 1


def test_what_was_erased_is_refused_if_it_comes_again(room: ReadingRoom) -> None:
    ago = (now() - timedelta(minutes=1)).isoformat()
    event = sent(room.books[0].id, 1, at=ago)
    room.send(event)
    erase(room, 1)
    assert [one.field for one in room.send(event).rejected] == ["at"]
    assert events(room) == 0


def test_what_a_fast_clock_dated_after_its_own_deletion_does_not_come_back(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = sent(room.books[0].id, 1, at=(now() + SKEW / 2).isoformat())
    room.send(event)
    erase(room, 1)
    assert [one.field for one in room.send(event).rejected] == ["at"]
    monkeypatch.setattr("reading_room.now", lambda: now() + 2 * SKEW)
    assert [one.field for one in room.send(event).rejected] == ["at"]
    assert events(room) == 0
    later = sent(room.books[0].id, 1, at=(now() + 1.1 * SKEW).isoformat())
    assert room.send(later).accepted == 1


def test_after_a_deletion_events_say_when_they_happened_for_they_may_be_the_deleted_ones(
    room: ReadingRoom,
) -> None:
    event = sent(room.books[0].id, 1)
    room.send(event)
    erase(room, 1)
    assert [one.field for one in room.send(event).rejected] == ["at"]
    assert events(room) == 0


def test_a_refused_event_leaves_nothing_of_its_reader(room: ReadingRoom) -> None:
    assert [one.field for one in room.send(sent("01JZZZZZZZZZZZZZZZZZZZZZZZ", 1)).rejected] == ["resource"]
    with room.database.read() as session:
        assert session.scalars(select(SubjectRow)).all() == []


def test_what_is_refused_after_a_deletion_is_no_new_consent(room: ReadingRoom) -> None:
    event = sent(room.books[0].id, 1)
    room.send(event)
    erase(room, 1)
    room.send(event)
    with room.database.read() as session:
        assert session.scalars(select(SubjectRow.consented_at)).all() == [None]


def test_the_first_event_that_is_taken_after_a_deletion_is_a_new_consent(room: ReadingRoom) -> None:
    room.send(sent(room.books[1].id, 1))
    erase(room, 1)
    with room.database.write() as session:
        session.execute(update(SubjectRow).values(erased_at=now() - 2 * SKEW))
    room.send(sent(room.books[0].id, 1, at=now().isoformat()))
    with room.database.read() as session:
        assert None not in session.scalars(select(SubjectRow.consented_at)).all()


def test_who_wants_no_profile_any_more_has_consented_to_none(room: ReadingRoom) -> None:
    room.send(sent(room.books[0].id, 1))
    with room.database.write() as session:
        readers.choose(session, room.services.pseudonyms.of(name_of(1)), personalised=False)
        assert session.scalars(select(SubjectRow.consented_at)).all() == [None]


def test_an_id_belongs_to_one_reader(room: ReadingRoom) -> None:
    room.send(sent(room.books[0].id, 1, id="loan-2026-000001"))
    of_another = sent(room.books[1].id, 2, id="loan-2026-000001")
    assert room.send(of_another) == Taken(1, 0, [])
    assert room.send(of_another) == Taken(1, 1, [])
    other_thing = room.send(sent(room.books[2].id, 2, id="loan-2026-000001"))
    assert [one.field for one in other_thing.rejected] == ["id"]
    assert events(room) == 2


def test_of_one_who_wants_no_profile_only_the_use_is_kept(room: ReadingRoom) -> None:
    pseudonym = room.services.pseudonyms.of(name_of(1))
    with room.database.write() as session:
        readers.choose(session, pseudonym, personalised=False, minor=False, liked=[], disliked=[])
    room.use(1, room.books[0])
    with room.database.read() as session:
        kept = session.scalars(select(EventRow)).one()
        assert (kept.subject, kept.resource) == (None, room.books[0].number)


def test_two_events_of_a_visit_without_consent_share_nothing_in_the_database(room: ReadingRoom) -> None:
    for book in room.books[:2]:
        visit = sent(book.id, session="a-visit-of-tests-0001")
        del visit["subject"]
        assert room.send(visit) == Taken(1, 0, [])
        assert room.send(visit) == Taken(1, 1, [])
    with room.database.read() as session:
        first, second = session.execute(select(EventRow.__table__)).mappings()
    assert [name for name in first if first[name] is not None and first[name] == second[name]] == ["type"]


def test_a_subjects_own_name_is_nowhere_in_the_database(room: ReadingRoom) -> None:
    room.use(1, room.books[0])
    with room.database.read() as session:
        kept = session.scalars(select(SubjectRow.pseudonym)).one()
    assert name_of(1) not in kept
    assert kept == room.services.pseudonyms.of(name_of(1))


def test_old_events_become_daily_counts(room: ReadingRoom) -> None:
    day = now() - timedelta(days=30)
    room.send(*(sent(room.books[0].id, reader, at=day.isoformat()) for reader in range(4)))
    room.use(1, room.books[1])
    assert tidy(room.database, now() - timedelta(days=29)) == 4
    assert events(room) == 1
    with room.database.read() as session:
        counted = session.scalars(select(DailyUseRow)).one()
        assert (counted.resource, counted.day, counted.events, counted.subjects) == (
            room.books[0].number, day.date().isoformat(), 4, 4,
        )  # fmt: skip
    assert tidy(room.database, now() - timedelta(days=29)) == 0


def forgotten(room: ReadingRoom) -> datetime | None:
    with room.database.read() as session:
        return readers.last_erasure(session)


def test_nothing_is_unlearnt_for_names_that_anybody_may_make_up(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(3))
    room.learn()
    for stranger in range(50, 55):
        assert erase(room, stranger) == 0
        room.choose(stranger, minor=True)
    assert forgotten(room) is None
    with room.database.read() as session:
        assert len(room.services.versions.usable(session)) == 1
    # And yet what is on its way of one who chose is refused.
    event = sent(room.books[0].id, 50, at=now().isoformat())
    assert [one.field for one in room.send(event).rejected] == ["at"]


def test_of_a_name_that_is_unknown_a_deletion_keeps_nothing(room: ReadingRoom) -> None:
    assert erase(room, 1) == 0
    with room.database.read() as session:
        assert session.scalars(select(SubjectRow)).all() == []


def test_a_choice_that_changes_nothing_deletes_nothing_again(room: ReadingRoom) -> None:
    room.use(1, room.books[0])
    room.choose(1, minor=True)
    first = forgotten(room)
    assert first is not None
    room.choose(1, minor=True, liked=[("kind", "book")])
    assert forgotten(room) == first


def test_a_label_is_in_one_list_and_what_is_not_named_stays(room: ReadingRoom) -> None:
    book, film, ming = ("kind", "book"), ("content_type", "film"), ("period", "ming")

    def chosen() -> tuple[list[readers.Label], ...]:
        with room.database.read() as session:
            reader = readers.find(session, room.services.pseudonyms.of(name_of(1)))
        return [*reader.liked], [*reader.deleted], [*reader.disliked]

    room.choose(1, liked=[book, film, ming], deleted=[film, ming], disliked=[ming])
    assert chosen() == ([book], [film], [ming])
    room.choose(1, liked=None, disliked=None, deleted=[book])
    assert chosen() == ([], [book], [ming])
    room.choose(1, liked=None, disliked=[])
    assert chosen() == ([], [book], [])
    room.choose(1, liked=None, disliked=[ming])
    # What is said now outdoes what was said before.
    room.choose(1, liked=[book, ming], disliked=None)
    assert chosen() == ([book, ming], [], [])
    erase(room, 1)
    assert chosen() == ([], [], [])


def test_a_deletion_is_after_all_that_was_learnt_though_the_clock_was_set_back(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    monkeypatch.setattr(readers, "now", lambda: now() - timedelta(hours=1))
    erase(room, 1)
    with room.database.read() as session:
        assert room.services.versions.usable(session) == []
    monkeypatch.setattr("recommend.learning.training.now", lambda: now() - timedelta(hours=1))
    room.learn()
    with room.database.read() as session:
        assert len(room.services.versions.usable(session)) == 1
