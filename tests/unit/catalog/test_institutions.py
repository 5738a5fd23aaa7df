from __future__ import annotations

import pytest

from catalog import institutions
from catalog.database import Database
from catalog.errors import Conflict, NotFound

BRANCH = {
    "code": "tongli",
    "name": "同里分馆",
    "type": "library",
    "parent": "suzhou",
    "region": "320509102001",
}


def test_an_institution_is_made_and_then_changed_under_its_code(database: Database) -> None:
    with database.write() as session:
        made = institutions.put(session, BRANCH)
        changed = institutions.put(session, BRANCH | {"name": "同里图书馆"})
    assert changed.number == made.number
    with database.read() as session:
        assert institutions.get(session, "tongli") == changed
        assert [i.code for i in institutions.all_institutions(session)] == ["nlc", "suzhou", "tongli"]


def test_the_region_of_a_branch_is_its_county(database: Database) -> None:
    with database.write() as session:
        assert institutions.put(session, BRANCH).region == "320509"
        assert institutions.put(session, {"code": "x", "name": "某馆"}).region is None


def test_a_parent_must_exist(database: Database) -> None:
    with pytest.raises(NotFound, match="'nowhere'"), database.write() as session:
        institutions.put(session, BRANCH | {"parent": "nowhere"})


@pytest.mark.parametrize("parent", ["suzhou", "tongli"])
def test_an_institution_is_never_its_own_ancestor(database: Database, parent: str) -> None:
    with database.write() as session:
        institutions.put(session, BRANCH)
    with pytest.raises(Conflict, match="cannot be the parent"), database.write() as session:
        institutions.put(session, {"code": "suzhou", "name": "苏州图书馆", "parent": parent})


def test_an_unknown_institution_says_how_to_add_it(database: Database) -> None:
    with (
        pytest.raises(NotFound, match="'nowhere'; add it with `wenmai institution add`"),
        database.read() as session,
    ):
        institutions.get(session, "nowhere")
