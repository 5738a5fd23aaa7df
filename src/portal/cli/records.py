"""`wenmai resource`: one resource and the steps of its life."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog import resources
from catalog.lifecycle import Step
from catalog.resources import Resource
from portal.cli.common import ACTOR, DEFAULT_DATA, AsJson, Data, plainly, print_json, services_of, show

app = typer.Typer(help="Show one resource, publish, withdraw or destroy it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The resource's id.")]
Note = Annotated[str | None, typer.Option(help="Why; kept in the history.")]


@app.command(name="show")
@plainly
def show_(resource_id: Id, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Show a resource in whatever state.

    Example: wenmai resource show 01JXYZ…
    """
    with services_of(data) as services, services.database.read() as session:
        resource = resources.get(session, resource_id)
    if as_json:
        print_json(_brief(resource) | {"data": dict(resource.data)})
        return
    show(_brief(resource) | dict(resource.data), as_json=False)


@app.command()
@plainly
def publish(resource_id: Id, note: Note = None, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Publish a resource, so that readers find it.

    Example: wenmai resource publish 01JXYZ…
    """
    with services_of(data) as services, services.database.write() as session:
        resource = resources.publish(session, resource_id, actor=ACTOR, note=note)
    show(_brief(resource), as_json)


@app.command()
@plainly
def withdraw(resource_id: Id, note: Note = None, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Take a published resource back; readers stop finding it at once.

    Example: wenmai resource withdraw 01JXYZ… --note 版权到期
    """
    _step(resource_id, Step.WITHDRAW, note, data, as_json)


@app.command()
@plainly
def destroy(resource_id: Id, note: Note = None, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Destroy a draft or withdrawn resource: its content goes, a tombstone and its history stay.

    Example: wenmai resource destroy 01JXYZ… --note 藏品注销
    """
    _step(resource_id, Step.DESTROY, note, data, as_json)


@app.command()
@plainly
def history(resource_id: Id, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List the revisions of a resource: who, when and why.

    Example: wenmai resource history 01JXYZ…
    """
    with services_of(data) as services, services.database.read() as session:
        found = resources.history(session, resource_id)
    if as_json:
        print_json(found)
        return
    for revision in found:
        at = revision.at.isoformat(timespec="seconds")
        typer.echo(f"{revision.revision:>4} {revision.state:10} {at} {revision.actor} {revision.note or ''}")


def _step(resource_id: str, step: Step, note: str | None, data: Data, as_json: bool) -> None:
    with services_of(data) as services, services.database.write() as session:
        resource = resources.take_step(session, resource_id, step, actor=ACTOR, note=note)
    show(_brief(resource), as_json)


def _brief(resource: Resource) -> dict[str, object]:
    return {
        "id": resource.id,
        "title": resource.title,
        "kind": resource.kind,
        "institution": resource.institution,
        "state": resource.state.value,
        "revision": resource.revision,
    }
