"""Reading rows by their keys, on every database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from support import ACTOR, HOUSES, add, document

from catalog import institutions, resources
from catalog.bulk import NewResource, publish_all
from catalog.database import Database


def test_a_lookup_reads_what_the_mapper_reads(any_database: Database) -> None:
    made = add(any_database, "敦煌", description="𠀀 四字节的字")
    with any_database.read() as session:
        mapped = resources.get(session, made.id)
        assert resources.load(session, [made.number]) == {made.number: mapped}
        assert resources.named(session, [made.id]) == {made.id: mapped}
    assert resources.load_now(any_database, [made.number]) == {made.number: mapped}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1024, 1025, 2050])
def test_as_many_keys_as_are_given_are_looked_up(any_database: Database, count: int) -> None:
    titles = [str(n) for n in range(count)]
    publish_all(
        any_database, (NewResource("book", HOUSES[0]["code"], document(t)) for t in titles), actor=ACTOR
    )
    found = resources.load_now(any_database, range(1, count + 1))
    assert [found[number].title for number in range(1, count + 1)] == titles


def test_keys_that_are_unknown_or_given_twice_do_no_harm(any_database: Database) -> None:
    made = add(any_database, "敦煌")
    assert resources.load_now(any_database, [made.number, 99, made.number]).keys() == {made.number}
    with any_database.read() as session:
        assert resources.numbers_of(session, ["no such id", made.id]) == {made.id: made.number}


def test_within_a_session_its_own_changes_are_seen_and_beside_it_none_that_are_not_committed(
    any_database: Database,
) -> None:
    with any_database.write() as session:
        made = resources.create(session, "book", HOUSES[0]["code"], document("敦煌"), actor=ACTOR)
        assert resources.load(session, [made.number])[made.number].title == "敦煌"
        assert resources.load_now(any_database, [made.number]) == {}


def test_an_error_of_the_driver_is_told_as_an_operational_error_and_spoils_no_connection(
    any_database: Database,
) -> None:
    made = add(any_database, "敦煌")
    with any_database.write() as session:
        session.execute(text("ALTER TABLE resource RENAME TO away"))
    with pytest.raises(DBAPIError, match="resource"):
        resources.load_now(any_database, [made.number])
    with any_database.read() as session, pytest.raises(DBAPIError, match="resource"):
        resources.load(session, [made.number])
    with any_database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO resource"))
    assert resources.load_now(any_database, [made.number]).keys() == {made.number}


def test_what_cannot_be_a_key_is_unknown(any_database: Database) -> None:
    """PostgreSQL takes no NUL within a text."""
    with any_database.read() as session:
        assert resources.numbers_of(session, ["\0", "𠀀"]) == {}
        assert resources.named(session, ["\0"]) == {}
        assert institutions.unknown(session, ["\0", HOUSES[0]["code"]]) == ["\0"]
