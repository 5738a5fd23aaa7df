from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reading_room import ReadingRoom, reading_room

from catalog.database import Database
from search.specification import Specification


@pytest.fixture
def room(database: Database, tmp_path: Path, specification: Specification) -> Iterator[ReadingRoom]:
    with reading_room(database, tmp_path, specification) as opened:
        yield opened
