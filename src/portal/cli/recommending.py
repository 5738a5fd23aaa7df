"""`wenmai recommendation` and `wenmai event`: learning, versions, curation; events that are loaded, tidied, erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import from_json

from catalog.clock import now
from catalog.errors import WenmaiError
from catalog.intake.encoding import marked
from catalog.intake.lines import lines
from catalog.intake.records import Limits
from catalog.intake.sources import Source
from portal.cli.common import (
    ACTOR,
    DEFAULT_DATA,
    AsJson,
    Data,
    plainly,
    print_json,
    pseudonym,
    services_of,
    show,
)
from portal.preferences import delete_reader
from portal.services import Services
from portal.trainer import train_here
from recommend import curation
from recommend.curation import Action
from recommend.events.event import MAX_BATCH, NotJson, Rejection, check_all
from recommend.events.retention import tidy as tidy_events
from recommend.learning.versions import Version

app = typer.Typer(help="Learn from events, switch versions, pin and exclude.", no_args_is_help=True)
event = typer.Typer(help="Load, tidy and erase what readers did.", no_args_is_help=True)

Institution = Annotated[str, typer.Argument(metavar="INSTITUTION", help="Code of the institution.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The resource's id.")]
VersionId = Annotated[str, typer.Argument(metavar="VERSION", help="As `recommendation list` shows it.")]
_REJECTIONS = 100
_LONGEST_LINE = 1 << 20


@app.command()
@plainly
def train(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Learn from all events now, and use what was learnt. `serve` and `worker` do it by themselves.

    Example: wenmai recommendation train
    """
    with services_of(data) as services:
        show(_version(services, train_here(services)), as_json)


@app.command(name="list")
@plainly
def list_(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List the versions of what was learnt, oldest first.

    Example: wenmai recommendation list
    """
    with services_of(data) as services, services.database.read() as session:
        found = [_version(services, version) for version in services.versions.all(session)]
    if as_json:
        print_json({"versions": found})
        return
    for one in found:
        mark = "*" if one["active"] else " "
        typer.echo(f"{mark} {one['version']} {one['state']:8} {one['events']} events {one['created_at']}")


@app.command()
@plainly
def activate(version_id: VersionId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Use another version, to go back for example. Nothing is learnt in its place until `recommendation train`.

    Example: wenmai recommendation activate 01JXYZ…
    """
    with services_of(data) as services:
        with services.database.write() as session:
            version = services.versions.activate(session, version_id, hold=True)
        show(_version(services, version), as_json)


@app.command()
@plainly
def pin(
    institution: Institution, resource_id: Id, data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Let a resource stand first in the lists of an institution.

    Example: wenmai recommendation pin nlc 01JXYZ…
    """
    _choose(institution, resource_id, Action.PIN, data, as_json)


@app.command()
@plainly
def exclude(
    institution: Institution, resource_id: Id, data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Never recommend a resource in the lists of an institution.

    Example: wenmai recommendation exclude nlc 01JXYZ…
    """
    _choose(institution, resource_id, Action.EXCLUDE, data, as_json)


@app.command()
@plainly
def undo(
    institution: Institution, resource_id: Id, data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Take a choice back.

    Example: wenmai recommendation undo nlc 01JXYZ…
    """
    with services_of(data) as services, services.database.write() as session:
        curation.undo(session, institution, resource_id, actor=ACTOR)
    show({"undone": resource_id, "institution": institution}, as_json)


@event.command(name="import")
@plainly
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines: an event a line, as POST /v1/events takes them.")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Load events, of loans for example. Loading a file again changes nothing.

    Lines that are wrong are told and left out; the command fails where there are no others.

    Example: wenmai event import loans-2026.jsonl
    """
    accepted = duplicates = read = 0
    rejected: list[Rejection] = []
    with services_of(data) as services:
        kept = timedelta(days=services.settings.events_kept_days)
        for batch in _batches(file):
            sound, wrong = check_all([event for _, event in batch], now(), kept)
            taken = services.events.submit(sound).result()
            accepted, duplicates = accepted + taken.accepted, duplicates + taken.duplicates
            rejected += [Rejection(batch[r.index][0], r.field, r.problem) for r in (*wrong, *taken.rejected)]
            read += len(batch)
    report = {"read": read, "accepted": accepted, "duplicates": duplicates, "rejected": len(rejected)}
    errors = [{"line": r.index, "field": r.field, "problem": r.problem} for r in rejected[:_REJECTIONS]]
    if as_json:
        print_json(report | {"errors": errors})
    else:
        _print_report(file.name, report, errors)
    if not read:
        raise WenmaiError(f"{file.name} has no event")
    if not accepted:
        raise WenmaiError(f"nothing of {file.name} was taken in: see what is said about its lines above")


@event.command()
@plainly
def erase(
    subject: Annotated[str, typer.Argument(help="The app's pseudonym of a reader.")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Delete everything that is kept of what a reader did.

    Example: wenmai event erase reader-5f0c6f3a9d
    """
    name = pseudonym(subject)
    with services_of(data) as services:
        deleted = delete_reader(services, name)
    show({"deleted": deleted}, as_json)


@event.command()
@plainly
def tidy(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Turn events that are older than WENMAI_EVENTS_KEPT_DAYS into daily counts. `serve` and `worker` do it daily.

    Example: wenmai event tidy
    """
    with services_of(data) as services:
        before = now() - timedelta(days=services.settings.events_kept_days)
        show({"counted": tidy_events(services.database, before)}, as_json)


def _choose(institution: str, resource_id: str, action: Action, data: Path, as_json: bool) -> None:
    with services_of(data) as services, services.database.write() as session:
        made = curation.choose(session, institution, resource_id, action, actor=ACTOR)
    show(
        {"institution": made.institution, "id": made.resource, "title": made.title, "action": action.value},
        as_json,
    )


def _version(services: Services, version: Version) -> dict[str, Any]:
    return {
        "version": version.id, "active": version.id == services.versions.active_id(), "state": version.state,
        "events": version.events, "subjects": version.subjects, "resources": version.resources,
        "seconds": version.seconds, "created_at": version.created_at.isoformat(timespec="seconds"), "error": version.error,
    }  # fmt: skip


def _print_report(name: str, report: dict[str, int], errors: list[dict[str, Any]]) -> None:
    typer.echo(f"{name}: " + ", ".join(f"{count} {what}" for what, count in report.items()))
    for one in errors:
        typer.echo(
            f"  line {one['line']}: {one['field'] + ': ' if one['field'] else ''}{one['problem']}", err=True
        )
    if report["rejected"] > len(errors):
        typer.echo(f"  and {report['rejected'] - len(errors)} lines more", err=True)


def _batches(file: Path) -> Iterator[list[tuple[int, Any]]]:
    """The numbers of the lines of a file, packed or not, and what each holds, so many at once; empty lines are none."""
    numbered = enumerate(_lines(Source.of(file, Limits())), 1)
    filled = ((number, _event(line)) for number, line in numbered if line.strip())
    while batch := list(islice(filled, MAX_BATCH)):
        yield batch


def _lines(source: Source) -> Iterator[bytes]:
    """The lines in UTF-8, a file in UTF-16 told by its mark. Raises WenmaiError for one that breaks off."""
    encoding = marked(source)
    if encoding.broken_at is not None:
        raise WenmaiError(f"{source.name} is broken: {encoding.why}; save it again as UTF-8")
    if encoding.name != "utf-8":
        yield from (line.text.encode() for line in lines(source, encoding, newline="\n"))
        return
    # Bytes, so that a line that is not UTF-8 is refused by itself.
    with source.open() as stream:
        stream.read(encoding.bom)
        while line := stream.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise WenmaiError(
                    f"{source.name} has a line of more than {_LONGEST_LINE:,} bytes: write one event a line"
                )
            yield line


def _event(line: bytes) -> Any:
    """What the line holds; for the check to refuse, what is wrong with it where it is not JSON."""
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return NotJson(str(error))
