from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.database import Database
from catalog.errors import Unavailable
from catalog.migration import migrate
from portal.services import open_services
from portal.settings import Settings


def revision_becomes(settings: Settings, revision: str) -> None:
    database = Database(settings.database_url)
    migrate(database)
    with database.engine.execution_options(immediate=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    database.close()


@pytest.mark.parametrize("revision", ["0003", "9999"])
def test_tables_of_another_version_are_told_before_they_are_used(
    tmp_path: Path, tiny_model: Path, revision: str
) -> None:
    settings = Settings(data=tmp_path, model=tiny_model)
    revision_becomes(settings, revision)
    with pytest.raises(Unavailable, match="run `wenmai init`"):
        open_services(settings)


def test_a_database_without_tables_is_told_before_it_is_used(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "wenmai.db").touch()
    with pytest.raises(Unavailable, match="run `wenmai init`"):
        open_services(Settings(data=tmp_path, model=tiny_model))


def test_a_folder_that_is_not_there_is_told_though_the_database_is_elsewhere(
    tmp_path: Path, tiny_model: Path
) -> None:
    settings = Settings(
        data=tmp_path / "missing", model=tiny_model, database_url=f"sqlite:///{tmp_path / 'elsewhere.db'}"
    )
    database = Database(settings.database_url)
    migrate(database)
    database.close()
    with pytest.raises(Unavailable, match=r"missing is not a wenmai data directory yet: run `wenmai init`"):
        open_services(settings)
