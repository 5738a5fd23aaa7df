"""Peers by name, opened and measured one after another."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from catalog.errors import NotFound
from portal.bench.peers.base import Asked, Missing, Opener, Peer, Ranking, Records
from portal.bench.recall import NEAREST, QUERIES, recall
from portal.bench.timing import timed

PEERS = {
    "sqlite-fts5": "portal.bench.peers.sqlite_fts5",
    "postgres": "portal.bench.peers.postgres",
    "lancedb": "portal.bench.peers.lance",
    "opensearch": "portal.bench.peers.opensearch",
}
_WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: texts, one in five with a filter, and whole kinds without a text, whose facets are counted."""

    texts: Sequence[Asked]
    kinds: Sequence[Asked]


def peer_names(written: str) -> tuple[str, ...]:
    """The names of a comma list. Raises NotFound, which lists the names that there are."""
    names = tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
    for name in names:
        if name not in PEERS:
            raise NotFound(f"there is no peer {name!r}; the peers are {', '.join(PEERS)}", field="peers")
    return names


def measure_peers(
    names: Sequence[str],
    prepare: Callable[[], tuple[Records, Questions]],
    ours: Mapping[str, Any],
    report: Callable[[str], None],
) -> dict[str, Any]:
    """The figures of each peer, or {"skipped": reason}; `ours` has the figures of the same legs."""
    report("preparing the records for the peers")
    began = time.perf_counter()
    records, questions = prepare()
    seconds = {"prepare": round(time.perf_counter() - began, 2)}
    results = {}
    for name in names:
        report(f"measuring {name}")
        try:
            with opened(name) as peer:
                results[name] = _measured(peer, records, questions, ours, seconds)
        except Missing as missing:
            results[name] = {"skipped": str(missing)}
    return results


@contextmanager
def opened(name: str) -> Iterator[Peer]:
    """A peer, empty, with a folder that is removed afterwards. Raises Missing."""
    opener = _opener(name)
    with tempfile.TemporaryDirectory(prefix="wenmai-peer-") as folder, opener(Path(folder)) as peer:
        yield peer


def _opener(name: str) -> Opener:
    """Imported only now: each library is optional, and some start threads as they are imported."""
    try:
        opener: Opener = import_module(PEERS[name]).open_peer
    except ModuleNotFoundError as error:
        raise Missing(f"{error.name} is not installed: pip install 'wenmai[peers]'") from error
    return opener


def _measured(
    peer: Peer, records: Records, questions: Questions, ours: Mapping[str, Any], seconds: Mapping[str, float]
) -> dict[str, Any]:
    began = time.perf_counter()
    peer.load(records)
    built = round(time.perf_counter() - began, 2)
    measured = _legs(peer, records, questions)
    return {
        **measured,
        "build_seconds": {**seconds, "index": built},
        "disk_bytes": peer.disk_bytes(),
        "ratio": {
            leg: round(times["wall_ms"]["p50"] / ours[leg]["wall_ms"]["p50"], 2)
            for leg, times in measured.items()
            if "wall_ms" in times
        },
        "notes": list(peer.notes),
    }


def _legs(peer: Peer, records: Records, questions: Questions) -> dict[str, dict[str, Any]]:
    legs = peer.legs()
    asked: dict[str, tuple[Callable[[Asked], object] | str, Sequence[Asked]]] = {
        "keyword": (legs.keyword, questions.texts),
        "text_facets": (legs.facets, questions.texts),
        "facets": (legs.facets, questions.kinds),
        "vector": (legs.vector, questions.texts),
        "hybrid": (legs.hybrid, questions.texts),
    }
    measured = {name: _leg(leg, queries, peer.in_process) for name, (leg, queries) in asked.items()}
    if not isinstance(legs.vector, str):
        measured["vector"]["recall@10"] = _recall(legs.vector, records, questions.texts)
    return measured


def _leg(leg: Callable[[Asked], object] | str, queries: Sequence[Asked], in_process: bool) -> dict[str, Any]:
    """Its times, caches warm. A server's processor time is not ours to read."""
    if isinstance(leg, str):
        return {"skipped": leg}
    for asked in queries[:_WARM_UP]:
        leg(asked)
    times: dict[str, Any] = timed(leg, queries)
    return times if in_process else {"wall_ms": times["wall_ms"]}


def _recall(nearest: Ranking, records: Records, texts: Sequence[Asked]) -> float:
    """Share of the ten nearest by comparing all that the peer finds too, without filters."""
    numbers = np.array(records.numbers)
    return recall(
        (
            nearest(replace(asked, kind=None))[:NEAREST],
            numbers[np.argsort(records.vectors @ -asked.vector, kind="stable")[:NEAREST]].tolist(),
        )
        for asked in texts[:QUERIES]
        if asked.vector.any()
    )
