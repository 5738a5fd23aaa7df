from __future__ import annotations

import threading
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from support import ACTOR, PATIENCE_SECONDS, add, document, wait

from catalog import resources
from catalog.clock import now
from catalog.database import Database
from catalog.tables import InstitutionRow


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_every_sqlite_connection_is_durable_and_strict(
    database: Database, pragma: str, value: object
) -> None:
    with database.read() as first, database.read() as second:
        for session in (first, second):
            assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_what_was_deleted_leaves_the_log_once_no_reader_is_in_the_way(
    database: Database, tmp_path: Path
) -> None:
    log = Path(database.url.removeprefix("sqlite:///") + "-wal")
    with database.read() as reading:
        reading.scalar(text("SELECT count(*) FROM resource"))
        add(database, "甲", published=False)
        began = monotonic()
        database.forget_deleted()
        add(database, "乙", published=False)
        # Neither who deletes nor who writes waits for the reader.
        assert monotonic() - began < PATIENCE_SECONDS / 2
        assert log.stat().st_size
    wait(lambda: not log.stat().st_size)


def test_a_foreign_key_that_points_nowhere_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        resources.create(session, "book", "no-such-house", document("无主之书"), actor=ACTOR)


def test_a_reader_keeps_its_snapshot_while_another_writes(database: Database) -> None:
    made = add(database, "甲", published=False)
    with database.read() as session:
        before = resources.count_by_state(session)
        with database.write() as writer:
            resources.publish(writer, made.id, actor=ACTOR)
        assert resources.count_by_state(session) == before == {"draft": 1}
    with database.read() as session:
        assert resources.count_by_state(session) == {"published": 1}


def test_writers_wait_for_each_other_instead_of_failing(database: Database) -> None:
    """Each reads first and writes then, which SQLite refuses at once unless the writer's lock is taken first."""
    made = add(database, "甲", published=False)

    def revise(name: str) -> None:
        for number in range(10):
            with database.write() as session:
                revision = resources.get(session, made.id).revision
                resources.revise(
                    session, made.id, document(f"{name}{number}"), actor=name, expected_revision=revision
                )

    threads = [threading.Thread(target=revise, args=(name,)) for name in "甲乙丙"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert resources.get(session, made.id).revision == 31


def test_what_was_committed_is_read_by_another_connection_to_the_file(
    database: Database, tmp_path: Path
) -> None:
    made = add(database, "甲")
    other = Database(f"sqlite:///{tmp_path / 'wenmai.db'}")
    with other.read() as session:
        assert resources.get(session, made.id) == made
    other.close()


@pytest.mark.parametrize("title", ["敦煌壁画", "Caves", "𠀀", "lone \ud800"])
def test_a_document_is_stored_readably_and_comes_back_as_it_was(database: Database, title: str) -> None:
    document = {"titles": [{"value": title, "type": "main"}], "big": 2**70, "share": 0.1, "none": None}
    with database.write() as session:
        session.add(InstitutionRow(code="house", name="n", data=document, created_at=now()))
    with database.read() as session:
        stored = str(session.scalar(text("SELECT data FROM institution WHERE code = 'house'")))
        assert session.scalar(select(InstitutionRow.data).where(InstitutionRow.code == "house")) == document
    assert (title in stored) == ("\ud800" not in title)


def test_a_document_that_was_stored_in_escapes_is_read(database: Database) -> None:
    with database.write() as session:
        made = resources.create(session, "book", "nlc", {"titles": []}, actor=ACTOR)
        session.execute(text("UPDATE resource SET data = :data"), {"data": '{"titles": ["\\u6566\\ud800"]}'})
    with database.read() as session:
        assert resources.get(session, made.id).data == {"titles": ["敦\ud800"]}
