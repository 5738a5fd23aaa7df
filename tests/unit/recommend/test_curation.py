from __future__ import annotations

import pytest
from reading_room import ReadingRoom
from sqlalchemy import update
from support import add, step

from catalog.errors import Conflict, NotFound
from catalog.lifecycle import State, Step
from catalog.tables import ResourceRow
from recommend import curation
from recommend.curation import MAX_PINS, Action, Curated, Obstacle


def test_an_institution_pins_so_many_resources_and_no_more(room: ReadingRoom) -> None:
    things = [*room.books, *(add(room.database, f"又一种{number}") for number in range(MAX_PINS))]
    with room.database.write() as session:
        for one in things[:MAX_PINS]:
            curation.choose(session, "nlc", one.id, Action.PIN, actor="t")
        curation.choose(session, "nlc", things[0].id, Action.PIN, actor="t", note="again")
        curation.choose(session, "suzhou", things[MAX_PINS].id, Action.PIN, actor="t")
        with pytest.raises(Conflict, match="nlc has pinned 20 resources") as refused:
            curation.choose(session, "nlc", things[MAX_PINS].id, Action.PIN, actor="t")
        assert refused.value.field == "action"
        curation.choose(session, "nlc", things[MAX_PINS].id, Action.EXCLUDE, actor="t")
        curation.undo(session, "nlc", things[0].id, actor="t")
        curation.choose(session, "nlc", things[MAX_PINS].id, Action.PIN, actor="t")


def test_an_unknown_institution_or_resource_is_named_and_so_is_one_with_nul(room: ReadingRoom) -> None:
    book = room.books[0].id
    with room.database.write() as session:
        for house in ("typo", "nlc\0"):
            with pytest.raises(NotFound) as refused:
                curation.choices(session, house)
            assert refused.value.field == "institution"
            for change in (
                curation.undo,
                lambda *given, actor: curation.choose(*given, Action.PIN, actor=actor),
            ):
                with pytest.raises(NotFound) as refused:
                    change(session, house, book, actor="t")
                assert refused.value.field == "institution"
        for resource in ("nothing", f"{book}\0"):
            for change in (
                curation.undo,
                lambda *given, actor: curation.choose(*given, Action.PIN, actor=actor),
            ):
                with pytest.raises(NotFound) as refused:
                    change(session, "nlc", resource, actor="t")
                assert refused.value.field == "resource"


def test_what_was_chosen_is_known_in_the_order_of_choosing(room: ReadingRoom) -> None:
    for one, action in ((5, Action.PIN), (2, Action.PIN), (3, Action.EXCLUDE)):
        with room.database.write() as session:
            curation.choose(session, "nlc", room.books[one].id, action, actor="t")
    found = curation.curated(room.database, "nlc")
    assert found.pinned == (room.books[5].number, room.books[2].number)
    assert found.excluded == {room.books[3].number}
    for other in ("suzhou", None, "nlc\0"):
        assert curation.curated(room.database, other) == Curated()


def test_of_what_was_chosen_it_is_known_why_no_list_shows_it(room: ReadingRoom) -> None:
    gone, destroyed, shown = room.books[:3]
    repaired = add(room.database, "修复中", availability={"status": "repair"})
    for one in (gone, destroyed, shown, repaired):
        with room.database.write() as session:
            made = curation.choose(session, "nlc", one.id, Action.PIN, actor="t")
        assert made.obstacle is (Obstacle.UNAVAILABLE if one is repaired else None)
    step(room.database, gone, Step.WITHDRAW)
    step(room.database, destroyed, Step.WITHDRAW, Step.DESTROY)
    with room.database.read() as session:
        found = {one.resource: one.obstacle for one in curation.choices(session, "nlc")}
    assert found == {
        gone.id: Obstacle.WITHDRAWN,
        destroyed.id: Obstacle.DESTROYED,
        shown.id: None,
        repaired.id: Obstacle.UNAVAILABLE,
    }
    with room.database.write() as session:
        session.execute(
            update(ResourceRow).where(ResourceRow.number == shown.number).values(state=State.DRAFT)
        )
    with room.database.read() as session:
        assert curation.choices(session, "nlc")[2].obstacle is Obstacle.UNPUBLISHED
