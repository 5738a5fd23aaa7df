from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect
from support import add

from catalog import resources
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.migration import migrate, pending
from catalog.tables import Base


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield database
    database.close()


def test_migrating_makes_exactly_the_declared_tables(empty: Database) -> None:
    assert pending(empty)
    migrate(empty)
    assert pending(empty) == []
    assert set(inspect(empty.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_migrating_twice_is_safe_and_names_the_same_revision(database: Database) -> None:
    made = add(database, "清明上河图")
    assert migrate(database) == migrate(database) != ""
    with database.read() as session:
        assert resources.get(session, made.id) == made


def test_a_column_that_is_missing_is_pending(empty: Database) -> None:
    migrate(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE revision DROP COLUMN note")
    assert "note" in repr(pending(empty))


def test_tables_of_a_newer_version_are_left_alone_and_told(empty: Database) -> None:
    migrate(empty)
    with empty.engine.execution_options(immediate=True).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="another version of Wenmai"):
        migrate(empty)


def test_a_migration_that_fails_changes_nothing(empty: Database) -> None:
    with empty.engine.execution_options(immediate=True).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE revision (stands_in_the_way INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        migrate(empty)
    assert inspect(empty.engine).get_table_names() == ["revision"]
