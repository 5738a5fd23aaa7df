"""Collections that name what is not there: they are taken in, and the librarian is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from catalog import resources
from catalog.intake import BatchReport, ImportOptions, Intake
from catalog.lifecycle import Step
from catalog.tables import ResourceRow

Put = Callable[[str, str | bytes], Path]
OPTIONS = ImportOptions(institution="nlc", publish=True)
UNKNOWN = "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"


def record(record_id: str, kind: str = "book", **fields: object) -> str:
    return json.dumps({"record_id": record_id, "kind": kind, "titles": [{"value": record_id}], **fields})


def take_in(intake: Intake, put: Put, name: str, *records: str) -> BatchReport:
    return intake.run(intake.start(put(name, "\n".join(records)), OPTIONS))


def id_of(intake: Intake, record_id: str) -> str:
    with intake.database.read() as session:
        return session.scalars(select(ResourceRow.id).where(ResourceRow.source_record == record_id)).one()


def told(report: BatchReport) -> list[tuple[int | None, str | None]]:
    return [(one.record, one.field) for one in report.errors]


def test_a_collection_whose_members_are_there_is_taken_in_without_a_word(intake: Intake, put: Put) -> None:
    take_in(intake, put, "books.jsonl", record("one"), record("two"))
    members = [id_of(intake, "one"), id_of(intake, "two")]
    report = take_in(intake, put, "c.jsonl", record("all", "collection", members=members))
    assert (report.created, report.rejected, report.errors) == (1, 0, ())


def test_members_that_do_not_exist_are_told_by_record_and_place_and_the_collection_is_kept(
    intake: Intake, put: Put
) -> None:
    take_in(intake, put, "books.jsonl", record("one"))
    members = [id_of(intake, "one"), UNKNOWN, "no id at all"]
    lines = (record("two"), record("all", "collection", members=members))
    dry = intake.dry_run(put("c.jsonl", "\n".join(lines)), OPTIONS)
    report = take_in(intake, put, "c.jsonl", *lines)
    assert told(report) == told(dry) == [(2, "members[1]"), (2, "members[2]")]
    assert (report.created, report.rejected) == (2, 0)
    assert f"没有编号为“{UNKNOWN}”的资源；该记录仍已收录" in report.errors[0].problem
    with intake.database.read() as session:
        assert resources.get(session, id_of(intake, "all")).data["members"] == members


def test_a_collection_that_names_itself_or_what_was_destroyed_is_told_so(intake: Intake, put: Put) -> None:
    take_in(intake, put, "a.jsonl", record("one"), record("all", "collection"))
    own, gone = id_of(intake, "all"), id_of(intake, "one")
    with intake.database.write() as session:
        for step in (Step.WITHDRAW, Step.DESTROY):
            resources.take_step(session, gone, step, actor="t")
    report = take_in(intake, put, "b.jsonl", record("all", "collection", members=[own, gone]))
    assert (report.updated, report.rejected) == (1, 0)
    assert [one.problem.partition("；")[0] for one in report.errors] == [
        "专题集合不能包含自身",
        f"编号为“{gone}”的资源已销毁",
    ]


def test_members_that_came_later_are_not_told_of_when_the_file_is_sent_again(
    intake: Intake, put: Put
) -> None:
    collection = record("all", "collection", members=[UNKNOWN])
    assert told(take_in(intake, put, "c.jsonl", collection)) == [(1, "members[0]")]
    take_in(intake, put, "one.jsonl", record("one"))
    with intake.database.write() as session:
        session.scalars(select(ResourceRow).where(ResourceRow.source_record == "one")).one().id = UNKNOWN
    report = take_in(intake, put, "c.jsonl", collection)
    assert (report.unchanged, report.errors) == (1, ())
