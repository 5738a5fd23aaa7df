"""Brings the database's tables to the shape that this version needs."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from catalog.assets import asset
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.tables import Base


def migrate(database: Database) -> str:
    """Upgrade to the newest revision, in one transaction; returns its name. Safe to run again.

    Raises Unavailable for tables of a version that this one does not know.
    """
    with database.engine.execution_options(immediate=True).begin() as connection:
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise Unavailable(
                f"the tables of {database.engine.url} are of another version of Wenmai, probably a newer one, which should "
                f"be used instead: {error}"
            ) from error
        return MigrationContext.configure(connection).get_current_revision() or ""


def pending(database: Database) -> list[object]:
    """Differences between the tables as they are and as the code declares them; empty when they agree."""
    with database.engine.begin() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(asset("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
