"""`wenmai institution`: the houses that put resources into the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catalog import institutions
from catalog.errors import WenmaiError
from portal.cli.common import DEFAULT_DATA, AsJson, Data, plainly, print_json, services_of, show
from portal.sample import read_institutions
from portal.services import Services

app = typer.Typer(help="Institutions: libraries, museums, culture halls and others.", no_args_is_help=True)


@app.command()
@plainly
def add(
    code: Annotated[str, typer.Argument(help="Short code: lower-case letters, digits and hyphens.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    type_: Annotated[
        str | None,
        typer.Option("--type", help="A code of the vocabulary institution_type; library by default."),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Its GB/T 2260 code of 6, 9 or 12 digits.")] = None,
    parent: Annotated[
        str | None, typer.Option(help="Code of the institution that it is a branch of.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change the one of this code.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Add an institution.

    Example: wenmai institution add tongli-lib 同里图书馆 --region 320509
    """
    given = {"code": code, "name": name, "type": type_, "region": region, "parent": parent}
    with services_of(data) as services:
        document = {"type": "library"}
        if replace:
            # What is not said stays as it was.
            with services.database.read() as session:
                known = institutions.of_codes(session, [code]).get(code)
            document |= known.data if known else {}
        document |= {key: value for key, value in given.items() if value is not None}
        put_institution(services, document, replace=replace)
    show({"code": code, "name": name}, as_json)


@app.command(name="load")
@plainly
def load_file(
    file: Annotated[Path, typer.Argument(help="JSON lines after schemas/institution.yaml.")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Add or change every institution of a JSON lines file.

    Example: wenmai institution load institutions.jsonl
    """
    with services_of(data) as services:
        found = read_institutions(file)
        for number, document in found:
            try:
                put_institution(services, document)
            except WenmaiError as error:
                raise type(error)(f"{file}: line {number}: {error}", field=error.field) from error
    show({"institutions": len(found)}, as_json)


@app.command(name="list")
@plainly
def list_(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List the institutions.

    Example: wenmai institution list
    """
    with services_of(data) as services, services.database.read() as session:
        found = institutions.all_institutions(session)
    if as_json:
        print_json([dict(institution.data) for institution in found])
        return
    for institution in found:
        typer.echo(f"{institution.code:20} {institution.name}")


def put_institution(services: Services, document: dict[str, Any], *, replace: bool = True) -> None:
    """Validate and store one institution. Raises WenmaiError with every complaint."""
    problems = services.schemas.validate("institution", document)
    if problems:
        raise WenmaiError("; ".join(map(str, problems)), field=problems[0].field)
    with services.database.write() as session:
        institutions.put(session, document, replace=replace)
