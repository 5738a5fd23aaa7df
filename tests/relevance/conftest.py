"""Both catalogues, built once, and what every test of cases shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from relevance.case_files import Placed
from relevance.catalogues import heritage_catalogue, sample_catalogue
from relevance.judging import Outcome, judge, names_of
from relevance.summary import PROPERTY
from sqlalchemy import select

from catalog import resources
from catalog.tables import ResourceRow
from portal.services import Services


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with sample_catalogue(tmp_path_factory.mktemp("sample")) as services:
        yield services


@pytest.fixture(scope="module")
def heritage(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Services]:
    with heritage_catalogue(tmp_path_factory.mktemp("heritage"), shared_data) as services:
        yield services


@pytest.fixture
def hold(record_property: Callable[[str, object], None]) -> Callable[[Services, Placed], None]:
    """Hold the answer of a catalogue against a case and its mark; the outcome goes into the table at the end.

    A known failure holds as long as it fails: the table counts it, and answering it asks for its mark to be taken out.
    """

    def held(services: Services, placed: Placed) -> None:
        verdict = judge(services, placed.case)
        outcome = verdict.outcome(placed.case)
        record_property(PROPERTY, [placed.group, outcome.value, verdict.reciprocal_rank])
        if outcome is Outcome.UNMARK:
            pytest.fail(f"{placed.id} is answered as demanded now: take its known_failure out", pytrace=False)
        if outcome is Outcome.FAILED:
            pytest.fail(f"{placed.id}\n{verdict.told(placed.case)}", pytrace=False)

    return held


@pytest.fixture
def named() -> Callable[[Services], set[str]]:
    """All names by which a case may call the records of a catalogue."""

    def names(services: Services) -> set[str]:
        with services.database.read() as session:
            numbers = session.scalars(select(ResourceRow.number)).all()
            found = resources.load(session, numbers)
        return set().union(*map(names_of, found.values()))

    return names
