"""`wenmai schema`: the JSON Schema of each kind, for programs that make records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from catalog.assets import asset
from catalog.schema import Schemas
from portal.cli.common import AsJson, plainly, print_json, show

app = typer.Typer(help="The metadata schema as JSON Schema.", no_args_is_help=True)


@app.command(name="show")
@plainly
def show_(kind: Annotated[str, typer.Argument(metavar="KIND", help="book, heritage, institution …")]) -> None:
    """Print the JSON Schema (2020-12) of a kind.

    Example: wenmai schema show book
    """
    print_json(Schemas.load(asset("schemas")).json_schema(kind))


@app.command()
@plainly
def write(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for KIND.schema.json.")],
    as_json: AsJson = False,
) -> None:
    """Write the JSON Schema of every kind to a folder.

    Example: wenmai schema write schemas/json
    """
    schemas = Schemas.load(asset("schemas"))
    directory.mkdir(parents=True, exist_ok=True)
    for kind in schemas.kinds:
        (directory / f"{kind}.schema.json").write_text(as_text(schemas.json_schema(kind)), encoding="utf-8")
    show({"directory": str(directory), "kinds": list(schemas.kinds)}, as_json)


def as_text(schema: object) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
