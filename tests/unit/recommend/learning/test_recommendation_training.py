from __future__ import annotations

import numpy as np
from reading_room import ReadingRoom, sent
from support import add

from recommend.learning.training import newest_use
from recommend.reasons import ReasonType


def test_visits_of_nobody_stand_behind_nothing_for_three_may_be_one_persons(room: ReadingRoom) -> None:
    first, second = room.books[:2]
    for visit in range(5):
        for book in (first, second):
            event = sent(book.id, id=f"visit-{visit}-of-{book.number:04}")
            del event["subject"]
            assert room.send(event | {"session": f"a-visit-of-tests-{visit}"}).accepted == 1
    with room.database.read() as session:
        assert newest_use(session) == 0
    room.learn()
    opened = room.services.recommendation.table()
    assert opened is not None
    assert len(opened[1].popular) == 0
    assert not {ReasonType.TOGETHER, ReasonType.POPULAR} & {one.reason.type for one in room.recommend()}


def test_the_first_who_uses_what_is_new_takes_away_nothing_that_it_inherited(room: ReadingRoom) -> None:
    panorama = room.item("石窟全景")
    room.grow_old()
    film = add(room.database, "石窟新片", kind="audiovisual", description="石窟")
    room.services.indexer.follow_once()
    room.use_together(panorama, room.books[0], range(8))
    room.use(20, film)
    room.learn()
    opened = room.services.recommendation.table()
    assert opened is not None
    table = opened[1]
    heirs, _ = table.inherited(table.rows(np.array([room.books[0].number])))
    assert film.number in table.numbers[heirs]
