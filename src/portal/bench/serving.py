"""What threads and the HTTP layer make of an answer."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select

from catalog.tables import ResourceRow
from portal.api.app import create_app
from portal.bench.timing import timed
from portal.services import Services, open_services
from portal.settings import Settings
from search.query import Query

THREADS = (1, 2, 4)
_READ_AT_ONCE = 1 << 20
# Requests that are sent before those that count.
WARM_UP = 100


def read_through(services: Services) -> None:
    """Read the resources and the active index once: what a former run kept has left the system's cache, and a warm one is measured.

    The database is read through itself. Whoever else opens and closes a file of SQLite takes its locks from the process
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    with services.database.read() as session:
        session.execute(select(func.sum(func.length(ResourceRow.data)))).all()
    for path in services.generations.path(services.generations.active_id()).rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(_READ_AT_ONCE):
                    pass


def throughput(services: Services, queries: Sequence[Query]) -> dict[str, float]:
    """Queries a second that so many threads get through together."""
    result = {}
    for threads in THREADS:
        with ThreadPoolExecutor(threads) as pool:
            began = time.perf_counter()
            list(pool.map(services.search.search, queries))
            result[str(threads)] = round(len(queries) / (time.perf_counter() - began), 1)
    return result


class Client:
    """One kept connection to a server in a process of its own, whose processor time is told apart from the client's."""

    def __init__(self, netloc: str, asked: Connection) -> None:
        self._http = HTTPConnection(netloc)
        self._asked = asked

    def ask(self, method: str, path: str, body: bytes | None = None) -> None:
        """Send a request and read the answer. Raises RuntimeError for any but 200."""
        self._http.request(method, path, body, {"content-type": "application/json"} if body else {})
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"the server answered {answer.status} to {path!r}: {content[:200]!r}")

    def server_seconds(self) -> float:
        """Processor time that the server has used so far."""
        self._asked.send(True)
        return float(self._asked.recv())

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def process_of(target: Callable[[Settings, Connection], None], settings: Settings) -> Iterator[Connection]:
    """Our end of a connection to `target` in a process of its own, which goes on until this end is closed."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(settings, theirs), daemon=True)
    process.start()
    # Ours is a copy: with the process's own gone, waiting for it ends with an error.
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


@contextmanager
def client_of(services: Services) -> Iterator[Client]:
    """A client of a server in a process of its own, which has opened the same data directory."""
    with process_of(_serve, services.settings) as asked, closing(Client(asked.recv(), asked)) as client:
        yield client


def _serve(settings: Settings, telling: Connection) -> None:
    """Serve until the other end is closed: tell the address first, then, whenever asked, the processor time used."""
    services = open_services(settings)
    services.search.ready()
    # Otherwise read in the background, beside what is measured.
    services.recommendation.trends()
    services.search.read_used_titles()
    gc.collect()
    gc.freeze()
    with served(create_app(services)) as address:
        telling.send(urlsplit(address).netloc)
        with suppress(EOFError):
            while telling.recv():
                telling.send(time.process_time())
    services.close()


def over_http(services: Services, queries: Sequence[Query]) -> dict[str, Any]:
    """The times of these as `GET /v1/search` over one kept connection; processor time is the server's."""
    paths = ["/v1/search?" + urlencode(_parameters(query)) for query in queries]
    with client_of(services) as client:
        # Those that are measured last: what the server remembers of them is gone by then.
        for path in paths[-WARM_UP:]:
            client.ask("GET", path)
        return timed(lambda path: client.ask("GET", path), paths, client.server_seconds)


def _parameters(query: Query) -> dict[str, str]:
    filters = {facet: ",".join(codes) for facet, codes in query.filters.values.items()}
    return {"q": query.text, "facets": ",".join(query.facets), "size": str(query.size), **filters}


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of `app` on a free port of this machine, served from a thread."""
    # Named as TCP, so that the event loop sends small answers at once (TCP_NODELAY).
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            host, port = listener.getsockname()
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join()
