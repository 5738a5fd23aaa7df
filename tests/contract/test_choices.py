"""Curators' choices on every database."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from support import PATIENCE_SECONDS, add, wait

from catalog.database import Database
from catalog.errors import NotFound
from recommend import curation
from recommend.curation import Action


def is_waited_for(database: Database) -> bool:
    """Whether somebody waits for another one's transaction, which on SQLite everybody does from the start."""
    if database.is_sqlite:
        return True
    with database.read() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(session.scalar(waiting))


def test_who_presses_twice_at_once_has_chosen_once(any_database: Database) -> None:
    book = add(any_database, "红楼梦")
    faults: list[BaseException] = []

    def press_again() -> None:
        try:
            with any_database.write() as session:
                curation.choose(session, "nlc", book.id, Action.PIN, actor="second")
        except Exception as error:
            faults.append(error)

    second = threading.Thread(target=press_again)
    with any_database.write() as session:
        curation.choose(session, "nlc", book.id, Action.PIN, actor="first")
        session.flush()
        second.start()
        wait(lambda: is_waited_for(any_database))
    second.join(PATIENCE_SECONDS)
    assert faults == []
    with any_database.read() as session:
        assert [one.actor for one in curation.choices(session, "nlc")] == ["second"]


def test_a_name_with_nul_is_nobodys_on_any_database(any_database: Database) -> None:
    book = add(any_database, "红楼梦")
    with any_database.write() as session:
        for house, resource in (("nlc\0", book.id), ("nlc", f"{book.id}\0")):
            with pytest.raises(NotFound):
                curation.choose(session, house, resource, Action.PIN, actor="t")
            with pytest.raises(NotFound):
                curation.undo(session, house, resource, actor="t")
