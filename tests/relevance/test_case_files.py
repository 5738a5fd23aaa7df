"""A file of cases that is not in order says where; a case that is marked wrongly is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from relevance.case_files import Case, CaseError, load
from relevance.judging import Outcome, Verdict

GOOD = "- query: 敦煌\n  expect: [敦煌]\n  why: the plain title\n"


def refusal(folder: Path, text: str) -> str:
    (folder / "typos.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as raised:
        load(folder=folder)
    return str(raised.value)


def test_an_unknown_field_is_named_with_file_case_and_query(tmp_path: Path) -> None:
    said = refusal(tmp_path, GOOD + "- query: 昆区\n  expects: [昆曲]\n  why: 区 for 曲\n")
    assert said.startswith("typos.yaml, case 2 (昆区):")
    assert "  expects: " in said


def test_a_number_that_yaml_does_not_take_for_text_is_named(tmp_path: Path) -> None:
    assert "query: Input should be a valid string" in refusal(tmp_path, GOOD.replace("敦煌\n", "1933\n", 1))


def test_a_case_must_demand_something(tmp_path: Path) -> None:
    assert "it demands nothing" in refusal(tmp_path, "- query: 敦煌\n  why: the plain title\n")


def test_a_filter_must_be_one_that_a_query_can_have(tmp_path: Path) -> None:
    assert "there is no filter colour" in refusal(tmp_path, GOOD + "  filters: {colour: red}\n")


def test_nothing_is_asked_twice_in_a_group(tmp_path: Path) -> None:
    assert "case 2 (敦煌) asks the same as case 1" in refusal(tmp_path, GOOD + GOOD)


def test_what_is_not_a_list_is_refused(tmp_path: Path) -> None:
    assert "typos.yaml must be a list of cases" in refusal(tmp_path, "query: 敦煌\n")


@pytest.mark.parametrize(
    ("known_failure", "problems", "outcome"),
    [
        (False, [], Outcome.PASSED),
        (False, ["missing: 敦煌"], Outcome.FAILED),
        (True, ["missing: 敦煌"], Outcome.KNOWN),
        (True, [], Outcome.UNMARK),
    ],
)
def test_a_known_failure_that_is_none_any_more_must_be_unmarked(
    known_failure: bool, problems: list[str], outcome: Outcome
) -> None:
    case = Case(query="敦煌", expect=["敦煌"], why="the plain title", known_failure=known_failure)
    assert Verdict(problems, [], "0 in tier 'all'", 0.0).outcome(case) is outcome


def test_a_failure_tells_query_demand_tier_and_what_came_instead() -> None:
    case = Case(query="昆区", expect=["昆曲"], first=2, why="区 for 曲, of one sound")
    told = Verdict(["missing: 昆曲"], ["牡丹亭", "十五贯"], "22 in tier 'half'", 0.0).told(case)
    assert told.splitlines() == [
        "昆区  (区 for 曲, of one sound)",
        "  missing: 昆曲",
        "  the first 2 of 22 in tier 'half':",
        "    1. 牡丹亭",
        "    2. 十五贯",
    ]
