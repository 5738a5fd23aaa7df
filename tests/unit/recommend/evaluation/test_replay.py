from __future__ import annotations

from datetime import timedelta

import pytest
from reading_room import ReadingRoom, sent

from catalog.clock import now
from catalog.errors import WenmaiError
from recommend.evaluation.replay import replay


def test_what_follows_from_earlier_events_is_foretold(room: ReadingRoom) -> None:
    """Everybody reads a book and, a day later, the next one."""
    for reader in range(60):
        first = 2 * (reader % 5)
        for step in (0, 1):
            at = now() - timedelta(days=60 - reader, hours=-step)
            room.send(sent(room.books[first + step].id, reader, at=at.isoformat()))
    with room.database.read() as session:
        document = replay(session, room.services.hyperparameters, 7)
    assert (document["events"], document["learnt"]) == (120, 96)
    assert document["models"]["wenmai"]["ndcg@20"] == 1.0 > document["models"]["popularity"]["ndcg@20"]


def test_a_flood_of_one_reader_counts_once(room: ReadingRoom) -> None:
    for reader in range(60):
        room.use(reader, *room.books[2 * (reader % 5) :][:2])
    for count in range(300):
        room.send(sent(room.books[19].id, 99, id=f"flood-of-one-{count}"))
    with room.database.read() as session:
        assert replay(session, room.services.hyperparameters, 7)["events"] == 121


def test_what_readers_did_not_like_is_no_use_as_it_is_none_in_learning(room: ReadingRoom) -> None:
    for reader in range(60):
        room.use(reader, *room.books[2 * (reader % 5) :][:2])
        room.send(sent(room.books[19].id, reader, "rated", value=1))
    with room.database.read() as session:
        assert replay(session, room.services.hyperparameters, 7)["events"] == 120


def test_too_few_events_are_refused(room: ReadingRoom) -> None:
    with room.database.read() as session, pytest.raises(WenmaiError, match="0 events"):
        replay(session, room.services.hyperparameters, 7)
