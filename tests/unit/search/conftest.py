"""A searchable catalogue for the tests of search."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Catalogue

from catalog.database import Database
from search.specification import Specification


@pytest.fixture
def catalogue(database: Database, tmp_path: Path, specification: Specification) -> Catalogue:
    """An empty catalogue without an index yet."""
    return Catalogue.over(database, tmp_path / "index", specification)
