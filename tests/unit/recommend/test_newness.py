from __future__ import annotations

from datetime import timedelta

from reading_room import ReadingRoom
from sqlalchemy import update
from support import add

from catalog import institutions
from catalog.clock import now
from catalog.tables import ResourceRow
from portal.reasons import reason_text
from recommend.newness import newest_entries
from recommend.reasons import ReasonType


def new(room: ReadingRoom) -> set[int]:
    with room.database.read() as session:
        return {one.number for one in newest_entries(session) if one.is_new}


def test_nothing_of_a_catalogue_that_was_just_loaded_is_new(room: ReadingRoom) -> None:
    assert new(room) == set()
    assert ReasonType.NEW not in {one.reason.type for one in room.recommend(size=100)}


def test_what_comes_later_is_new_and_said_to_be_in_the_catalogue(room: ReadingRoom) -> None:
    room.grow_old()
    later = add(room.database, "新书", description="书")
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    assert new(room) == {later.number}
    reasons = {one.resource.id: one.reason for one in room.recommend(institution="nlc", size=30)}
    assert reason_text(reasons[later.id], room.services, "zh") == "新近收入目录"
    assert reason_text(reasons[later.id], room.services, "en") == "Newly in the catalogue"
    assert [one.type for one in reasons.values()].count(ReasonType.NEW) == 1


def test_nothing_of_an_institution_that_has_just_joined_is_new(room: ReadingRoom) -> None:
    room.grow_old()
    with room.database.write() as session:
        institutions.put(session, {"code": "joined", "name": "joined", "type": "museum"})
    for number in range(3):
        add(room.database, f"铜器第{number}件", kind="heritage", house="joined")
    assert new(room) == set()


def test_some_records_for_trial_before_a_load_make_nothing_of_it_new(room: ReadingRoom) -> None:
    ago = now() - timedelta(days=80)
    trial = [one.number for one in room.books[:3]]
    with room.database.write() as session:
        session.execute(update(ResourceRow).where(ResourceRow.number.in_(trial)).values(created_at=ago))
    assert new(room) == set()
