"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records and test sets beside the checkout."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        unavailable("the folder ../shared/data with real records is not beside this checkout")
    return path


def unavailable(reason: str) -> None:
    """Skip what cannot run here; where everything is required, fail instead."""
    if os.environ.get("WENMAI_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
