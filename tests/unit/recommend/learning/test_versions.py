from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from reading_room import ReadingRoom, name_of

from catalog.clock import now
from catalog.errors import Conflict, NotFound
from portal.trainer import Trainer
from recommend import readers
from recommend.hyperparameters import HeavyParameters
from recommend.learning import training
from recommend.learning.couse import learn
from recommend.learning.table import damage_of
from recommend.learning.training import read_interactions
from recommend.learning.versions import Versions


def test_an_activation_that_did_not_reach_the_disk_changes_nothing(room: ReadingRoom) -> None:
    versions = room.services.versions
    room.learn()
    first = versions.active_id() or ""
    room.learn()
    second = versions.active_id()
    with suppress(OSError), room.database.write() as session:
        versions.activate(session, first)
        raise OSError("the disk is full")
    assert versions.active_id() == second != first


def test_each_learning_makes_a_version_and_a_few_are_kept(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    for _ in range(5):
        room.learn()
    with room.database.read() as session:
        kept = room.services.versions.all(session)
    assert len(kept) == 3
    assert kept[-1].id == room.services.versions.active_id()
    assert {path.name for path in room.services.versions.directory.iterdir()} == {
        "active",
        *(one.id for one in kept),
    }


def test_an_older_version_can_be_used_again(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    first = room.services.versions.active_id() or ""
    room.use_together(room.books[2], room.books[3], range(4, 8))
    room.learn()
    assert room.titles(session=(room.books[2].id,), size=1) == [room.books[3].title]
    with room.database.write() as session:
        room.services.versions.activate(session, first)
    opened = room.services.recommendation.table()
    assert opened is not None
    assert opened[0] == first
    assert len(opened[1].popular) == 2


def test_a_version_that_knows_what_was_deleted_since_is_not_gone_back_to_and_soon_not_kept(
    room: ReadingRoom,
) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    first = room.services.versions.active_id() or ""
    with room.database.write() as session:
        readers.erase(session, room.services.pseudonyms.of(name_of(1)))
    with room.database.write() as session, pytest.raises(Conflict, match="deleted since"):
        room.services.versions.activate(session, first, hold=True)
    room.learn()
    with room.database.read() as session:
        assert first not in [one.id for one in room.services.versions.all(session)]
    assert not room.services.versions.path(first).exists()


def test_a_version_whose_files_are_damaged_is_not_gone_back_to(room: ReadingRoom) -> None:
    versions = room.services.versions
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    first = versions.active_id() or ""
    (versions.path(first) / "subjects.npy").write_bytes(b"damaged")
    with room.database.write() as session, pytest.raises(Conflict, match="there is no other to go back to"):
        versions.activate(session, first, hold=True)
    room.learn()
    second = versions.active_id() or ""
    with room.database.write() as session, pytest.raises(Conflict, match=r"subjects\.npy.*such as " + second):
        versions.activate(session, first, hold=True)
    assert versions.active_id() == second


def test_a_version_whose_files_are_gone_is_not_usable(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(4))
    room.learn()
    first = room.services.versions.active_id() or ""
    room.learn()
    shutil.rmtree(room.services.versions.path(first))
    with room.database.read() as session:
        usable = [one.id for one in room.services.versions.usable(session)]
    assert usable == [room.services.versions.active_id()]
    shutil.rmtree(room.services.versions.path(usable[0]))
    assert Trainer(room.services)._is_due()


def test_what_is_noted_keeps_its_files_whatever_fails_from_then_on(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = room.services.versions

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("recommend.learning.versions.replace_file", fail)
    with pytest.raises(OSError, match="full"):
        room.learn()
    with room.database.read() as session:
        (noted,) = versions.all(session)
    assert damage_of(versions.path(noted.id)) is None


def test_the_reason_why_a_version_is_damaged_is_told(room: ReadingRoom) -> None:
    room.learn()
    only = room.services.versions.active_id() or ""
    with room.database.write() as session:
        room.services.versions.damaged(session, only, "subjects.npy is damaged")
    with room.database.write() as session, pytest.raises(Conflict, match=r"subjects\.npy is damaged"):
        room.services.versions.activate(session, only, hold=True)


def test_before_anything_was_learnt_there_is_no_version_to_go_back_to(room: ReadingRoom) -> None:
    with room.database.write() as session, pytest.raises(NotFound, match="none was learnt yet"):
        room.services.versions.activate(session, "01JF8Z6Q3V7W9X2Y4B5C6D7E8F", hold=True)


def test_the_active_version_is_not_dropped(room: ReadingRoom) -> None:
    room.learn()
    versions: Versions = room.services.versions
    with room.database.write() as session, pytest.raises(Conflict):
        versions.drop(session, versions.active_id() or "")
    with room.database.write() as session, pytest.raises(NotFound):
        versions.activate(session, "unknown")


def test_a_failed_learning_leaves_no_files(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("recommend.learning.training.write_table", fail)
    with pytest.raises(OSError, match="full"):
        room.learn()
    assert room.services.versions.active_id() is None
    assert list(room.services.versions.directory.iterdir()) == []


def test_a_deletion_that_began_before_a_learning_and_ended_in_it_is_unlearnt(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    make = training._table

    def erased_meanwhile(*given: Any) -> Any:
        with room.database.write() as session:
            readers.erase(session, room.services.pseudonyms.of(name_of(1)))
        return make(*given)

    monkeypatch.setattr(training, "_table", erased_meanwhile)
    # As if the deletion had noted its time before the learning did.
    monkeypatch.setattr(training, "now", lambda: now() + timedelta(minutes=1))
    room.learn()
    with room.database.read() as session:
        (version,) = room.services.versions.all(session)
        assert room.services.versions.usable(session) == []
    assert version.subjects == 5
    assert Trainer(room.services)._is_due()


def test_one_subject_has_one_vote_for_each_of_its_newest_resources(room: ReadingRoom) -> None:
    room.use(1, *room.books)
    room.use(1, *room.books, kind="saved")
    parameters = room.services.hyperparameters.co_use.model_copy(update={"most_of_one_subject": 7})
    with room.database.read() as session:
        read = read_interactions(session, parameters)
    assert read.matrix.shape == (1, 7)
    assert read.matrix.nnz == 7
    assert read.events == 40


def test_who_opened_everything_makes_no_pairs_with_a_few_of_his_kind(room: ReadingRoom) -> None:
    heavy = HeavyParameters(share=0.1, least=5)
    parameters = room.services.hyperparameters.co_use.model_copy(update={"heavy": heavy})
    for reader in range(4):
        room.use(reader, *room.books)
    room.use_together(room.books[0], room.books[1], range(10, 13))
    with room.database.read() as session:
        read = read_interactions(session, parameters)
    together = learn(read.matrix, parameters).together
    assert together.nnz == 2
    assert together[[0], [1]] > 0


def test_a_version_that_is_chosen_while_another_one_is_learnt_stays(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = room.services.versions
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    first = versions.active_id() or ""
    make = training._table

    def chosen_meanwhile(*given: Any) -> Any:
        with room.database.write() as session:
            versions.activate(session, first, hold=True)
        return make(*given)

    with monkeypatch.context() as patched:
        patched.setattr(training, "_table", chosen_meanwhile)
        room.learn()
    assert (versions.active_id(), versions.held_id()) == (first, first)
    assert not Trainer(room.services)._is_due()
    with room.database.read() as session:
        assert len(versions.usable(session)) == 2
    room.learn()
    assert (versions.active_id() != first, versions.held_id()) == (True, None)


def test_what_another_process_is_learning_is_not_cleared_away(room: ReadingRoom) -> None:
    versions = room.services.versions
    with Versions(versions.directory).making() as (_, being_made):
        room.use_together(room.books[0], room.books[1], range(4))
        room.learn()
        assert being_made.is_dir()
    left = versions.directory / "left-by-a-killed-process"
    left.mkdir()
    room.learn()
    assert not left.exists()
    assert not being_made.exists()
