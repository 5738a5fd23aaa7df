"""What all commands share: the data directory, JSON output, and errors as one plain sentence."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from catalog.errors import WenmaiError
from portal.services import Services, open_services
from portal.settings import Settings
from recommend.events.event import Name

P = ParamSpec("P")
R = TypeVar("R")

Data = Annotated[
    Path,
    typer.Option(
        "--data", envvar="WENMAI_DATA", help="Directory of the database, the index and the imported files."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on stdout.")]
Seed = Annotated[int, typer.Option(min=0, help="Everything that is drawn is drawn by it.")]
DEFAULT_DATA = Path("var")
ACTOR = "command-line"

messages = Console(stderr=True)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an error that a user can mend into one sentence on stderr and exit status 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BrokenPipeError:
            # Whoever reads the output has seen enough. Python would complain again as it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except (WenmaiError, ValidationError, SQLAlchemyError, OSError, UnicodeEncodeError) as error:
            messages.print(
                f"wenmai: {_sentence(error)}", style="red", markup=False, highlight=False, soft_wrap=True
            )
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            messages.print("wenmai: stopped; what was done so far is kept", style="yellow")
            raise typer.Exit(130) from error

    return run


def _sentence(error: Exception) -> str:
    if isinstance(error, DBAPIError):
        return f"the database cannot be used: {error.orig}"
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(filter(None, [str(error.filename or ""), error.strerror]))
    if isinstance(error, UnicodeEncodeError) and error.encoding == "utf-8":
        # Bytes of another encoding stand in arguments as lone surrogates.
        text = error.object[error.start :][:40]
        return f"{text!a} is no UTF-8 text: if it was typed, let the terminal send UTF-8"
    if not isinstance(error, ValidationError):
        return str(error)
    faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return f"settings: {'; '.join(faults)}"


def settings_for(data: Path, **others: Any) -> Settings:
    """Settings from the environment with this data directory."""
    return Settings(data=data, **others)


@contextmanager
def services_of(data: Path) -> Iterator[Services]:
    """The services of a data directory, closed afterwards."""
    services = open_services(settings_for(data))
    try:
        yield services
    finally:
        services.close()


def print_json(document: Any) -> None:
    """One JSON document on stdout; a dataclass is written as its fields."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def show(document: Mapping[str, Any], as_json: bool) -> None:
    """A small report: JSON, or one `name: value` a line."""
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        listed = isinstance(value, tuple | list) and all(isinstance(entry, str) for entry in value)
        sys.stdout.write(f"{name}: {', '.join(value) or 'none' if listed else value}\n")


def _plain(value: Any) -> Any:
    return (
        dataclasses.asdict(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type)
        else str(value)
    )


def pseudonym(subject: str) -> str:
    """The name of a reader. Raises WenmaiError for what can be none."""
    try:
        name: str = TypeAdapter(Name).validate_python(subject)
    except ValidationError as error:
        raise WenmaiError("a subject is a pseudonym of 16 letters and digits or more") from error
    return name
