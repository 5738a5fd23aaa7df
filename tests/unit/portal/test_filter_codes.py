from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog import institutions
from portal.codes import check_codes
from portal.services import Services
from portal.temporary import temporary_services
from search.query import FACETS, Filters, Query, QueryError


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with temporary_services([{"code": "nlc", "name": "国家图书馆", "type": "library"}]) as services:
        yield services


def asking(**values: str) -> Query:
    return Query(filters=Filters({name: (code,) for name, code in values.items()}))


def test_codes_that_there_are_pass_of_an_institution_that_was_registered_a_moment_ago_too(
    services: Services,
) -> None:
    assert check_codes(asking(institution="nlc"), services)
    with services.database.write() as session:
        institutions.put(session, {"code": "tongli", "name": "同里图书馆", "type": "library"})
    sound = asking(kind="book", institution="tongli", period="tang", region="320509", access="open")
    assert check_codes(sound, services) is sound


@pytest.mark.parametrize("facet", FACETS)
def test_a_code_that_there_is_not_is_refused_for_every_facet(services: Services, facet: str) -> None:
    with pytest.raises(QueryError, match=f"'no-such-code' is not a code of {facet}; ") as raised:
        check_codes(asking(**{facet: "no-such-code"}), services)
    assert raised.value.field == facet


@pytest.mark.parametrize(
    ("facet", "typed", "meant"), [("scenario", "studdy", "study"), ("institution", "nlcc", "nlc")]
)
def test_the_nearest_code_is_hinted_at(services: Services, facet: str, typed: str, meant: str) -> None:
    with pytest.raises(QueryError, match=f"did you mean '{meant}'"):
        check_codes(asking(**{facet: typed}), services)
