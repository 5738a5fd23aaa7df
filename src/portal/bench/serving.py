"""What threads and the HTTP layer make of a search."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from fastapi import FastAPI

from portal.api.app import create_app
from portal.bench.timing import timed
from portal.services import Services
from search.query import Query

THREADS = (1, 2, 4)


def throughput(services: Services, queries: Sequence[Query]) -> dict[str, float]:
    """Queries a second that so many threads get through together."""
    result = {}
    for threads in THREADS:
        with ThreadPoolExecutor(threads) as pool:
            began = time.perf_counter()
            list(pool.map(services.search.search, queries))
            result[str(threads)] = round(len(queries) / (time.perf_counter() - began), 1)
    return result


def over_http(services: Services, texts: Sequence[str], facets: Sequence[str]) -> dict[str, Any]:
    """The times of `GET /v1/search` over one kept connection to a server in this process."""
    # The plainest client there is: its time counts too.
    with served(create_app(services)) as address, closing(HTTPConnection(urlsplit(address).netloc)) as client:

        def ask(text: str) -> None:
            client.request("GET", "/v1/search?" + urlencode({"q": text, "facets": ",".join(facets)}))
            answer = client.getresponse()
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"the server answered {answer.status} to {text!r}")
            answer.read()

        ask(texts[0])
        return timed(ask, texts)


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
