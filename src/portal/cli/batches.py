"""`wenmai import` and `wenmai batch`: taking files in."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from catalog.errors import WenmaiError
from catalog.intake import Batch, BatchReport, ImportOptions, Intake, batches
from portal.cli.common import (
    ACTOR,
    DEFAULT_DATA,
    AsJson,
    Data,
    messages,
    plainly,
    print_json,
    services_of,
    show,
)
from portal.sample import intake_of

app = typer.Typer(help="What became of imported files.", no_args_is_help=True)

BatchId = Annotated[str, typer.Argument(metavar="ID", help="The batch's id.")]
Format = Literal["auto", "csv", "xlsx", "jsonl"]


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    app.command(name="import")(import_)


@plainly
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files to take in; .gz is unpacked.")],
    institution: Annotated[
        str | None, typer.Option(help="Code of the institution whose records these are.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Kind of the records, where the file does not say.")
    ] = None,
    mapping: Annotated[str | None, typer.Option(help="Name of a saved column mapping, or its file.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="Found out by default.")] = "auto",
    encoding: Annotated[str, typer.Option(help="Found out by default.")] = "auto",
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish at once instead of making drafts.")
    ] = False,
    on_broken: Annotated[
        Literal["refuse", "keep"],
        typer.Option(
            help="Where an encoding breaks or the file is cut: take in nothing, or what comes before."
        ),
    ] = "refuse",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; write nothing.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Take records in. Importing the same file again changes nothing; one that was cut short goes on.

    Example: wenmai import books.xlsx --institution tongli-lib --kind book --publish
    """
    options = ImportOptions(
        institution=institution, kind=kind, mapping=mapping, format=format_, encoding=encoding, publish=publish,
        on_broken=on_broken, actor=ACTOR,
    )  # fmt: skip
    with services_of(data) as services:
        reports, refused = _take_all_in(intake_of(services), files, options, dry_run)
    if as_json:
        documents = [report.as_dict() for _, report in reports]
        print_json(documents[0] if len(files) == 1 else documents)
    else:
        for name, report in reports:
            _print_report(name, report)
    for name, report in reports:
        if report.read == 0:
            raise WenmaiError(f"{name} has no record, only the names of its columns")
        if report.rejected == report.read:
            raise WenmaiError(f"nothing of {name} was taken in: see what is said about its records above")
    if refused:
        raise WenmaiError(f"not taken in: {', '.join(refused)}; see what is said about each above")


@app.command(name="list")
@plainly
def list_(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List the newest batches.

    Example: wenmai batch list
    """
    with services_of(data) as services, services.database.read() as session:
        found = batches.newest(session)
    if as_json:
        print_json([_brief(batch) for batch in found])
        return
    for batch in found:
        typer.echo(f"{batch.id}  {batch.state:8} {batch.position:>9} records  {batch.file}")


@app.command(name="show")
@plainly
def show_(batch_id: BatchId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Show one batch.

    Example: wenmai batch show 01JXYZ…
    """
    with services_of(data) as services, services.database.read() as session:
        show(_brief(batches.get(session, batch_id)), as_json)


@app.command()
@plainly
def errors(
    batch_id: BatchId,
    offset: Annotated[int, typer.Option(min=0, help="Leave out so many.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 1_000_000,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """List every complaint of a batch.

    Example: wenmai batch errors 01JXYZ…
    """
    with services_of(data) as services, services.database.read() as session:
        batches.get(session, batch_id)
        found = batches.complaints(session, batch_id, offset, limit)
    if as_json:
        print_json([dataclasses.asdict(complaint) for complaint in found])
        return
    for complaint in found:
        _print_complaint(complaint.record, complaint.field, complaint.problem, complaint.hint)


@app.command()
@plainly
def resume(batch_id: BatchId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Go on with a batch that was cut short.

    Example: wenmai batch resume 01JXYZ…
    """
    with services_of(data) as services:
        report = intake_of(services).run(batch_id)
        with services.database.read() as session:
            name = batches.get(session, batch_id).file
    if as_json:
        print_json(report.as_dict())
    else:
        _print_report(name, report)


@app.command()
@plainly
def undo(batch_id: BatchId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Take back what a batch did: destroy what it made, restore what it changed.

    Example: wenmai batch undo 01JXYZ…
    """
    with services_of(data) as services:
        report = intake_of(services).undo(batch_id, ACTOR)
    show(dataclasses.asdict(report), as_json)


def _take_all_in(
    intake: Intake, files: Sequence[Path], options: ImportOptions, dry_run: bool
) -> tuple[list[tuple[str, BatchReport]], list[str]]:
    """What became of each file, with its name, and the names of those that were refused, which are told at once.

    One that is refused keeps none of the others out.
    """
    reports, refused = [], []
    for file in files:
        try:
            reports.append((_name(file), _take_in(intake, file, options, dry_run)))
        except (WenmaiError, OSError) as error:
            if len(files) == 1:
                raise
            messages.print(f"wenmai: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
            refused.append(_name(file))
    return reports, refused


def _name(file: Path) -> str:
    """The name of a file, which in old archives may be no UTF-8."""
    return os.fsencode(file.name).decode("utf-8", "replace")


def _take_in(intake: Intake, file: Path, options: ImportOptions, dry_run: bool) -> BatchReport:
    if not file.is_file():
        raise WenmaiError(f"{_name(file)} is not a file that can be read")
    if dry_run:
        return intake.dry_run(file, options, _name(file))
    batch = intake.start(file, options, _name(file))
    columns = (TextColumn("{task.description}: {task.completed} records", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True) as progress:
        task = progress.add_task(_name(file))
        return intake.run(batch, lambda reached: progress.update(task, completed=reached))


def _brief(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.id, "state": batch.state, "file": batch.file, "format": batch.format, "read": batch.position,
        "created": batch.created, "updated": batch.updated, "unchanged": batch.unchanged,
        "rejected": batch.rejected, "attempts": batch.attempts, "error": batch.error,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
    }  # fmt: skip


def _print_report(name: str, report: BatchReport) -> None:
    typer.echo(
        f"{name}: {report.read} read, {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.rejected} rejected"
        + (f" (batch {report.batch})" if report.batch else "")
    )
    for complaint in report.errors:
        _print_complaint(complaint.record, complaint.field, complaint.problem, complaint.hint)


def _print_complaint(record: int | None, field: str | None, problem: str, hint: str | None) -> None:
    where = f"record {record}" if record is not None else "file"
    typer.echo(
        f"  {where}: {field + ': ' if field else ''}{problem}" + (f" — {hint}" if hint else ""), err=True
    )
