from __future__ import annotations

from pathlib import Path

import pytest
from terminal import Terminal

from catalog import leases
from catalog.database import Database
from portal.follower import LEASE, Follower


@pytest.fixture
def terminal(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """One whose workers end at once."""
    monkeypatch.setattr(Follower, "run", lambda _follower: None)
    made = Terminal(tmp_path, tiny_model)
    made.json("init")
    return made


def test_a_worker_tells_that_it_follows(terminal: Terminal) -> None:
    assert terminal.run("worker").stderr.startswith("following the change feed")


def test_a_worker_tells_for_whom_it_waits(terminal: Terminal) -> None:
    database = Database(f"sqlite:///{terminal.data / 'wenmai.db'}")
    with database.write() as session:
        leases.take(session, LEASE, "another-host:1", 60)
    database.close()
    assert terminal.run("worker").stderr.startswith("waiting for process another-host:1")
