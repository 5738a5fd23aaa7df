from __future__ import annotations

import threading

from support import add, document

from catalog import changes, resources
from catalog.changes import Change
from catalog.database import Database


def feed(database: Database, after: int = 0, limit: int = 1000) -> list[Change]:
    with database.read() as session:
        return changes.read(session, after, limit)


def test_an_empty_feed_begins_at_zero(database: Database) -> None:
    with database.read() as session:
        assert changes.head(session) == 0
    assert feed(database) == []


def test_the_feed_is_read_on_from_a_position_in_pieces(database: Database) -> None:
    made = [add(database, title, published=False) for title in "甲乙丙"]
    assert [change.resource for change in feed(database, limit=2)] == [made[0].number, made[1].number]
    assert feed(database, after=2) == [Change(3, made[2].number, 1)]
    with database.read() as session:
        assert changes.head(session) == 3


def test_change_numbers_grow_in_the_order_of_commits(database: Database) -> None:
    """Whoever follows the feed never sees a number appear below one it has seen already."""
    seen: list[int] = []
    writing = threading.Event()
    writing.set()

    def write(name: str) -> None:
        for number in range(15):
            with database.write() as session:
                resources.create(session, "book", "nlc", document(f"{name}{number}"), actor=name)

    def follow() -> None:
        while True:
            last_look = not writing.is_set()
            seen.extend(change.number for change in feed(database, after=seen[-1] if seen else 0))
            if last_look:
                return

    writers = [threading.Thread(target=write, args=(name,)) for name in "甲乙"]
    follower = threading.Thread(target=follow)
    for thread in (*writers, follower):
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    follower.join()
    assert seen == [change.number for change in feed(database)]
    assert len(seen) == 30
