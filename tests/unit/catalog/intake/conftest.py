from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog import institutions
from catalog.assets import asset
from catalog.database import Database
from catalog.intake import ImportOptions, Intake
from catalog.schema import Schemas
from catalog.tables import Base


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    return Schemas.load(asset("schemas"))


@pytest.fixture
def intake(tmp_path: Path, schemas: Schemas) -> Iterator[Intake]:
    """An intake over a new database that has the institutions `nlc` and `dpm`."""
    database = Database(f"sqlite:///{tmp_path / 'catalogue.db'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        for code in ("nlc", "dpm"):
            institutions.put(session, {"code": code, "name": code, "type": "library"})
    yield Intake(database, schemas, tmp_path / "raw")
    database.close()


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file into the test's folder."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def options() -> Callable[..., ImportOptions]:
    """Options for books of `nlc`."""

    def make(**says: Any) -> ImportOptions:
        return ImportOptions(**{"institution": "nlc", "kind": "book", **says})

    return make
