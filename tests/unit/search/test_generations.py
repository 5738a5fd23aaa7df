from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete
from support import Catalogue, add

from catalog.errors import Conflict, NotFound, Unavailable
from catalog.tables import GenerationRow
from search.generations import FAILED, READY, Generation, Generations


def state(catalogue: Catalogue, generation: Generation) -> str:
    with catalogue.database.read() as session:
        return catalogue.generations.get(session, generation.id).state


def drop(catalogue: Catalogue, generation: Generation) -> None:
    with catalogue.database.write() as session:
        catalogue.generations.drop(session, generation.id)


def test_a_built_generation_is_ready_and_answers_only_once_it_is_active(catalogue: Catalogue) -> None:
    add(catalogue.database, "云冈石窟")
    generation = catalogue.indexer.build()
    assert (generation.state, generation.documents) == (READY, 1)
    assert generation.fingerprint == catalogue.specification.fingerprint
    with pytest.raises(Unavailable):
        catalogue.generations.active_id()
    catalogue.activate(generation)
    assert catalogue.generations.active_id() == generation.id
    assert catalogue.titles("云冈") == ["云冈石窟"]


def test_an_activation_that_did_not_reach_the_disk_changes_nothing(catalogue: Catalogue) -> None:
    first, second = catalogue.build(), catalogue.indexer.build()
    with suppress(OSError), catalogue.database.write() as session:
        catalogue.generations.activate(session, second.id)
        raise OSError("the disk is full")
    assert catalogue.generations.active_id() == first.id


def test_a_running_search_follows_the_switch_and_the_way_back(catalogue: Catalogue) -> None:
    add(catalogue.database, "云冈石窟")
    first = catalogue.build()
    assert catalogue.ask().total == 1
    add(catalogue.database, "龙门石窟")
    second = catalogue.build()
    assert catalogue.ask().total == 2
    catalogue.activate(first)
    assert catalogue.ask().total == 1
    assert catalogue.indexer.follow_once() > 0
    assert catalogue.ask().total == 2
    catalogue.activate(second)
    assert catalogue.ask().total == 2


def test_old_and_new_follow_the_same_feed(catalogue: Catalogue) -> None:
    first = catalogue.build()
    second = catalogue.build()
    add(catalogue.database, "云冈石窟")
    catalogue.indexer.follow_once()
    for generation in (first, second):
        catalogue.activate(generation)
        assert catalogue.verify().sound


def test_the_active_generation_cannot_be_dropped_and_another_leaves_no_files(catalogue: Catalogue) -> None:
    first, second = catalogue.build(), catalogue.build()
    with pytest.raises(Conflict, match="activate another one first"):
        drop(catalogue, second)
    drop(catalogue, first)
    assert not catalogue.generations.path(first.id).exists()
    with catalogue.database.read() as session:
        assert [g.id for g in catalogue.generations.all(session)] == [second.id]
        assert catalogue.generations.bytes(second.id) > 1000
    with pytest.raises(NotFound, match="`wenmai index list`"):
        drop(catalogue, first)


def test_a_build_that_fails_leaves_no_files_and_notes_why(catalogue: Catalogue) -> None:
    add(catalogue.database, "云冈石窟")
    before = catalogue.build()

    def fail(count: int) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        catalogue.indexer.build(progress=fail)
    with catalogue.database.read() as session:
        failed = catalogue.generations.all(session)[-1]
    assert (failed.state, failed.error) == (FAILED, "RuntimeError('the disk is full')")
    assert not catalogue.generations.path(failed.id).exists()
    assert catalogue.generations.active_id() == before.id
    with pytest.raises(Conflict, match="is failed, only a ready one"):
        catalogue.activate(failed)
    assert catalogue.indexer.follow_once() == 0


def test_a_build_catches_up_with_what_changed_meanwhile(catalogue: Catalogue) -> None:
    add(catalogue.database, "云冈石窟")
    added: list[int] = []

    def publish_once(count: int) -> None:
        if not added:
            added.append(add(catalogue.database, "龙门石窟").number)

    catalogue.activate(catalogue.indexer.build(progress=publish_once))
    assert added
    assert catalogue.verify().sound
    assert catalogue.indexer.follow_once() == 0


@pytest.mark.parametrize("content", [b"", b"{", b'{"other": 1}', b'{"generation": "nobody"}'])
def test_a_pointer_that_cannot_be_read_is_no_active_index(
    catalogue: Catalogue, tmp_path: Path, content: bytes
) -> None:
    generation = catalogue.build()
    (tmp_path / "index" / "active").write_bytes(content)
    with pytest.raises(Unavailable):
        catalogue.generations.active_id()
    drop(catalogue, generation)
    assert state(catalogue, catalogue.build()) == READY


def test_what_a_killed_build_left_is_cleared_by_the_next_one(catalogue: Catalogue) -> None:
    other = Generations(catalogue.generations.directory)
    with catalogue.database.write() as session:
        left = other.begin(session, "x", 0)
    # As if its process had ended: the lock is gone with it.
    other._locks[left.id].close()
    assert state(catalogue, left) == FAILED
    with catalogue.database.write() as session:
        lived = catalogue.generations.begin(session, "x", 0)
    assert not catalogue.generations.path(left.id).exists()
    assert (state(catalogue, left), state(catalogue, lived)) == ("failed", "building")
    built = catalogue.indexer.build()
    assert state(catalogue, lived) == "building"
    with catalogue.database.read() as session:
        assert {g.id for g in catalogue.generations.all(session)} == {lived.id, built.id}
    with catalogue.database.write() as session:
        catalogue.generations.fail(session, lived.id, "the end of the test")


def test_a_generation_that_is_being_built_cannot_be_dropped(catalogue: Catalogue) -> None:
    builder = Generations(catalogue.generations.directory)
    with catalogue.database.write() as session:
        building = builder.begin(session, "x", 0)
    with pytest.raises(Conflict, match="is being built"):
        drop(catalogue, building)
    with catalogue.database.write() as session:
        builder.fail(session, building.id, "the end of the test")
    drop(catalogue, building)


def test_an_index_that_the_database_does_not_know_is_told_and_can_be_dropped(catalogue: Catalogue) -> None:
    former, active = catalogue.build(), catalogue.build()
    with catalogue.database.write() as session:
        # As when the database is put back from a copy that is older than the index.
        session.execute(delete(GenerationRow))
        assert catalogue.generations.strays(session) == [former.id, active.id]
    drop(catalogue, former)
    with catalogue.database.read() as session:
        assert catalogue.generations.strays(session) == [active.id]
    with pytest.raises(Conflict, match="activate another one first"):
        drop(catalogue, active)


def test_a_dropped_generation_answers_until_the_next_one_is_open(catalogue: Catalogue) -> None:
    add(catalogue.database, "云冈石窟")
    first = catalogue.build()
    assert catalogue.ask().total == 1
    engine = catalogue.search.engine()
    catalogue.build()
    drop(catalogue, first)
    assert len(engine.resembling(["云"], [], 5)) == 1
    assert catalogue.ask().total == 1


def test_a_pointer_that_is_lost_leaves_the_generation_that_answers(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    assert catalogue.ask().total == 1
    (tmp_path / "index" / "active").unlink()
    assert catalogue.ask().total == 1


def test_a_generation_that_was_refused_is_tried_again_when_it_is_activated_again(
    catalogue: Catalogue,
) -> None:
    first = catalogue.build()
    add(catalogue.database, "云冈石窟")
    second = catalogue.indexer.build()
    whole = catalogue.generations.path(second.id) / "vectors" / "works.npy"
    away = whole.with_name("away")
    whole.rename(away)
    assert catalogue.ask().total == 0
    catalogue.activate(second)
    assert catalogue.ask().total == 0
    away.rename(whole)
    catalogue.activate(second)
    assert catalogue.ask().total == 1
    drop(catalogue, first)
    assert catalogue.ask().total == 1
