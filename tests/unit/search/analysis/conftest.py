"""The analysis that ships, loaded once for its tests."""

from __future__ import annotations

import pytest

from catalog.assets import asset
from search.analysis.fold import Folding
from search.analysis.pinyin import Pinyin
from search.analysis.words import Analyzer


@pytest.fixture(scope="session")
def folding() -> Folding:
    return Folding.load(asset("index_config"))


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer(asset("index_config"))


@pytest.fixture(scope="session")
def pinyin() -> Pinyin:
    return Pinyin(asset("index_config"))
