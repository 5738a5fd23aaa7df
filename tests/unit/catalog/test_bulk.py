from __future__ import annotations

from support import add, document

from catalog import changes, resources
from catalog.bulk import NewResource, publish_all
from catalog.database import Database


def test_documents_are_published_with_a_revision_and_a_change_each(database: Database) -> None:
    new = [NewResource("book", "nlc", document(f"第{n}种"), id=f"{n:026d}") for n in range(3)]
    assert publish_all(database, new, actor="bench") == 3
    with database.read() as session:
        found = resources.published(session, after_number=0, up_to=3)
        assert [r.id for r in found] == [item.id for item in new]
        assert [len(resources.history(session, r.id)) for r in found] == [1, 1, 1]
        assert [c.resource for c in changes.read(session, 0)] == [r.number for r in found]


def test_more_documents_than_one_transaction_takes_keep_their_order(database: Database) -> None:
    titles = [f"第{n}种" for n in range(5003)]
    assert (
        publish_all(database, (NewResource("book", "nlc", document(t)) for t in titles), actor="bench")
        == 5003
    )
    with database.read() as session:
        assert [r.title for r in resources.published(session, after_number=0, up_to=5003)] == titles


def test_single_resources_can_be_made_afterwards(database: Database) -> None:
    publish_all(database, [NewResource("book", "nlc", document("成批的"))], actor="bench")
    assert add(database, "单独的").number == 2
