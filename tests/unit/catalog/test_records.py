from __future__ import annotations

from support import add

from catalog.database import Database
from catalog.lifecycle import State
from catalog.records import members_now, named_now, numbers_now

UNKNOWN = ("01JF8Z6Q3V7W9X2Y4B5C6D7E8F", "nonsense", "")


def test_resources_are_found_by_id_whatever_their_state_and_unknown_ids_left_out(database: Database) -> None:
    shown, draft = add(database, "甲"), add(database, "乙", published=False)
    found = named_now(database, [shown.id, *UNKNOWN, draft.id])
    assert found == {shown.id: shown, draft.id: draft}
    assert [type(one.state) for one in found.values()] == [State, State]
    assert numbers_now(database, [*UNKNOWN, shown.id]) == {shown.id: shown.number}
    assert named_now(database, UNKNOWN) == numbers_now(database, []) == {}


def test_what_a_collection_names_is_known_in_its_order_each_once(database: Database) -> None:
    one, two = add(database, "甲"), add(database, "乙")
    members = [two.id, "nonsense", one.id, two.id]
    collection = add(database, "选读", kind="collection", members=members)
    assert members_now(database, collection, 10) == [two.number, one.number]
    assert members_now(database, collection, 1) == [two.number]
    assert members_now(database, one, 10) == []
