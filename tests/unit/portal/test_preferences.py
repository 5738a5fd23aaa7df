from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reading_room import ReadingRoom, name_of, reading_room
from sqlalchemy import select

from catalog.database import Database
from catalog.tables import SubjectRow
from portal.preferences import delete_reader, keep_choice
from search.specification import Specification


@pytest.fixture
def room(database: Database, tmp_path: Path, specification: Specification) -> Iterator[ReadingRoom]:
    with reading_room(database, tmp_path, specification) as opened:
        yield opened


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """A database each time that its log was emptied."""
    times: list[Database] = []
    monkeypatch.setattr(Database, "forget_deleted", lambda database: times.append(database))
    return times


def rows(room: ReadingRoom) -> int:
    with room.database.read() as session:
        return len(session.scalars(select(SubjectRow)).all())


def test_for_a_name_that_is_unknown_nothing_is_written_and_nobody_waits(
    room: ReadingRoom, emptied: list[Database]
) -> None:
    with room.database.write() as session:
        session.connection()
        # In spite of whoever writes.
        assert delete_reader(room.services, name_of(1)) == 0
    keep_choice(room.services, name_of(1), personalised=None, liked=None)
    assert (rows(room), emptied) == (0, [])


def test_a_choice_is_kept_and_what_deletes_nothing_empties_no_log(
    room: ReadingRoom, emptied: list[Database]
) -> None:
    keep_choice(room.services, name_of(1), minor=True, liked=[("kind", "book")])
    assert delete_reader(room.services, name_of(2)) == 0
    assert (rows(room), emptied) == (1, [])


def test_what_is_deleted_goes_from_files_too_be_it_a_label(
    room: ReadingRoom, emptied: list[Database]
) -> None:
    keep_choice(room.services, name_of(1), liked=[("kind", "book")])
    keep_choice(room.services, name_of(1), liked=[])
    assert len(emptied) == 1
    keep_choice(room.services, name_of(1), disliked=[("kind", "book")])
    assert delete_reader(room.services, name_of(1)) == 0
    assert len(emptied) == 2
    assert delete_reader(room.services, name_of(1)) == 0
    assert len(emptied) == 2
    room.use(2, *room.books[:3])
    assert delete_reader(room.services, name_of(2)) == 3
    assert len(emptied) == 3


def test_what_is_deleted_is_no_longer_popular_at_once(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(3))
    room.use(3, room.books[0])
    assert set(room.services.recommendation.trends().used) == {book.number for book in room.books[:2]}
    delete_reader(room.services, name_of(1))
    assert set(room.services.recommendation.trends().used) == {room.books[0].number}
