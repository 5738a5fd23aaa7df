"""A follower that is killed at any moment, and started again, loses no change and applies none twice."""

from __future__ import annotations

import multiprocessing
import random
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select
from support import Catalogue, add, document, revise, step

from catalog import resources
from catalog.database import Database
from catalog.lifecycle import State, Step
from catalog.tables import LeaseRow
from portal.cli import app
from portal.follower import LEASE
from search.specification import Specification

KILLS = 20
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.02


class Curators:
    """Change the catalogue without end: whatever step a resource drawn by lot can take."""

    def __init__(self, database: Database, dice: random.Random) -> None:
        self.database = database
        self.dice = dice
        self.made = [add(database, f"第{number}种书") for number in range(50)]
        self.count = 0

    def change_one(self) -> None:
        self.count += 1
        with self.database.read() as session:
            resource = resources.get(session, self.dice.choice(self.made).id)
        if self.dice.random() < 0.3:
            self.made.append(add(self.database, f"新书{self.count}"))
        elif resource.state is State.WITHDRAWN:
            # Destroying is rare, or nothing would be left to change.
            step(self.database, resource, Step.DESTROY if self.dice.random() < 0.1 else Step.PUBLISH)
        elif resource.state is State.PUBLISHED and self.dice.random() < 0.5:
            step(self.database, resource, Step.WITHDRAW)
        elif resource.state is State.PUBLISHED:
            revise(self.database, resource, document(f"修订本{self.count}"))

    def change_until(self, reached: Callable[[], bool]) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert time.monotonic() < limit, "what was waited for did not come about"
            self.change_one()
            time.sleep(PAUSE_SECONDS)


def wenmai(*words: str) -> None:
    """The command line in a process of its own, which ends with the command's exit status."""
    app(list(words))


def started(context: ForkServerContext, *words: str) -> ForkServerProcess:
    process = context.Process(target=wenmai, args=words)
    process.start()
    return process


def exit_status(context: ForkServerContext, *words: str) -> int | None:
    process = started(context, *words)
    process.join(PATIENCE_SECONDS)
    return process.exitcode


def holds_lease(database: Database, process: int | None) -> bool:
    with database.read() as session:
        holder = session.scalar(select(LeaseRow.holder).where(LeaseRow.name == LEASE))
    return holder == f"{socket.gethostname()}:{process}"


def position(catalogue: Catalogue) -> int:
    with catalogue.database.read() as session:
        return catalogue.generations.get(session, catalogue.generations.active_id()).position


@pytest.mark.slow
def test_a_follower_killed_at_twenty_moments_is_whole_in_the_end(
    tmp_path: Path,
    database: Database,
    specification: Specification,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WENMAI_DATA", str(tmp_path))
    monkeypatch.setenv("WENMAI_MODEL", str(tiny_model))
    # Forked from a process that has loaded the modules already, else most of the time went into the start of Python.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["portal.cli"])
    dice = random.Random(20)  # noqa: S311 - moments, not secrets
    curators = Curators(database, dice)
    catalogue = Catalogue.over(database, tmp_path / "index", specification)
    catalogue.build()
    reached = [position(catalogue)]
    for turn in range(KILLS):
        child = started(context, "index", "follow")
        # The lease of the one killed before is free at once: waiting it out would take ten seconds each time.
        curators.change_until(lambda: holds_lease(database, child.pid))  # noqa: B023 - called in this turn
        if turn % 2:  # else the kill may fall before the first change is applied
            curators.change_until(lambda: position(catalogue) > reached[-1])
        moment = time.monotonic() + dice.uniform(0.0, 0.6)
        curators.change_until(lambda: time.monotonic() >= moment)  # noqa: B023 - called in this turn
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        reached.append(position(catalogue))
    assert reached == sorted(reached)

    assert exit_status(context, "index", "follow", "--once") == 0

    assert catalogue.verify().sound
    with database.read() as session:
        published = dict(resources.published_revisions(session))
    keyword, vector = catalogue.search.open_engine(catalogue.generations.active_id()).revisions()
    assert dict(keyword) == dict(vector) == published
    assert catalogue.ask(size=1).total == len(published)
    assert exit_status(context, "index", "verify") == 0
