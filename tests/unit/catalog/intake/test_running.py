from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from catalog import resources
from catalog.errors import Conflict, NotFound
from catalog.intake import (
    BatchReport,
    EncodingError,
    ImportOptions,
    Intake,
    IntakeError,
    MappingError,
    batches,
)
from catalog.lifecycle import Step
from catalog.resources import Resource
from catalog.tables import AuditRow, ChangeRow, ComplaintRow, RawRecordRow, ResourceRow

Put = Callable[[str, str | bytes], Path]
Options = Callable[..., ImportOptions]
CSV = "编号,题名,作者\n1,红楼梦,曹雪芹\n2,西游记,吴承恩\n"


def take_in(intake: Intake, path: Path, options: ImportOptions) -> BatchReport:
    return intake.run(intake.start(path, options))


def counts(report: BatchReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


def by_source(intake: Intake, record: str) -> Resource:
    with intake.database.read() as session:
        number = session.scalar(select(ResourceRow.number).where(ResourceRow.source_record == record))
        return resources.load(session, [number or 0])[number or 0]


def rows(intake: Intake, table: type[Any]) -> int:
    with intake.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def raw_text(intake: Intake) -> str:
    with intake.database.read() as session:
        return b"".join(session.scalars(select(RawRecordRow.raw))).decode()


def actions(intake: Intake, resource: Resource) -> list[str]:
    with intake.database.read() as session:
        statement = (
            select(AuditRow.action).where(AuditRow.resource == resource.number).order_by(AuditRow.number)
        )
        return list(session.scalars(statement))


def test_a_table_becomes_drafts(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", CSV), options())
    assert counts(report) == (2, 0, 0, 0)
    book = by_source(intake, "1")
    assert (book.title, book.state, book.revision, book.source_system) == (
        "红楼梦",
        "draft",
        1,
        "nlc/records",
    )
    assert actions(intake, book) == ["create"]


def test_the_report_is_the_document_that_scripts_rely_on(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", "编号,题名,语种\n1,红楼梦,火星语\n"), options()).as_dict()
    assert list(report) == ["batch", "read", "created", "updated", "unchanged", "rejected", "errors"]
    assert report["errors"] == [
        {
            "record": 1,
            "field": "languages",
            "problem": "“火星语”不在词表 language 中 ('火星语' is not in the vocabulary language)",
            "hint": None,
        }
    ]
    json.dumps(report)


def test_publishing_leaves_each_step_in_the_audit(intake: Intake, put: Put, options: Options) -> None:
    take_in(intake, put("a.csv", CSV), options(publish=True))
    book = by_source(intake, "1")
    assert (book.state, book.revision) == ("published", 1)
    assert actions(intake, book) == ["create", "submit", "publish"]
    assert rows(intake, ChangeRow) == 2


def test_the_same_file_again_changes_nothing(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", CSV)
    first, second = (take_in(intake, path, options(publish=True)) for _ in range(2))
    assert first.batch != second.batch
    assert counts(second) == (0, 0, 2, 0)
    assert (rows(intake, ResourceRow), rows(intake, ChangeRow), rows(intake, RawRecordRow)) == (2, 2, 4)


def test_a_known_record_becomes_a_new_revision(intake: Intake, put: Put, options: Options) -> None:
    take_in(intake, put("a.csv", CSV), options(publish=True))
    before = by_source(intake, "1")
    report = take_in(intake, put("b.csv", CSV.replace("红楼梦", "石头记")), options())
    after = by_source(intake, "1")
    assert counts(report) == (0, 1, 1, 0)
    assert (after.id, after.title, after.revision, after.state) == (before.id, "石头记", 2, "published")
    assert actions(intake, after)[-1] == "revise"


def test_importing_again_with_publish_publishes_the_drafts(
    intake: Intake, put: Put, options: Options
) -> None:
    path = put("a.csv", CSV)
    take_in(intake, path, options())
    assert counts(take_in(intake, path, options(publish=True))) == (0, 2, 0, 0)
    book = by_source(intake, "1")
    assert (book.state, book.revision) == ("published", 2)
    assert actions(intake, book) == ["create", "submit", "publish"]


def test_what_was_withdrawn_stays_withdrawn(intake: Intake, put: Put, options: Options) -> None:
    take_in(intake, put("a.csv", CSV), options(publish=True))
    with intake.database.write() as session:
        resources.take_step(session, by_source(intake, "1").id, Step.WITHDRAW, actor="curator")
    report = take_in(intake, put("b.csv", CSV.replace("红楼梦", "石头记")), options(publish=True))
    assert counts(report) == (0, 1, 1, 0)
    assert by_source(intake, "1").state == "withdrawn"


def test_what_was_destroyed_is_not_revived(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", CSV)
    take_in(intake, path, options())
    with intake.database.write() as session:
        resources.take_step(session, by_source(intake, "1").id, Step.DESTROY, actor="curator")
    report = take_in(intake, path, options())
    assert counts(report) == (0, 0, 1, 1)
    assert "was destroyed" in report.errors[0].problem
    assert "曹雪芹" not in raw_text(intake)
    assert "吴承恩" in raw_text(intake)


def test_destroying_empties_what_was_rejected_before_under_the_same_number(
    intake: Intake, put: Put, options: Options
) -> None:
    take_in(
        intake,
        put("a.csv", "编号,题名,作者,语种\n1,红楼梦,曹雪芹,火星语\n2,西游记,吴承恩,火星语\n"),
        options(),
    )
    take_in(intake, put("b.csv", CSV), options())
    take_in(intake, put("c.csv", "编号,题名,作者,语种\n1,红楼梦,曹雪芹,木星语\n"), options())
    assert rows(intake, ComplaintRow) == 3
    with intake.database.write() as session:
        resources.take_step(session, by_source(intake, "1").id, Step.DESTROY, actor="curator")
    assert "曹雪芹" not in raw_text(intake)
    assert "吴承恩" in raw_text(intake)
    assert rows(intake, ComplaintRow) == 1


def test_a_row_of_the_wrong_width_is_emptied_with_its_resource_too(
    intake: Intake, put: Put, options: Options
) -> None:
    wide = put("wide.csv", "编号,题名,作者\n1,红楼梦,曹雪芹,多\n2,西游记,吴承恩\n")
    take_in(intake, wide, options())
    take_in(intake, put("a.csv", CSV), options())
    with intake.database.write() as session:
        resources.take_step(session, by_source(intake, "1").id, Step.DESTROY, actor="curator")
    take_in(intake, put("again.csv", wide.read_bytes() + b"3,x,y\n"), options())
    assert "曹雪芹" not in raw_text(intake)


def test_a_record_rejected_before_in_the_same_file_does_not_take_its_number(
    intake: Intake, put: Put, options: Options
) -> None:
    take_in(intake, put("a.csv", CSV), options())
    again = "编号,题名,作者,语种\n1,红楼梦,曹雪芹,火星语\n1,石头记,曹雪芹,汉语\n"
    assert counts(take_in(intake, put("b.csv", again), options())) == (0, 1, 0, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CSV + "3,水浒"),
        ("a.csv", CSV + '3,"水浒传'),
        ("a.jsonl", '{"titles": [{"value": "红楼梦"}]}\n{"titles": [{"val'),
    ],
)
def test_a_file_that_is_cut_is_refused_or_kept_to_its_last_whole_record(
    intake: Intake, put: Put, options: Options, name: str, content: str
) -> None:
    path = put(name, content)
    with pytest.raises(IntakeError, match=r"ends in the middle of record \d, which begins at byte \d+"):
        take_in(intake, path, options())
    assert rows(intake, ResourceRow) == 0
    kept = take_in(intake, path, options(on_broken="keep"))
    assert kept.created == rows(intake, ResourceRow) > 0
    assert kept.rejected == 1


def test_a_whole_file_needs_no_line_end_at_its_end(intake: Intake, put: Put, options: Options) -> None:
    packed = put("a.csv.gz", gzip.compress(CSV.rstrip().encode("utf-16")))
    assert counts(take_in(intake, packed, options())) == (2, 0, 0, 0)


def test_a_last_row_with_a_cell_too_many_keeps_no_other_out(
    intake: Intake, put: Put, options: Options
) -> None:
    report = take_in(intake, put("a.csv", CSV + "3,水浒传,施耐庵,多余"), options())
    assert counts(report) == (2, 0, 0, 1)
    assert "cells" in report.errors[0].problem


def test_two_institutions_may_use_the_same_numbers(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", CSV)
    take_in(intake, path, options())
    assert counts(take_in(intake, path, options(institution="dpm"))) == (2, 0, 0, 0)


@pytest.mark.parametrize("between", [0, 3000])
def test_an_id_given_twice_is_a_complaint_with_both_numbers(
    intake: Intake, put: Put, options: Options, between: int
) -> None:
    middle = "".join(f"m{number},书 {number},甲\n" for number in range(between))
    report = take_in(intake, put("a.csv", CSV + middle + "1,另一书,乙\n"), options())
    last = between + 3
    assert counts(report) == (between + 2, 0, 0, 1)
    assert f"record {last} has the same id in its source as record 1: '1'" in report.errors[0].problem
    assert by_source(intake, "1").title == "红楼梦"


def test_a_record_without_an_id_is_known_by_its_content(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", "题名,作者\n红楼梦,曹雪芹\n")
    take_in(intake, path, options())
    assert counts(take_in(intake, path, options())) == (0, 0, 1, 0)
    assert counts(take_in(intake, put("b.csv", "题名,作者\n红楼梦,高鹗\n"), options())) == (1, 0, 0, 0)


def test_a_column_that_is_not_taken_in_is_said_once(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", "题名,架位\n红楼梦,A1\n西游记,A2\n"), options())
    assert [(error.record, error.field) for error in report.errors] == [(None, "架位")]
    assert report.created == 2


def test_a_missing_column_stops_the_import_before_it_begins(
    intake: Intake, put: Put, options: Options
) -> None:
    mapping = put("m.yaml", "name: m\nfields: {titles: [{value: {column: 书名}}]}")
    batch = intake.start(put("a.csv", CSV), options(mapping=str(mapping)))
    with pytest.raises(MappingError, match="no column '书名'"):
        intake.run(batch)
    with intake.database.read() as session:
        assert (batches.get(session, batch).state, rows(intake, ResourceRow)) == ("failed", 0)
        assert "no column '书名'" in batches.complaints(session, batch)[0].problem


def test_records_in_the_schemas_own_shape_name_their_institution_and_kind(
    intake: Intake, put: Put, options: Options
) -> None:
    lines = [
        {"record_id": "a", "institution": "nlc", "kind": "book", "titles": [{"value": "红楼梦"}]},
        {
            "record_id": "b",
            "institution": "dpm",
            "kind": "heritage",
            "heritage_type": "object",
            "titles": [{"value": "瓶"}],
        },
        {"record_id": "c", "institution": "nowhere", "kind": "book", "titles": [{"value": "书"}]},
        {"record_id": "d", "institution": "nlc", "kind": "picture", "titles": [{"value": "画"}]},
    ]
    path = put("a.jsonl", "\n".join(json.dumps(line) for line in lines))
    report = take_in(intake, path, ImportOptions())
    assert counts(report) == (2, 0, 0, 2)
    assert [(error.record, error.field) for error in report.errors] == [(3, "institution"), (4, "kind")]
    assert by_source(intake, "b").source_system == "dpm/records"


def test_a_file_of_one_institution_takes_in_no_records_of_another(
    intake: Intake, put: Put, options: Options
) -> None:
    line = {"institution": "dpm", "titles": [{"value": "书"}]}
    report = take_in(intake, put("a.jsonl", json.dumps(line)), options())
    assert "belongs to 'dpm', the file is taken in for 'nlc'" in report.errors[0].problem


def test_an_unknown_institution_is_refused_at_once(intake: Intake, put: Put, options: Options) -> None:
    with pytest.raises(NotFound, match="no institution with the code 'nowhere'"):
        intake.start(put("a.csv", CSV), options(institution="nowhere"))


def test_a_dry_run_says_the_same_and_writes_nothing(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", CSV + "1,另一书,乙\n,,\n3,,丙\n")
    dry = intake.dry_run(path, options())
    assert (rows(intake, ResourceRow), rows(intake, RawRecordRow)) == (0, 0)
    wet = take_in(intake, path, options())
    assert (dry.batch, counts(dry), dry.errors) == (None, counts(wet), wet.errors)
    assert counts(wet) == (2, 0, 0, 2)


def test_a_broken_encoding_stops_the_import_and_names_the_byte(
    intake: Intake, put: Put, options: Options
) -> None:
    content = CSV.encode() + "3,儒林外史,吴敬梓\n".encode("gb18030")
    batch = intake.start(put("a.csv", content), options())
    with pytest.raises(EncodingError, match=f"up to byte {len(CSV.encode()) + 2}"):
        intake.run(batch)
    assert rows(intake, ResourceRow) == 0


def test_the_rows_before_a_broken_byte_can_be_kept(intake: Intake, put: Put, options: Options) -> None:
    content = CSV.encode() + "3,儒林外史,吴敬梓\n".encode("gb18030")
    report = take_in(intake, put("a.csv", content), options(on_broken="keep"))
    assert counts(report) == (2, 0, 0, 1)
    assert [error.record for error in report.errors] == [None, 3]
    assert all(f"byte {len(CSV.encode()) + 2}" in error.problem for error in report.errors)


def test_a_packed_file_is_taken_in_as_it_is(intake: Intake, put: Put, options: Options) -> None:
    assert take_in(intake, put("a.csv.gz", gzip.compress(CSV.encode())), options()).created == 2


def test_a_batch_goes_on_from_its_kept_copy_after_it_stopped(
    intake: Intake, put: Put, options: Options
) -> None:
    path = put("a.csv", "编号,题名\n" + "".join(f"{number},书 {number}\n" for number in range(1000)))
    batch = intake.start(path, options())

    def stop(position: int) -> None:
        if position >= 200:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        intake.run(batch, stop)
    with intake.database.read() as session:
        stopped = batches.get(session, batch)
    assert (stopped.state, stopped.error) == ("failed", "power cut")
    assert 200 <= stopped.position < 1000
    assert intake.start(path, options()) == batch
    path.unlink()
    assert counts(intake.run(batch)) == (1000, 0, 0, 0)
    assert (rows(intake, ResourceRow), rows(intake, RawRecordRow)) == (1000, 1000)


def test_two_processes_at_one_batch_take_no_record_in_twice(
    intake: Intake, put: Put, options: Options
) -> None:
    rows_of_file = "".join(f"{number},书 {number}\n" for number in range(500))
    batch = intake.start(put("a.csv", "编号,题名\n" + rows_of_file), options())
    with pytest.raises(Conflict, match="another process has taken over"):
        intake.run(batch, lambda position: intake.run(batch) and None)
    assert counts(intake.run(batch)) == (500, 0, 0, 0)
    assert (rows(intake, ResourceRow), rows(intake, RawRecordRow)) == (500, 500)


def test_the_raw_record_is_kept_as_it_came_for_rejected_ones_too(
    intake: Intake, put: Put, options: Options
) -> None:
    take_in(intake, put("a.csv", "题名,作者\n,无名氏\n".encode("gb18030")), options())
    with intake.database.read() as session:
        raw = session.scalars(select(RawRecordRow)).one()
    assert (raw.outcome, raw.raw) == ("rejected", ",无名氏\n".encode("gb18030"))


def test_all_complaints_can_be_leafed_through(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", "题名,作者\n" + ",甲\n" * 130), options())
    assert (report.rejected, len(report.errors)) == (130, 100)
    with intake.database.read() as session:
        assert batches.count_complaints(session, report.batch or "") == 130
        rest = batches.complaints(session, report.batch or "", offset=100)
    assert [error.record for error in rest] == list(range(101, 131))
