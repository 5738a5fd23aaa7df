"""One server over the small catalogue for all tests of the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from small_library import Site, small_library


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with small_library(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as opened:
        yield opened


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A library of its own, for tests that change what is recommended."""
    with small_library(tmp_path) as running:
        yield running


@pytest.fixture
def own(own_site: Site) -> Iterator[httpx.Client]:
    with own_site.client() as opened:
        yield opened
