from __future__ import annotations

import pytest

from catalog import institutions
from catalog.assets import asset
from catalog.database import Database
from catalog.schema import Schemas
from portal.codes import check_codes
from search.query import FACETS, Filters, Query, QueryError


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas.load(asset("schemas"))


def asking(**values: str) -> Query:
    return Query(filters=Filters({name: (code,) for name, code in values.items()}))


def test_codes_that_there_are_pass(database: Database, schemas: Schemas) -> None:
    with database.write() as session:
        institutions.put(session, {"code": "tongli", "name": "同里图书馆", "type": "library"})
    sound = asking(kind="book", institution="tongli", period="tang", region="320509", access="open")
    assert check_codes(sound, schemas, database) is sound


@pytest.mark.parametrize("facet", FACETS)
def test_a_code_that_there_is_not_is_refused_for_every_facet(
    database: Database, schemas: Schemas, facet: str
) -> None:
    with pytest.raises(QueryError, match=f"'no-such-code' is not a code of {facet}; ") as raised:
        check_codes(asking(**{facet: "no-such-code"}), schemas, database)
    assert raised.value.field == facet


@pytest.mark.parametrize(
    ("facet", "typed", "meant"), [("scenario", "studdy", "study"), ("institution", "nlcc", "nlc")]
)
def test_the_nearest_code_is_hinted_at(
    database: Database, schemas: Schemas, facet: str, typed: str, meant: str
) -> None:
    with pytest.raises(QueryError, match=f"did you mean '{meant}'"):
        check_codes(asking(**{facet: typed}), schemas, database)
