from __future__ import annotations

import pytest
from support import add, step

from catalog.database import Database
from catalog.errors import NotFound
from catalog.lifecycle import Step
from portal.published import Destroyed, published_members, published_now, published_resource


def test_what_is_published_is_read_without_a_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise AssertionError("a transaction was begun")

    shown = add(database, "甲")
    monkeypatch.setattr(Database, "read", fail)
    assert published_now(database, shown.id) == shown


def test_what_is_not_public_is_unknown_and_what_was_destroyed_is_gone(database: Database) -> None:
    draft, gone = add(database, "乙", published=False), add(database, "丙")
    step(database, gone, Step.WITHDRAW, Step.DESTROY)
    for unknown in (draft.id, "nonsense", "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"):
        with pytest.raises(NotFound):
            published_now(database, unknown)
    with pytest.raises(Destroyed) as raised:
        published_now(database, gone.id)
    assert raised.value.tombstone["title"] == "丙"
    with database.read() as session, pytest.raises(Destroyed):
        published_resource(session, gone.id)


def test_members_are_the_published_ones_in_the_order_of_the_collection(database: Database) -> None:
    one, two, draft = add(database, "甲"), add(database, "乙"), add(database, "丙", published=False)
    collection = add(database, "选读", kind="collection", members=[two.id, draft.id, one.id])
    assert [member.id for member in published_members(database, collection)] == [two.id, one.id]
