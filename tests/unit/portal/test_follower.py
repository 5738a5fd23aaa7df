from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import ACTOR, PATIENCE_SECONDS, Catalogue, add, document, wait

from catalog import leases, resources
from catalog.database import Database
from catalog.errors import Conflict
from portal import follower as module
from portal.follower import LEASE, WORKER_LEASE, Follower
from portal.services import Services, wire
from portal.settings import Settings
from search import indexing
from search.specification import Specification

ELSEWHERE = "another-host:1"


@pytest.fixture
def catalogue(database: Database, tmp_path: Path, specification: Specification) -> Catalogue:
    made = Catalogue.over(database, tmp_path / "index", specification)
    made.build()
    return made


@pytest.fixture
def services(catalogue: Catalogue, tmp_path: Path) -> Iterator[Services]:
    made = wire(Settings(data=tmp_path), catalogue.database, catalogue.specification)
    yield made
    made.events.close()


@pytest.fixture
def running(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follower]:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.05)
    follower = Follower(services)
    thread = follower.start()
    yield follower
    follower.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def take(database: Database, holder: str) -> str:
    with database.write() as session:
        return leases.take(session, LEASE, holder, 60)


def holder(database: Database, lease: str = LEASE) -> str | None:
    with database.read() as session:
        return leases.holder_of(session, lease)


def wait_for_total(catalogue: Catalogue, total: int) -> None:
    wait(lambda: catalogue.ask().total == total)


def test_what_is_published_is_found_while_a_follower_runs(catalogue: Catalogue, running: Follower) -> None:
    for number in range(1, 4):
        add(catalogue.database, f"第{number}窟")
        wait_for_total(catalogue, number)


def test_the_lease_is_given_back_at_the_end(services: Services) -> None:
    follower = Follower(services)
    follower.take_lease()
    assert take(services.database, ELSEWHERE) == leases.this_process()
    follower.give_back()
    assert take(services.database, ELSEWHERE) == ELSEWHERE


def test_a_follower_that_never_had_the_lease_gives_nothing_back(services: Services) -> None:
    take(services.database, ELSEWHERE)
    Follower(services).give_back()
    assert take(services.database, "third:1") == ELSEWHERE


def test_taking_the_lease_from_another_is_refused_and_the_holder_named(services: Services) -> None:
    take(services.database, ELSEWHERE)
    with pytest.raises(Conflict, match=f"process {ELSEWHERE}; stop that one first"):
        Follower(services).take_lease()


def test_a_follower_waits_until_the_lease_is_free(catalogue: Catalogue, running: Follower) -> None:
    with catalogue.database.write() as session:
        leases.give_back(session, LEASE, leases.this_process())
        leases.take(session, LEASE, ELSEWHERE, 60)
    time.sleep(0.15)
    add(catalogue.database, "第一窟")
    time.sleep(0.15)
    assert catalogue.ask().total == 0
    with catalogue.database.write() as session:
        leases.give_back(session, LEASE, ELSEWHERE)
    wait_for_total(catalogue, 1)


def test_a_failure_is_logged_and_tried_again(
    catalogue: Catalogue,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.05)
    indexer = _FailsOnce(services)
    follower = Follower(replace(services, indexer=indexer))
    add(catalogue.database, "第一窟")
    with caplog.at_level(logging.ERROR):
        thread = follower.start()
        wait_for_total(catalogue, 1)
        follower.stop()
        thread.join(PATIENCE_SECONDS)
    assert "the disk is full" in caplog.text


class _FailsOnce(indexing.Indexer):
    def __init__(self, services: Services) -> None:
        super().__init__(services.database, services.generations, services.specification)
        self.failed = False

    def follow_once(self, progress: indexing.Progress = lambda count: None) -> int:
        if not self.failed:
            self.failed = True
            raise OSError("the disk is full")
        return super().follow_once(progress)


def test_long_work_ends_when_another_process_has_taken_over(
    catalogue: Catalogue, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower(services)
    follower.take_lease()
    follower._renew(1)
    monkeypatch.setattr(module, "_RENEW_SECONDS", -1.0)
    follower._renew(1)
    with catalogue.database.write() as session:
        leases.give_back(session, LEASE, leases.this_process())
        leases.take(session, LEASE, ELSEWHERE, 60)
    with pytest.raises(Conflict, match="another process has taken over"):
        follower._renew(1)


def test_an_index_that_has_changed_much_is_built_anew_and_activated(
    catalogue: Catalogue, running: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = catalogue.generations.active_id()
    made = add(catalogue.database, "第一窟")
    monkeypatch.setattr(indexing, "_REBUILD_ENTRIES", 1)
    for number in range(3):
        with catalogue.database.write() as session:
            resources.revise(session, made.id, document(f"第{number}稿"), actor=ACTOR)
        wait(
            lambda text=f"第{number}稿": (
                catalogue.titles(text, size=1) == [text] and catalogue.ask(text).total
            )
        )
    wait(lambda: catalogue.generations.active_id() != first)
    assert catalogue.titles() == ["第2稿"]


def test_of_former_generations_one_is_kept_as_the_way_back(catalogue: Catalogue, services: Services) -> None:
    first = catalogue.generations.active_id()
    ids = []
    for _ in range(4):
        # Each time as after a new start.
        follower = Follower(services)
        follower.take_lease()
        follower._build_anew()
        ids.append(catalogue.generations.active_id())
    assert generations(catalogue) == [first, *ids[-2:]]


def generations(catalogue: Catalogue) -> list[str]:
    with catalogue.database.read() as session:
        return [generation.id for generation in catalogue.generations.all(session)]


def test_what_a_person_built_is_there_to_be_activated_after_the_index_was_built_anew(
    catalogue: Catalogue, services: Services
) -> None:
    by_hand = catalogue.indexer.build()
    follower = Follower(services)
    follower.take_lease()
    follower._build_anew()
    follower._build_anew()
    catalogue.activate(by_hand)
    assert catalogue.generations.active_id() == by_hand.id


def test_a_follower_makes_way_for_a_worker_as_long_as_there_is_one(
    catalogue: Catalogue, running: Follower
) -> None:
    wait(lambda: holder(catalogue.database) == leases.this_process())
    with catalogue.database.write() as session:
        leases.take(session, WORKER_LEASE, ELSEWHERE, 60)
    wait(lambda: holder(catalogue.database) is None)
    add(catalogue.database, "第一窟")
    with catalogue.database.write() as session:
        leases.give_back(session, WORKER_LEASE, ELSEWHERE)
    wait_for_total(catalogue, 1)


def test_a_worker_that_must_wait_is_told_for_whom_and_is_known_to_wait(services: Services) -> None:
    take(services.database, ELSEWHERE)
    worker = Follower(services, goes_first=True)
    assert worker.ask_for_lease() == ELSEWHERE
    assert holder(services.database, WORKER_LEASE) == leases.this_process()
    with services.database.write() as session:
        leases.give_back(session, LEASE, ELSEWHERE)
    assert worker.ask_for_lease() is None
    worker.give_back()
    assert holder(services.database) is holder(services.database, WORKER_LEASE) is None


def test_the_lease_is_renewed_while_one_piece_of_work_goes_on(
    catalogue: Catalogue, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.02)
    monkeypatch.setattr(module, "_LEASE_SECONDS", 0.2)
    working, done = threading.Event(), threading.Event()

    def long_work(_follower: Follower) -> None:
        working.set()
        done.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(Follower, "_rebuild_if_due", long_work)
    follower = Follower(services)
    thread = follower.start()
    assert working.wait(PATIENCE_SECONDS)
    time.sleep(0.5)
    assert take(catalogue.database, ELSEWHERE) == leases.this_process()
    follower.stop()
    done.set()
    thread.join(PATIENCE_SECONDS)
    assert take(catalogue.database, ELSEWHERE) == ELSEWHERE
