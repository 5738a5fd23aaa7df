"""A follower that is killed at any moment, and started again, loses no change and applies none twice."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from support import Catalogue, add, document, revise, step

from catalog import resources
from catalog.database import Database
from catalog.lifecycle import State, Step
from catalog.tables import LeaseRow
from portal.follower import LEASE
from search.specification import Specification

KILLS = 20
PATIENCE_SECONDS = 30.0
WENMAI = Path(sys.executable).with_name("wenmai")


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


def wenmai(folder: Path, model: Path, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"WENMAI_DATA": str(folder), "WENMAI_MODEL": str(model)}
    return subprocess.Popen(
        [WENMAI, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def holds_lease(database: Database, process: int) -> bool:
    with database.read() as session:
        holder = session.scalar(select(LeaseRow.holder).where(LeaseRow.name == LEASE))
    return holder == f"{socket.gethostname()}:{process}"


def position(catalogue: Catalogue) -> int:
    with catalogue.database.read() as session:
        return catalogue.generations.get(session, catalogue.generations.active_id()).position


@pytest.mark.slow
def test_a_follower_killed_at_twenty_moments_is_whole_in_the_end(
    tmp_path: Path, database: Database, specification: Specification, tiny_model: Path
) -> None:
    dice = random.Random(20)  # noqa: S311 - moments, not secrets
    curators = Curators(database, dice)
    catalogue = Catalogue.over(database, tmp_path / "index", specification)
    catalogue.build()
    reached = [position(catalogue)]
    for _ in range(KILLS):
        with wenmai(tmp_path, tiny_model, "index", "follow") as child:
            # The lease of the one killed before is free at once: waiting it out would take ten seconds each time.
            curators.change_until(lambda: holds_lease(database, child.pid))
            moment = time.monotonic() + dice.uniform(0.0, 0.6)
            curators.change_until(lambda: time.monotonic() >= moment)  # noqa: B023 - called in this turn
            child.kill()
        assert child.returncode == -9
        reached.append(position(catalogue))
    assert reached == sorted(reached)
    # Some kills fell before the first change was applied, others into the work.
    assert len(set(reached)) > KILLS // 4

    with wenmai(tmp_path, tiny_model, "index", "follow", "--once") as last:
        assert last.wait(PATIENCE_SECONDS) == 0

    assert catalogue.verify().sound
    with database.read() as session:
        published = dict(resources.published_revisions(session))
    keyword, vector = catalogue.search.open_engine(catalogue.generations.active_id()).revisions()
    assert dict(keyword) == dict(vector) == published
    assert catalogue.ask(size=1).total == len(published)
    with wenmai(tmp_path, tiny_model, "index", "verify") as verified:
        assert verified.wait(PATIENCE_SECONDS) == 0
