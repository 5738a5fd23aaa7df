from __future__ import annotations

import threading
from pathlib import Path

import pytest
from reading_room import ReadingRoom, name_of
from support import PATIENCE_SECONDS, wait

from recommend import readers
from recommend.learning import table_in_use
from recommend.learning.table import Table, open_table
from recommend.learning.table_in_use import TableInUse


@pytest.fixture
def tables(room: ReadingRoom) -> TableInUse:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    return TableInUse(room.database, room.services.versions)


class SlowOpening:
    """Opens tables as ever, but not before it may."""

    def __init__(self) -> None:
        self.read: list[Path] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, directory: Path) -> Table:
        self.read.append(directory)
        self.begun.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return open_table(directory)


def test_the_very_first_table_is_waited_for(tables: TableInUse, room: ReadingRoom) -> None:
    opened = tables.at_once()
    assert opened is not None
    assert opened[0] == room.services.versions.active_id()


def test_a_new_table_is_opened_once_while_requests_go_on_with_the_former_one(
    tables: TableInUse, room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, slow = tables.at_once(), SlowOpening()
    room.learn()
    monkeypatch.setattr(table_in_use, "open_table", slow)
    assert tables.at_once() is former
    assert slow.begun.wait(PATIENCE_SECONDS)
    assert tables.at_once() is former
    slow.may_go_on.set()
    wait(lambda: tables.at_once() is not former)
    opened = tables.at_once()
    assert opened is not None
    assert (opened[0], len(slow.read)) == (room.services.versions.active_id(), 1)


def test_who_looks_again_waits_for_the_new_table(tables: TableInUse, room: ReadingRoom) -> None:
    tables.at_once()
    room.learn()
    tables.look_again()
    opened = tables.at_once()
    assert opened is not None
    assert opened[0] == room.services.versions.active_id()


def test_what_is_wrong_with_a_new_table_is_told_without_a_request(
    tables: TableInUse, room: ReadingRoom
) -> None:
    assert tables.damage() is None
    room.learn()
    active = room.services.versions.active_id() or ""
    (room.services.versions.path(active) / "subjects.npy").write_bytes(b"damaged")
    damage = tables.damage()
    assert damage is not None
    assert (damage[0], "subjects.npy" in damage[1]) == (active, True)


def test_a_damaged_version_leaves_the_former_in_use(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    former = room.services.recommendation.table()
    room.use_together(room.books[2], room.books[3], range(5))
    room.learn()
    directory = room.services.versions.path(room.services.versions.active_id() or "")
    (directory / "subjects.npy").write_bytes(b"damaged")
    assert room.services.recommendation.table() is former
    assert room.recommend(session=(room.books[0].id,), size=1)[0].resource.id == room.books[1].id


def test_where_the_active_version_is_damaged_from_the_start_the_former_is_used(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    former = room.services.versions.active_id()
    room.learn()
    directory = room.services.versions.path(room.services.versions.active_id() or "")
    (directory / "numbers.npy").write_bytes(b"damaged")
    opened = room.services.recommendation.table()
    assert opened is not None
    assert opened[0] == former


def test_where_the_only_version_is_damaged_it_is_said_that_there_is_no_former_one(
    room: ReadingRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.learn()
    (room.services.versions.path(room.services.versions.active_id() or "") / "numbers.npy").unlink()
    assert room.services.recommendation.table() is None
    (message,) = caplog.messages
    assert "there is no former one" in message
    assert "numbers.npy is missing" in message


def test_in_place_of_a_damaged_version_none_is_used_that_knows_what_was_deleted(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    assert room.services.recommendation.table() is not None
    with room.database.write() as session:
        readers.erase(session, room.services.pseudonyms.of(name_of(1)))
    room.learn()
    directory = room.services.versions.path(room.services.versions.active_id() or "")
    (directory / "subjects.npy").write_bytes(b"damaged")
    assert room.services.recommendation.table() is None


def test_where_no_thread_can_start_the_former_table_answers_and_a_later_request_opens_the_new_one(
    tables: TableInUse, room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = tables.at_once()
    room.use_together(room.books[1], room.books[2], range(5))
    room.learn()

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert tables.at_once() is former
    active = room.services.versions.active_id()
    wait(lambda: (opened := tables.at_once()) is not None and opened[0] == active)
