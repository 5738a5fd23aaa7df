"""One suite for every database that the system of record runs on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select
from support import ACTOR, Catalogue, add, document, revise, step

from catalog import changes, leases, resources
from catalog.bulk import NewResource, publish_all
from catalog.database import Database
from catalog.errors import Conflict
from catalog.lifecycle import State, Step
from catalog.migration import migrate, pending
from catalog.tables import AuditRow, Base, ChangeRow, RevisionRow
from search.specification import Specification


@pytest.fixture
def empty(new_url: Callable[[], str]) -> Iterator[Database]:
    database = Database(new_url())
    yield database
    database.close()


def test_migrating_makes_exactly_the_declared_tables_however_often_it_runs(empty: Database) -> None:
    assert pending(empty)
    assert migrate(empty) == migrate(empty) != ""
    assert pending(empty) == []
    assert set(inspect(empty.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_resource_goes_through_its_whole_life(any_database: Database) -> None:
    made = add(any_database, "清明上河图", description="北宋长卷")
    revised = revise(any_database, made, document("清明上河图卷", description="𠀀 四字节的字"))
    step(any_database, made, Step.WITHDRAW, Step.DESTROY)
    with any_database.read() as session:
        left = resources.get(session, made.id)
        lines = resources.history(session, made.id)
        contents = session.scalars(select(RevisionRow.data)).all()
    assert (left.state, left.data) == (State.DESTROYED, {"titles": [{"value": "清明上河图卷"}]})
    assert [line.state for line in lines] == [
        "draft", "submitted", "published", "published", "withdrawn", "destroyed",
    ]  # fmt: skip
    assert contents == [left.data] * 6
    assert lines[3].at == revised.updated_at
    assert made.created_at.utcoffset() == left.updated_at.utcoffset()


def test_a_change_its_revision_and_its_audit_row_are_written_together_or_not_at_all(
    any_database: Database,
) -> None:
    made = add(any_database, "清明上河图")
    with suppress(Conflict), any_database.write() as session:
        resources.take_step(session, made.id, Step.WITHDRAW, actor=ACTOR)
        resources.take_step(session, made.id, Step.WITHDRAW, actor=ACTOR)
    with any_database.read() as session:
        counted = [
            session.scalar(select(func.count()).select_from(t)) for t in (RevisionRow, AuditRow, ChangeRow)
        ]
    assert counted == [3, 3, 3]


def test_what_a_reading_session_changes_is_not_kept(any_database: Database) -> None:
    with any_database.read() as session:
        resources.create(session, "book", "nlc", document("偷偷写的"), actor=ACTOR)
    with any_database.read() as session:
        assert resources.count_by_state(session) == {}


def test_a_reader_keeps_its_snapshot_while_another_writes(any_database: Database) -> None:
    made = add(any_database, "甲", published=False)
    with any_database.read() as session:
        before = resources.count_by_state(session)
        with any_database.write() as writer:
            resources.publish(writer, made.id, actor=ACTOR)
        assert resources.count_by_state(session) == before


def test_of_two_editors_at_once_the_later_is_told_to_load_again(any_database: Database) -> None:
    made = add(any_database, "甲", published=False)
    refused: list[str] = []
    ready = threading.Barrier(2)

    def edit(name: str) -> None:
        ready.wait()
        try:
            with any_database.write() as session:
                resources.revise(session, made.id, document(name), actor=name, expected_revision=1)
                time.sleep(0.05)
        except Conflict as error:
            refused.append(str(error))

    _together(edit, "乙", "丙")
    assert refused == ["the resource is at revision 2, not 1: load it again"]


def test_the_feed_is_in_the_order_of_commits_under_writers_that_take_their_time(
    any_database: Database,
) -> None:
    """A follower that reads on from the last number it saw misses nothing, however the commits fall."""
    seen: list[int] = []
    finished = threading.Event()

    def write(name: str) -> None:
        for number in range(8):
            with any_database.write() as session:
                resources.create(session, "book", "nlc", document(f"{name}{number}"), actor=name)
                time.sleep(0.002 * (number % 3))

    def look() -> None:
        with any_database.read() as session:
            seen.extend(change.number for change in changes.read(session, seen[-1] if seen else 0))

    def follow() -> None:
        while not finished.is_set():
            look()
        look()

    follower = threading.Thread(target=follow)
    follower.start()
    _together(write, "甲", "乙", "丙")
    finished.set()
    follower.join()
    with any_database.read() as session:
        assert seen == session.scalars(select(ChangeRow.number).order_by(ChangeRow.number)).all()
    assert len(seen) == 24


def test_of_processes_that_ask_at_once_one_gets_the_lease(any_database: Database) -> None:
    told: dict[str, str] = {}
    ready = threading.Barrier(4)

    def take(holder: str) -> None:
        ready.wait()
        with any_database.write() as session:
            told[holder] = leases.take(session, "follower", holder, 60)
            time.sleep(0.02)

    _together(take, *(f"host-{number}:1" for number in range(4)))
    assert len(told) == 4
    assert len(set(told.values())) == 1


def test_bulk_publishing_and_single_resources_share_the_numbers(any_database: Database) -> None:
    add(any_database, "先来的")
    publish_all(
        any_database, [NewResource("book", "nlc", document(f"成批{n}")) for n in range(3)], actor=ACTOR
    )
    add(any_database, "后来的")
    with any_database.read() as session:
        found = resources.published(session, after_number=0, up_to=5)
    assert [r.title for r in found] == ["先来的", "成批0", "成批1", "成批2", "后来的"]


def test_the_index_is_built_from_and_follows_every_database(
    any_database: Database, tmp_path: Path, specification: Specification
) -> None:
    catalogue = Catalogue.over(any_database, tmp_path / "index", specification)
    caves = add(any_database, "云冈石窟")
    catalogue.build()
    add(any_database, "龙门石窟")
    step(any_database, caves, Step.WITHDRAW)
    assert catalogue.titles("石窟") == []
    catalogue.indexer.follow_once()
    assert catalogue.titles("石窟") == ["龙门石窟"]
    assert catalogue.verify().sound


def _together(work: Callable[[str], None], *names: str) -> None:
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
