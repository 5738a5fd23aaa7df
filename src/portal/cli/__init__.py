"""The command line: `wenmai NOUN VERB`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from portal.cli import (
    batches,
    evaluation,
    index,
    institutions,
    models,
    recommendation,
    recommending,
    records,
    schemas,
    searching,
    serving,
)

app = typer.Typer(
    name="wenmai",
    help="文脉 Wenmai: the catalogue, search and recommendation that public culture institutions share.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wenmai {version('wenmai')}")
        raise typer.Exit


@app.callback()
def _main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


for module in (serving, batches, searching):
    module.register(app)
recommendation.register(evaluation.app, evaluation.bench)
app.add_typer(institutions.app, name="institution")
app.add_typer(batches.app, name="batch")
app.add_typer(records.app, name="resource")
app.add_typer(index.app, name="index")
app.add_typer(models.app, name="model")
app.add_typer(recommending.app, name="recommendation")
app.add_typer(recommending.event, name="event")
app.add_typer(schemas.app, name="schema")
app.add_typer(evaluation.app, name="evaluate")
app.add_typer(evaluation.bench, name="bench")

__all__ = ["app"]
