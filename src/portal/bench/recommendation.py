"""`wenmai bench recommend`: learning from synthetic events, and lists over HTTP from a table of any size."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydantic_core import to_json
from sqlalchemy import func, insert, select

from catalog import resources
from catalog.clock import now
from catalog.tables import EventRow, ResourceRow, SubjectRow
from portal.bench.events import events_per_second
from portal.bench.search import catalogue
from portal.bench.serving import WARM_UP, client_of, read_through
from portal.bench.synthetic import KINDS
from portal.bench.timing import memory_bytes, peak_rss_bytes, timed
from portal.services import Services
from portal.trainer import train_here
from recommend.events.event_log import new_subject
from recommend.hyperparameters import Hyperparameters
from recommend.learning.sparse import Numbers
from recommend.learning.table import Section, Table, mapped_section, write_table
from recommend.learning.versions import READY, Version

# Events of one reader, the share of them that is of the reader's own few groups, and how many resources make a group.
_EVENTS_A_READER, _OWN_SHARE, _GROUPS_A_READER, _GROUP = 20, 0.8, 2, 200
_AT_ONCE = 50_000
_SESSION, _WANTED, _SIMILAR = 5, 20, 8

Report = Callable[[str], None]


def run(
    items: int, events: int, seed: int, queries: int, report: Report, keep: Path | None = None
) -> dict[str, Any]:
    """Make a catalogue and events, learn, then measure with a table that has a full row for every item."""
    rng = np.random.default_rng(seed)
    with catalogue(items, seed, queries, report, keep) as (services, _):
        with services.database.read() as session:
            there = session.scalar(select(func.count()).select_from(EventRow)) or 0
        if there < events:
            report(f"writing {events - there} events")
            _write_events(services, rng, events - there)
        report("learning")
        version = train_here(services)
        document: dict[str, Any] = {
            "items": items, "events": version.events, "subjects": version.subjects, "learnt_items": version.resources,
            "train_seconds": version.seconds, "peak_rss_bytes": peak_rss_bytes(),
        }  # fmt: skip
        report("making a full table")
        with full_table(services, rng):
            gc.collect()
            gc.freeze()
            report("measuring")
            read_through(services)
            document |= _measure(services, rng, queries)
            document |= memory_bytes()
        document["events_per_second"] = events_per_second(services)
        return document


def _write_events(services: Services, rng: np.random.Generator, count: int) -> None:
    """Readers with a few groups of resources that they like, written in bulk past the API."""
    with services.database.read() as session:
        highest = resources.highest_number(session)
        first = (session.scalar(select(func.max(SubjectRow.number))) or 0) + 1
    readers = max(1, count // _EVENTS_A_READER)
    moment = now()
    with services.database.write() as session:
        rows = [new_subject(f"bench-{first + number}", moment) for number in range(readers)]
        for start in range(0, len(rows), _AT_ONCE):
            session.execute(insert(SubjectRow), rows[start : start + _AT_ONCE])
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        subjects = rng.integers(0, readers, size)
        numbers = _chosen(rng, subjects, highest)
        with services.database.write() as session:
            session.execute(
                insert(EventRow),
                [
                    {
                        "id": f"bench-{first}-{start + place}", "type": "viewed", "resource": number,
                        "subject": first + subject, "at": moment, "received_at": moment,
                    }
                    for place, (subject, number) in enumerate(zip(subjects.tolist(), numbers.tolist(), strict=True))
                ],
            )  # fmt: skip


def _chosen(rng: np.random.Generator, subjects: Numbers, highest: int) -> Numbers:
    """Numbers of resources: mostly of the reader's groups, the first of a group the oftenest; else of any."""
    groups = max(1, highest // _GROUP)
    own = (subjects * 7919 + rng.integers(0, _GROUPS_A_READER, len(subjects)) * 104_729) % groups
    rank = np.minimum(rng.zipf(1.3, len(subjects)), _GROUP) - 1
    anything = np.minimum(rng.zipf(1.2, len(subjects)), highest) - 1
    chosen = np.where(rng.random(len(subjects)) < _OWN_SHARE, own * _GROUP + rank, anything)
    return np.asarray(1 + chosen % highest, dtype=np.int64)


@contextmanager
def full_table(services: Services, rng: np.random.Generator) -> Iterator[None]:
    """A table with a full row for every resource, neighbours drawn at random, in use until the block ends."""
    with services.database.read() as session:
        numbers = np.array(list(session.scalars(select(ResourceRow.number).order_by(ResourceRow.number))))
    versions = services.versions
    with services.database.read() as session:
        former = versions.newest(session)
    with versions.making() as (version_id, directory):
        _write_full_table(numbers.astype(np.int64), services.hyperparameters, rng, directory)
    with services.database.write() as session:
        versions.add(session, Version(version_id, READY, 0, 0, len(numbers), 0, 0.0, now()))
        session.flush()
        versions.activate(session, version_id)
    try:
        yield
    finally:
        with services.database.write() as session:
            if former is not None:
                versions.activate(session, former.id)
        with services.database.write() as session:
            versions.drop(session, version_id)


def _write_full_table(
    numbers: Numbers, parameters: Hyperparameters, rng: np.random.Generator, directory: Path
) -> None:
    count = len(numbers)
    subjects = (rng.zipf(1.5, count) % 100_000 + 1).astype(np.float32)
    widths = {
        "regression": parameters.co_use.width, "together": parameters.co_use.width, "inherited": parameters.new_items.width,
    }  # fmt: skip
    sections = {name: mapped_section(directory, name, count, width) for name, width in widths.items()}
    for name in ("regression", "together"):
        _fill(sections[name], rng)
    popular = np.argsort(-subjects, kind="stable")[:500]
    write_table(Table(numbers, subjects, popular, 0.1, sections), directory)


def _fill(section: Section, rng: np.random.Generator) -> None:
    """Neighbours within some thousand rows of each, as those of one subject would be anywhere."""
    count, width = section.entries.shape
    for start in range(0, count, _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, count))
        apart = rng.integers(1, 5000, (len(rows), width))
        section.entries[rows] = (rows[:, None] + apart) % count
        section.weights[rows] = rng.random((len(rows), width), dtype=np.float32)
        section.scales[rows] = 1.0


def _measure(services: Services, rng: np.random.Generator, queries: int) -> dict[str, Any]:
    with services.database.read() as session:
        highest = resources.highest_number(session)
        drawn = rng.choice(highest, min(highest, queries * _SESSION), replace=False) + 1
        found = resources.load(session, drawn.tolist())
    # In the order of the draw: the five of a visit lie anywhere.
    ids = [found[number].id for number in drawn.tolist() if number in found]
    visits = [ids[start : start + _SESSION] for start in range(0, len(ids) - _SESSION + 1, _SESSION)]
    bodies = [
        to_json({"session": visit, "n": _WANTED, "filter": {"kind": [KINDS[n % len(KINDS)]]}})
        for n, visit in enumerate(visits)
    ]
    similar = [f"/v1/resources/{one}/similar?size={_SIMILAR}" for one in ids[:queries]]
    with client_of(services) as client:

        def recommend(body: bytes) -> None:
            client.ask("POST", "/v1/recommendations", body)

        def read(path: str) -> None:
            client.ask("GET", path)

        for body in bodies[-WARM_UP:]:
            recommend(body)
        for path in similar[-WARM_UP:]:
            read(path)
        return {
            "recommend": timed(recommend, bodies, client.server_seconds),
            "similar": timed(read, similar, client.server_seconds),
        }
