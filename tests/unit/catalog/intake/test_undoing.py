from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from catalog import resources
from catalog.errors import Conflict
from catalog.intake import BatchReport, ImportOptions, Intake, batches
from catalog.tables import ResourceRow

Put = Callable[[str, str | bytes], Path]
Options = Callable[..., ImportOptions]
CSV = "编号,题名\n1,红楼梦\n2,西游记\n"


def take_in(intake: Intake, path: Path, options: ImportOptions) -> BatchReport:
    return intake.run(intake.start(path, options))


def all_resources(intake: Intake) -> list[resources.Resource]:
    with intake.database.read() as session:
        return list(resources.load(session, session.scalars(select(ResourceRow.number)).all()).values())


@pytest.mark.parametrize("publish", [False, True])
def test_what_the_batch_made_is_destroyed_and_can_come_again(
    intake: Intake, put: Put, options: Options, publish: bool
) -> None:
    path = put("a.csv", CSV)
    report = take_in(intake, path, options(publish=publish))
    undone = intake.undo(report.batch or "", "curator")
    assert (undone.undone, undone.kept) == (2, ())
    assert {resource.state for resource in all_resources(intake)} == {"destroyed"}
    again = take_in(intake, path, options(publish=publish))
    assert (again.created, again.rejected) == (2, 0)


def test_what_the_batch_revised_gets_its_former_content_back(
    intake: Intake, put: Put, options: Options
) -> None:
    take_in(intake, put("a.csv", CSV), options(publish=True))
    report = take_in(intake, put("b.csv", CSV.replace("红楼梦", "石头记")), options())
    intake.undo(report.batch or "", "curator")
    book = next(resource for resource in all_resources(intake) if resource.source_record == "1")
    assert (book.title, book.revision, book.state) == ("红楼梦", 3, "published")
    with intake.database.read() as session:
        last = resources.history(session, book.id)[-1]
    assert (last.actor, last.note) == ("curator", f"undo of import {report.batch}")


def test_what_the_batch_published_is_withdrawn(intake: Intake, put: Put, options: Options) -> None:
    path = put("a.csv", CSV)
    take_in(intake, path, options())
    report = take_in(intake, path, options(publish=True))
    intake.undo(report.batch or "", "curator")
    assert {resource.state for resource in all_resources(intake)} == {"withdrawn"}


def test_what_somebody_changed_since_is_kept_and_named(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", CSV), options())
    changed = all_resources(intake)[0]
    with intake.database.write() as session:
        resources.revise(session, changed.id, {"titles": [{"value": "改过"}]}, actor="curator")
    undone = intake.undo(report.batch or "", "curator")
    assert (undone.undone, undone.kept) == (1, (changed.id,))


def test_a_batch_that_stopped_half_way_can_be_undone(intake: Intake, put: Put, options: Options) -> None:
    rows = "".join(f"{number},书 {number}\n" for number in range(500))
    batch = intake.start(put("a.csv", "编号,题名\n" + rows), options())

    def interrupt(position: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.run(batch, interrupt)
    undone = intake.undo(batch, "curator")
    made = all_resources(intake)
    assert 0 < undone.undone == len(made) < 500
    assert {resource.state for resource in made} == {"destroyed"}


def test_undoing_twice_does_nothing_more(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", CSV), options())
    intake.undo(report.batch or "", "curator")
    assert intake.undo(report.batch or "", "curator").undone == 0
    with intake.database.read() as session:
        assert batches.get(session, report.batch or "").state == "undone"


def test_an_undone_batch_does_not_run_again(intake: Intake, put: Put, options: Options) -> None:
    report = take_in(intake, put("a.csv", CSV), options())
    intake.undo(report.batch or "", "curator")
    with pytest.raises(Conflict, match="was undone"):
        intake.run(report.batch or "")
