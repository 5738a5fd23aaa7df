"""The table of the cases that a test run prints at its end, one line a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import cast

import pytest

PROPERTY = "relevance"
_LINE = "{:<16}{:>7}{:>8}{:>9}{:>16}{:>8}"


def write_table(reporter: pytest.TerminalReporter) -> None:
    """Print the table, if cases were run; in parallel runs their workers sent the outcomes with the reports."""
    groups: dict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for group, outcome, rank in _outcomes(reporter):
        groups[group].append((outcome, rank))
        groups["all"].append((outcome, rank))
    if not groups:
        return
    reporter.section("relevance")
    reporter.write_line(_LINE.format("group", "cases", "passed", "failing", "known failures", "MRR"))
    for group in sorted(groups, key=lambda name: (name == "all", name)):
        reporter.write_line(_line(group, groups[group]))


def _outcomes(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, float | None]]:
    reports = (report for kept in reporter.stats.values() for report in kept)
    for report in reports:
        if isinstance(report, pytest.TestReport) and report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY:
                    group, outcome, rank = cast("tuple[str, str, float | None]", value)
                    yield group, outcome, rank


def _line(group: str, outcomes: list[tuple[str, float | None]]) -> str:
    by_name = [outcome for outcome, _ in outcomes]
    ranks = [rank for _, rank in outcomes if rank is not None]
    known = by_name.count("known")
    passed = by_name.count("passed")
    mean = f"{sum(ranks) / len(ranks):.3f}" if ranks else ""
    return _LINE.format(group, len(outcomes), passed, len(outcomes) - passed - known, known, mean)
