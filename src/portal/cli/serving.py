"""`wenmai init`, `serve`, `worker`, `demo`: making and running an installation."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from catalog.database import Database
from catalog.errors import WenmaiError
from catalog.migration import migrate
from portal.cli.common import DEFAULT_DATA, AsJson, Data, messages, plainly, services_of, settings_for, show
from portal.follower import Follower
from portal.sample import load_sample
from portal.settings import Settings
from portal.simulation import simulate_use
from portal.trainer import Trainer

Host = Annotated[str, typer.Option(envvar="WENMAI_HOST", help="Address to listen on.")]
Port = Annotated[
    int, typer.Option(envvar="WENMAI_PORT", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="So many processes answer.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the top level."""
    for command in (init, demo, serve, worker):
        app.command()(command)


def prepare(settings: Settings) -> str:
    """Make the data directory and bring its tables up to date; returns the revision."""
    try:
        # What readers did is nobody else's on this machine.
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WenmaiError(f"{settings.data} cannot be made a data directory ({error.strerror})") from error
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
    """Load the sample catalogue if the directory is empty, build its index, and serve it; a catalogue of your own is served as it is.

    Example: wenmai demo --port 8000
    """
    settings = settings_for(data, port=port)
    prepare(settings)
    with services_of(data) as services:
        if load_sample(services, report=_say):
            simulate_use(services, report=_say)
    _run(settings, workers=1)


def _say(text: str) -> None:
    messages.print(text, markup=False, highlight=False)


@plainly
def serve(
    data: Data = DEFAULT_DATA, host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1
) -> None:
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
        follower, trainer = Follower(services, goes_first=True), Trainer(services)
        if other := follower.ask_for_lease():
            _say(
                f"waiting for process {other}, which follows the change feed: a `serve` makes way when it has done what is "
                "at hand, a worker when it is stopped; Ctrl-C stops"
            )
        else:
            _say("following the change feed; Ctrl-C stops")
        learning = trainer.start()
        try:
            follower.run()
        finally:
            follower.stop()
            follower.give_back()
            trainer.stop()
            learning.join(timeout=10)


def _run(settings: Settings, workers: int) -> None:
    # Each worker process reads the settings again, so they go by the environment.
    os.environ["WENMAI_DATA"] = str(Path(settings.data).resolve())
    listener = _listen(settings.host, settings.port)
    messages.print(f"文脉 Wenmai: http://{settings.host}:{listener.getsockname()[1]}/", markup=False)
    config = uvicorn.Config(
        "portal.server:application", factory=True, workers=workers, log_level="warning", server_header=False
    )
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        Multiprocess(config, [listener]).run()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it is TCP. asyncio turns Nagle's algorithm off only for those, and uvicorn's own
    sockets for several workers do not say so: every answer on a kept connection would wait 40 ms."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise WenmaiError(
            f"cannot listen on {host}, port {port} ({error.strerror}): choose another --port"
        ) from error
    # From here on who comes waits until the server is ready.
    listener.listen()
    listener.set_inheritable(True)
    return listener
