"""What readers ask of the sample catalogue, as the cases in `cases/*.yaml` have it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from relevance.case_files import Placed, load

from portal.services import Services

CASES = load("sample")


@pytest.mark.parametrize("placed", CASES, ids=[placed.id for placed in CASES])
def test_a_reader_gets_what_the_case_demands_unless_it_is_marked_as_a_known_failure(
    sample: Services, placed: Placed, hold: Callable[[Services, Placed], None]
) -> None:
    hold(sample, placed)


def test_every_record_that_a_case_names_is_in_the_catalogue(
    sample: Services, named: Callable[[Services], set[str]]
) -> None:
    wanted = {name for placed in CASES for name in placed.case.names()}
    assert wanted - named(sample) == set()
