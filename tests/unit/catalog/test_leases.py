from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from catalog import leases
from catalog.database import Database

ELSEWHERE = "another-host:1"


def take(database: Database, holder: str, seconds: float = 60.0, name: str = "follower") -> str:
    with database.write() as session:
        return leases.take(session, name, holder, seconds)


def test_a_free_lease_is_taken_and_refused_to_others(database: Database) -> None:
    assert take(database, ELSEWHERE) == ELSEWHERE
    assert take(database, leases.this_process()) == ELSEWHERE


def test_the_holder_renews_its_lease(database: Database) -> None:
    take(database, ELSEWHERE, seconds=-1)
    assert take(database, ELSEWHERE) == ELSEWHERE
    assert take(database, leases.this_process()) == ELSEWHERE


def test_a_lease_that_ran_out_is_free(database: Database) -> None:
    take(database, ELSEWHERE, seconds=-0.001)
    assert take(database, leases.this_process()) == leases.this_process()


def test_leases_of_different_names_are_independent(database: Database) -> None:
    take(database, ELSEWHERE)
    assert take(database, leases.this_process(), name="other work") == leases.this_process()


def test_a_lease_that_was_given_back_is_free(database: Database) -> None:
    take(database, ELSEWHERE)
    with database.write() as session:
        leases.give_back(session, "follower", ELSEWHERE)
    assert take(database, leases.this_process()) == leases.this_process()


def test_only_the_holder_gives_a_lease_back(database: Database) -> None:
    take(database, ELSEWHERE)
    with database.write() as session:
        leases.give_back(session, "follower", leases.this_process())
    assert take(database, leases.this_process()) == ELSEWHERE


def test_the_lease_of_a_dead_process_of_this_host_is_free_at_once(database: Database) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        holder = f"{socket.gethostname()}:{child.pid}"
        take(database, holder)
        assert take(database, leases.this_process()) == holder
        child.kill()
    assert take(database, leases.this_process()) == leases.this_process()


def holder(database: Database) -> str | None:
    with database.read() as session:
        return leases.holder_of(session, "follower")


def test_the_holder_is_told_as_long_as_the_lease_holds(database: Database) -> None:
    assert holder(database) is None
    take(database, ELSEWHERE)
    assert holder(database) == ELSEWHERE
    take(database, ELSEWHERE, seconds=-1)
    assert holder(database) is None


@pytest.mark.parametrize("holder", ["another-host:999999999", f"{socket.gethostname()}:not-a-number"])
def test_a_holder_of_whom_nothing_is_known_keeps_its_lease(database: Database, holder: str) -> None:
    take(database, holder)
    assert take(database, leases.this_process()) == holder
