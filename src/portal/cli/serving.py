"""`wenmai init`, `serve`, `worker`, `demo`: making and running an installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from catalog.database import Database
from catalog.migration import migrate
from portal.cli.common import DEFAULT_DATA, AsJson, Data, messages, plainly, services_of, settings_for, show
from portal.follower import Follower
from portal.sample import load_sample
from portal.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the top level."""
    for command in (init, demo, serve, worker):
        app.command()(command)


def prepare(settings: Settings) -> str:
    """Make the data directory and bring its tables up to date; returns the revision."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        return migrate(database)
    finally:
        database.close()


@plainly
def init(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Make a data directory, or bring an old one up to date. Safe to run again.

    Example: wenmai init --data /srv/wenmai
    """
    settings = settings_for(data)
    revision = prepare(settings)
    show({"data": str(data), "database": settings.database_url, "migrated_to": revision}, as_json)


@plainly
def demo(data: Data = DEFAULT_DATA, port: Port = 8000) -> None:
    """Load the sample catalogue if the directory is empty, build its index, and serve it.

    Example: wenmai demo --port 8000
    """
    settings = settings_for(data, port=port)
    prepare(settings)
    with services_of(data) as services:
        load_sample(services, report=lambda text: messages.print(text, markup=False, highlight=False))
    _run(settings, workers=1)


@plainly
def serve(data: Data = DEFAULT_DATA, host: Host = "127.0.0.1", port: Port = 8000, workers: int = 1) -> None:
    """Serve the pages and the API, and keep the index up to date.

    Example: wenmai serve --host 0.0.0.0 --port 8000 --workers 2
    """
    settings = settings_for(data, host=host, port=port)
    with services_of(data):
        pass  # refuses now, in one sentence, what each worker would refuse with a traceback
    _run(settings, workers)


@plainly
def worker(data: Data = DEFAULT_DATA) -> None:
    """Follow the change feed and do background work until stopped.

    Example: wenmai worker --data /srv/wenmai
    """
    with services_of(data) as services:
        follower = Follower(services)
        messages.print("following the change feed; Ctrl-C stops", markup=False)
        try:
            follower.run()
        finally:
            follower.give_back()


def _run(settings: Settings, workers: int) -> None:
    # Each worker process reads the settings again, so they go by the environment.
    os.environ["WENMAI_DATA"] = str(Path(settings.data).resolve())
    messages.print(f"文脉 Wenmai: http://{settings.host}:{settings.port}/", markup=False)
    uvicorn.run(
        "portal.server:application", factory=True, host=settings.host, port=settings.port, workers=workers,
        log_level="warning", server_header=False,
    )  # fmt: skip
