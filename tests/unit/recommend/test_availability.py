from __future__ import annotations

import pytest
from reading_room import CAVES, ReadingRoom
from support import add

from recommend import curation
from recommend.curation import Action
from recommend.request import Scope


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        ("on_loan", True), ("reserved", True), ("in_transit", True), ("reference_only", True), ("in_storage", True),
        ("on_order", False), ("processing", False), ("repair", False), ("under_restoration", False),
        ("temporarily_closed", False), ("missing", False), ("withdrawn", False), ("unavailable", False),
    ],
)  # fmt: skip
def test_what_readers_cannot_have_is_in_no_list_and_what_comes_back_is(
    room: ReadingRoom, status: str, is_shown: bool
) -> None:
    grotto = add(
        room.database, "石窟摹本", description="石窟", subjects=CAVES, availability={"status": status}
    )
    with room.database.write() as session:
        curation.choose(session, "nlc", grotto.id, Action.PIN, actor="t")
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    temple = room.item("石窟寺")
    beside = room.services.recommendation.similar(temple, 20, Scope.GLOBAL)
    assert (grotto.id in {one.resource.id for one in beside}) is is_shown
    for wanted in ({}, {"institution": "nlc"}, {"session": (temple.id,)}):
        assert (grotto.title in room.titles(size=100, **wanted)) is is_shown


def test_what_readers_cannot_have_leaves_its_place_to_others(room: ReadingRoom) -> None:
    gone = [
        add(room.database, f"佚书第{number}种", description="书", availability={"status": "missing"})
        for number in range(30)
    ]
    for reader in range(4):
        room.use(reader, room.books[0], *gone, room.books[1])
    room.services.indexer.follow_once()
    room.learn()
    assert room.books[1].title in room.titles(session=(room.books[0].id,), size=6)
    assert len(room.titles(session=(room.books[0].id,), size=6)) == 6


def test_of_a_work_whose_best_edition_is_missing_another_is_shown(room: ReadingRoom) -> None:
    missing, there = (
        add(
            room.database,
            f"图说（{status}）",
            description="图",
            work_id="two",
            availability={"status": status},
        )
        for status in ("missing", "available")
    )
    room.use_together(room.books[0], missing, range(9))
    room.use_together(room.books[0], there, range(5))
    room.services.indexer.follow_once()
    room.learn()
    titles = room.titles(session=(room.books[0].id,), size=6)
    assert missing.title not in titles
    assert there.title in titles
