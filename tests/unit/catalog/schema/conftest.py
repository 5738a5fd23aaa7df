"""The schema that ships, loaded once for its tests."""

from __future__ import annotations

import pytest

from catalog.assets import asset
from catalog.schema import Schemas


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    return Schemas.load(asset("schemas"))
