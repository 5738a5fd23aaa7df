"""How many events a second are taken in, each durable before its answer: as single requests and in batches."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from urllib.parse import urlsplit

from pydantic_core import to_json
from sqlalchemy import select

from catalog.clock import new_id
from catalog.lifecycle import State
from catalog.tables import ResourceRow
from portal.api.app import create_app
from portal.bench.serving import served
from portal.services import Services

_CONNECTIONS = 64
_SECONDS = 5.0
_RESOURCES = 1000
_BATCH = 1000


def events_per_second(services: Services) -> dict[str, float]:
    """{"single", "batch"}: events a second over HTTP, from a client in a process of its own."""
    with services.database.read() as session:
        published = select(ResourceRow.id).where(ResourceRow.state == State.PUBLISHED).limit(_RESOURCES)
        ids = list(session.scalars(published))
    with (
        served(create_app(services)) as address,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        place = urlsplit(address).netloc
        rates = {}
        for name, size, connections in (("single", 1, _CONNECTIONS), ("batch", _BATCH, 2)):
            sent, seconds = pool.submit(_send, place, ids, size, connections).result()
            rates[name] = round(sent / seconds, 1)
        return rates


def _send(place: str, ids: list[str], size: int, connections: int) -> tuple[int, float]:
    """Send for some seconds over so many connections; how many events were accepted, in how many seconds."""
    return asyncio.run(_all(place, ids, size, connections))


async def _all(place: str, ids: list[str], size: int, connections: int) -> tuple[int, float]:
    began = time.perf_counter()
    until = began + _SECONDS
    sent = await asyncio.gather(*(_one(place, ids, size, number, until) for number in range(connections)))
    return sum(sent), time.perf_counter() - began


async def _one(place: str, ids: list[str], size: int, number: int, until: float) -> int:
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    sent, run = 0, new_id()
    while time.perf_counter() < until:
        events = [
            {
                "id": f"{run}-{number}-{sent + n}", "type": "viewed", "resource": ids[(sent + n * 7) % len(ids)],
                "subject": f"bench-subject-{number:04}-{n % 50:04}", "consent": True,
            }
            for n in range(size)
        ]  # fmt: skip
        body = to_json({"events": events})
        head = f"POST /v1/events HTTP/1.1\r\nhost: {place}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in answer.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        content = await reader.readexactly(length)
        if not answer.startswith(b"HTTP/1.1 200") or f'"accepted":{size}'.encode() not in content:
            raise RuntimeError(f"the server answered {answer[:20]!r} {content[:200]!r}")
        sent += size
    writer.close()
    return sent
