from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_room import ReadingRoom, name_of, reading_room, sent
from sqlalchemy import update
from support import PATIENCE_SECONDS, wait

from catalog import leases
from catalog.clock import now
from catalog.database import Database
from catalog.tables import LeaseRow
from portal import trainer as module
from portal.settings import Settings
from portal.trainer import LEASE, Trainer, pause, train_here
from recommend import readers
from recommend.learning.table import Table, write_table
from recommend.learning.versions import Version
from search.specification import Specification


@pytest.fixture
def room(
    database: Database, tmp_path: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReadingRoom]:
    """A room whose trainer learns in this process, for the tiny embedding is known here alone."""
    with reading_room(database, tmp_path, specification) as opened:
        monkeypatch.setattr(module, "train_apart", lambda settings, goes_on: train_here(opened.services))
        yield opened


@pytest.fixture
def running(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    """A trainer that looks often."""
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.02)
    quick = room.services.settings.model_copy(update={"training_seconds": 0})
    object.__setattr__(room.services, "settings", quick)
    trainer = Trainer(room.services)
    thread = trainer.start()
    yield trainer
    trainer.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def version(room: ReadingRoom) -> str | None:
    return room.services.versions.active_id()


def test_new_events_are_learnt_from_while_a_process_runs(room: ReadingRoom, running: Trainer) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    wait(lambda: version(room))
    first = version(room)
    room.use_together(room.books[2], room.books[3], range(4, 8))
    wait(lambda: version(room) != first)


def test_what_was_erased_is_unlearnt(room: ReadingRoom, running: Trainer) -> None:
    room.use_together(room.books[0], room.books[1], range(3))
    wait(lambda: version(room))
    with room.database.write() as session:
        readers.erase(session, room.services.pseudonyms.of(name_of(1)))

    def unlearnt() -> bool:
        opened = room.services.recommendation.table()
        return opened is not None and float(opened[1].subjects.max(initial=0)) == 2

    wait(unlearnt)


def test_a_deletion_is_unlearnt_though_a_version_is_held(room: ReadingRoom, running: Trainer) -> None:
    room.use_together(room.books[0], room.books[1], range(3))
    wait(lambda: version(room))
    held = version(room)
    with room.database.write() as session:
        room.services.versions.activate(session, held or "", hold=True)
    with room.database.write() as session:
        readers.erase(session, room.services.pseudonyms.of(name_of(1)))
    wait(lambda: version(room) != held)


def test_a_deletion_does_not_wait_for_the_time_of_the_next_learning(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch, running: Trainer
) -> None:
    monkeypatch.setattr(module, "pause", lambda took, within: 3600.0)
    room.use_together(room.books[0], room.books[1], range(4))
    wait(lambda: version(room))
    first = version(room)
    with room.database.write() as session:
        readers.erase(session, room.services.pseudonyms.of(name_of(1)))
    wait(lambda: version(room) != first)


def test_a_version_that_could_not_be_pointed_to_is_used_by_the_next_turn(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = room.services.versions
    room.use_together(room.books[0], room.books[1], range(4))
    first = learnt(room)
    room.use(5, room.books[2])

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("recommend.learning.versions.replace_file", fail)
        with pytest.raises(OSError, match="full"):
            train_here(room.services)
    with room.database.read() as session:
        made = versions.usable(session)[-1]
    assert version(room) == first != made.id
    assert Trainer(room.services)._is_due()
    assert learnt(room) == made.id
    assert room.services.recommendation.damage() is None


def test_the_lease_is_short_and_renewed_while_it_is_learnt(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[float] = []

    def look() -> None:
        with room.database.read() as session:
            lease = session.get_one(LeaseRow, LEASE)
            left.append((lease.expires_at - now()).total_seconds())

    def slowly(settings: Settings, goes_on: Callable[[], bool]) -> Version:
        look()
        with room.database.write() as session:
            session.execute(update(LeaseRow).values(expires_at=now() + timedelta(seconds=1)))
        assert goes_on()
        look()
        return train_here(room.services)

    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.0)
    monkeypatch.setattr(module, "train_apart", slowly)
    room.use_together(room.books[0], room.books[1], range(4))
    assert learnt(room) is not None
    assert all(30 < seconds <= 60 for seconds in left)


def test_learning_is_given_up_where_another_process_took_it_over(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on: list[bool] = []

    def taken_over(settings: Settings, goes_on: Callable[[], bool]) -> None:
        with room.database.write() as session:
            session.execute(update(LeaseRow).values(holder="another-host:1"))
        went_on.append(goes_on())

    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.0)
    monkeypatch.setattr(module, "train_apart", taken_over)
    room.use_together(room.books[0], room.books[1], range(4))
    assert learnt(room) is None
    assert went_on == [False]
    with room.database.read() as session:
        assert leases.holder_of(session, LEASE) == "another-host:1"


def test_in_place_of_a_damaged_version_a_new_one_is_learnt(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    damaged = version(room) or ""
    (room.services.versions.path(damaged) / "subjects.npy").write_bytes(b"damaged")

    def fail(settings: Settings, goes_on: Callable[[], bool]) -> Version:
        raise OSError("the disk is full")

    trainer = Trainer(room.services)
    with monkeypatch.context() as broken:
        broken.setattr(module, "train_apart", fail)
        with pytest.raises(OSError, match="full"):
            trainer.turn()
    with room.database.read() as session:
        marked = room.services.versions.get(session, damaged)
    assert (marked.state, "subjects.npy" in str(marked.error)) == ("damaged", True)
    trainer.turn()
    assert version(room) != damaged
    assert room.services.recommendation.table() is not None


def test_without_the_lease_nothing_is_learnt(room: ReadingRoom) -> None:
    with room.database.write() as session:
        assert leases.take(session, LEASE, "another-host:1", 60) == "another-host:1"
    room.use_together(room.books[0], room.books[1], range(4))
    trainer = Trainer(room.services)
    trainer.turn()
    assert version(room) is None
    with room.database.write() as session:
        leases.give_back(session, LEASE, "another-host:1")
    trainer.turn()
    assert version(room) is not None


def learnt(room: ReadingRoom) -> str | None:
    """The version after the trainer had its turn."""
    Trainer(room.services).turn()
    return version(room)


def test_what_teaches_nothing_makes_no_version(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    first = learnt(room)
    room.send(sent(room.books[0].id, 1, "impression"), sent(room.books[1].id, 1, "dismissed"))
    assert learnt(room) == first
    room.use(1, room.books[2])
    assert learnt(room) != first


def test_a_version_that_somebody_chose_is_held(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    first = learnt(room) or ""
    room.use(1, room.books[2])
    assert learnt(room) != first
    with room.database.write() as session:
        room.services.versions.activate(session, first, hold=True)
    room.use(1, room.books[3])
    assert learnt(room) == first
    train_here(room.services)
    assert version(room) != first


def test_a_deletion_while_learning_is_unlearnt_afterwards(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.use_together(room.books[0], room.books[1], range(4))

    def erase_and_write(table: Table, directory: Path) -> None:
        monkeypatch.undo()
        with room.database.write() as session:
            readers.erase(session, room.services.pseudonyms.of(name_of(1)))
        write_table(table, directory)

    monkeypatch.setattr("recommend.learning.training.write_table", erase_and_write)
    monkeypatch.setattr(module, "train_apart", lambda settings, goes_on: train_here(room.services))
    first = learnt(room)
    monkeypatch.setattr(module, "train_apart", lambda settings, goes_on: train_here(room.services))
    assert learnt(room) != first
    opened = room.services.recommendation.table()
    assert opened is not None
    assert float(opened[1].subjects.max()) == 3


def test_why_nothing_was_learnt_is_noted_until_something_is(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(settings: Settings, goes_on: Callable[[], bool]) -> Version:
        raise OSError("the disk is full")

    room.use_together(room.books[0], room.books[1], range(4))
    with monkeypatch.context() as broken:
        broken.setattr(module, "train_apart", fail)
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                learnt(room)
    with room.database.read() as session:
        assert [(one.state, one.error) for one in room.services.versions.all(session)] == [
            ("failed", "the disk is full")
        ]
    assert learnt(room) is not None
    with room.database.read() as session:
        assert [one.state for one in room.services.versions.all(session)] == ["ready"]


@pytest.mark.slow
def test_learning_in_another_process_gives_a_version(
    room: ReadingRoom, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    room.use_together(room.books[0], room.books[1], range(4))
    settings = room.services.settings.model_copy(update={"model": tiny_model})
    made = module.train_apart(settings, lambda: True)
    assert made is not None
    assert (made.events, made.id) == (8, version(room))


def learn_without_end(settings: Settings) -> Version:
    """In place of learning, in its process: tells that process and whether Ctrl-C is kept from it."""
    is_kept = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    (settings.data / "learns.new").write_text(f"{os.getpid()} {is_kept}")
    (settings.data / "learns.new").rename(settings.data / "learns")
    threading.Event().wait()
    raise AssertionError


@pytest.mark.slow
def test_learning_hears_no_ctrl_c_and_ends_at_once_with_its_trainer(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(module, "_train", learn_without_end)
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.02)
    room.use_together(room.books[0], room.books[1], range(4))
    trainer = Trainer(room.services)
    thread = trainer.start()
    told = room.services.settings.data / "learns"
    wait(told.exists)
    process, is_kept = told.read_text().split()
    assert is_kept == "True"
    trainer.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)
    with room.database.read() as session:
        assert room.services.versions.all(session) == []
    with room.database.write() as session:
        assert leases.take(session, LEASE, "another-host:1", 60) == "another-host:1"


@given(within=st.floats(15, 3600), share=st.floats(0, 0.2))
def test_what_comes_just_after_learning_began_counts_in_time(within: float, share: float) -> None:
    took, polled = share * within, 5.0
    assert pause(took, within) + polled + took <= within + 1e-9


def test_learning_that_takes_long_takes_half_of_the_time_at_most() -> None:
    assert pause(200.0, within=60.0) == 400.0
