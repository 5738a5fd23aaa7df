"""`wenmai index`: generations of the search index."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from catalog.errors import Conflict, WenmaiError
from portal.cli.common import DEFAULT_DATA, AsJson, Data, messages, plainly, print_json, services_of, show
from portal.follower import Follower
from portal.services import Services
from search.generations import Generation
from search.verification import verify as compare

app = typer.Typer(help="Build, follow and switch the search index.", no_args_is_help=True)


def generation_json(services: Services, generation: Generation) -> dict[str, Any]:
    """A generation as the command line prints it."""
    return {
        "generation": generation.id,
        "fingerprint": generation.fingerprint,
        "documents": generation.documents,
        "seconds": round(generation.seconds, 3),
        "bytes": services.generations.bytes(generation.id),
        "position": generation.position,
    }


@app.command()
@plainly
def build(
    data: Data = DEFAULT_DATA,
    activate: bool = False,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="So many prepare a large catalogue side by side.")
    ] = min(os.cpu_count() or 1, 64),
    as_json: AsJson = False,
) -> None:
    """Build a new index from all that is published.

    Example: wenmai index build --activate
    """
    with services_of(data) as services:
        with Progress(
            TextColumn("indexed {task.completed} resources"),
            TimeElapsedColumn(),
            console=messages,
            transient=True,
        ) as progress:
            task = progress.add_task("index")
            generation = services.indexer.build(
                lambda count: progress.update(task, completed=count), processes
            )
        if activate:
            _activate(services, generation.id)
        show(generation_json(services, generation), as_json)


@app.command()
@plainly
def follow(data: Data = DEFAULT_DATA, once: bool = False, as_json: AsJson = False) -> None:
    """Apply changes to the index as they happen; --once applies what there is and ends.

    Example: wenmai index follow --once
    """
    with services_of(data) as services:
        follower = Follower(services)
        follower.take_lease()
        try:
            if not once:
                follower.run()
                return
            applied = services.indexer.follow_once()
        finally:
            follower.give_back()
        show({"applied": applied}, as_json)


@app.command(name="list")
@plainly
def list_(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List the generations; the active one answers.

    Example: wenmai index list --json
    """
    with services_of(data) as services, services.database.read() as session:
        active = _active(services)
        rows = [
            generation_json(services, g)
            | {
                "state": g.state,
                "active": g.id == active,
                "current": g.fingerprint == services.specification.fingerprint,
            }
            | ({"error": g.error} if g.error else {})
            for g in services.generations.all(session)
        ]
        for stray in services.generations.strays(session):
            messages.print(
                f"{stray} is an index that the database does not know: `wenmai index drop {stray}` deletes it",
                markup=False,
            )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        mark = "*" if row["active"] else " "
        typer.echo(f"{mark} {row['generation']}  {row['state']:9} {row['documents']:>9} documents")


@app.command()
@plainly
def activate(generation: str, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Let a generation answer; activating the former one is the way back.

    Example: wenmai index activate 01JXYZ…
    """
    with services_of(data) as services:
        _activate(services, generation)
        with services.database.read() as session:
            show(generation_json(services, services.generations.get(session, generation)), as_json)


@app.command()
@plainly
def verify(
    generation: Annotated[str | None, typer.Argument(help="A generation; the active one by default.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Compare an index with the database, by id and revision; exit 1 when they differ.

    Example: wenmai index verify
    """
    with services_of(data) as services:
        chosen = generation or services.generations.active_id()
        with services.database.read() as session:
            found = services.generations.get(session, chosen)
            result = compare(session, services.search.open_engine(chosen))
        differences = {"missing": result.missing, "extra": result.extra, "outdated": result.outdated}
        counts = {name: len(numbers) for name, numbers in differences.items()}
        show(generation_json(services, found) | {"published": result.documents} | counts, as_json)
        if not result.sound:
            raise WenmaiError(
                "index and database differ: run `wenmai index follow --once`, or build the index again"
            )
        if found.fingerprint != services.specification.fingerprint:
            raise WenmaiError(
                f"generation {chosen} was built by another configuration or embedding: build the index again"
            )


@app.command()
@plainly
def drop(generation: str, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Delete a generation that is not active.

    Example: wenmai index drop 01JXYZ…
    """
    with services_of(data) as services, services.database.write() as session:
        services.generations.drop(session, generation)
    show({"dropped": generation}, as_json)


def _activate(services: Services, generation_id: str) -> None:
    with services.database.read() as session:
        services.generations.get(session, generation_id)
    try:
        services.search.open_engine(generation_id)
    except WenmaiError as error:
        raise Conflict(f"generation {generation_id} is not activated: {error}") from error
    with services.database.write() as session:
        services.generations.activate(session, generation_id)


def _active(services: Services) -> str | None:
    try:
        return services.generations.active_id()
    except WenmaiError:
        return None
