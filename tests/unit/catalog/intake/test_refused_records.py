"""Records and files that a reader of rules would trip over: what is refused, what is taken in all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from catalog import resources
from catalog.intake import BatchReport, ImportOptions, Intake, IntakeError
from catalog.lifecycle import Step
from catalog.tables import ResourceRow

Put = Callable[[str, str | bytes], Path]
Options = Callable[..., ImportOptions]


def take_in(intake: Intake, path: Path, options: ImportOptions) -> BatchReport:
    return intake.run(intake.start(path, options))


def counts(report: BatchReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


@pytest.mark.parametrize("record_id", ["5", "1.5", "true", '["a"]', '{"a": 1}'])
def test_a_record_whose_id_is_no_text_is_rejected_and_the_next_one_taken_in(
    intake: Intake, put: Put, record_id: str
) -> None:
    lines = [
        f'{{"record_id": {record_id}, "kind": "book", "titles": [{{"value": "红楼梦"}}]}}',
        '{"record_id": "2", "kind": "book", "titles": [{"value": "西游记"}]}',
    ]
    report = take_in(intake, put("a.jsonl", "\n".join(lines)), ImportOptions(institution="nlc"))
    assert counts(report) == (1, 0, 0, 1)
    assert report.errors[0].field == "record_id"


def test_a_number_of_the_row_is_no_id(intake: Intake, put: Put, options: Options) -> None:
    """Sheets of two years number their rows alike."""
    take_in(intake, put("2023.csv", "序号,题名\n1,红楼梦\n2,西游记\n"), options())
    report = take_in(intake, put("2024.csv", "序号,题名\n1,水浒传\n2,三国演义\n"), options())
    assert counts(report) == (2, 0, 0, 0)


def test_a_file_that_was_refused_for_its_name_is_taken_in_under_another_one(intake: Intake, put: Put) -> None:
    content = '{"record_id": "1", "kind": "book", "titles": [{"value": "红楼梦"}]}\n'
    with pytest.raises(IntakeError):
        take_in(intake, put("books.xlsx", content), ImportOptions(institution="nlc"))
    report = take_in(intake, put("books.jsonl", content), ImportOptions(institution="nlc"))
    assert counts(report) == (1, 0, 0, 0)


def test_of_what_was_destroyed_no_complaint_quotes_the_content(
    intake: Intake, put: Put, options: Options
) -> None:
    take_in(intake, put("a.csv", "编号,题名,作者\n1,红楼梦,曹雪芹\n"), options())
    with intake.database.write() as session:
        only = session.scalars(select(ResourceRow.id)).one()
        resources.take_step(session, only, Step.DESTROY, actor="test")
    faulty = "编号,题名,作者,语种\n1,红楼梦,曹雪芹,火星语\n"
    report = take_in(intake, put("b.csv", faulty), options())
    assert counts(report) == (0, 0, 0, 1)
    assert ["was destroyed" in one.problem for one in report.errors] == [True]
