"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from relevance.summary import write_table
from support import new_database, unavailable, write_tiny_model

from catalog.database import Database
from search.specification import Specification, load_specification

ROOT = Path(__file__).parents[1]

# The same examples at every run of the same code, however slow the machine; `--hypothesis-profile=explore` looks for
# new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records and test sets beside the checkout."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        unavailable("the folder ../shared/data with real records is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedding of a few dimensions that knows single characters, so that tests do not hang on the big one."""
    return write_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def specification(tiny_model: Path) -> Specification:
    """The shipped schema and analysis with the tiny embedding, loaded once."""
    return load_specification(tiny_model)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database with the two institutions of `support.HOUSES`."""
    with new_database(f"sqlite:///{tmp_path / 'wenmai.db'}") as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Here, because whoever gathers the reports of a parallel run loads no conftest.py below this folder."""
    write_table(terminalreporter)
