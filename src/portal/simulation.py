"""A simulated log of use for the demonstration: readers that there never were, each with a few interests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from catalog import resources
from catalog.clock import now
from catalog.resources import Resource
from portal.services import Services
from portal.trainer import train_here
from recommend.events.event import MAX_BATCH, check_all
from recommend.events.event_log import EventLog
from recommend.learning.training import newest_use
from recommend.likeness.middles import MiddlesInUse

_READERS, _MOST_EVENTS, _DAYS, _SEED = 400, 30, 60, 7
_TYPES = ("viewed", "viewed", "opened", "borrowed", "saved")
# Of a simulated reader's uses so many follow a likeness to the one before; the others are anything.
_ON_TOPIC = 0.9
_NEIGHBOURS = 12
_MARK = "simulated-use"


def mark_simulated(data: Path) -> None:
    """Say so of a data directory from now on."""
    (data / _MARK).touch()


def is_simulated(data: Path) -> bool:
    """Whether the use that this data directory knows of was, or began as, a simulated one: whoever sees it is told."""
    return (data / _MARK).exists()


def simulate_use(services: Services, report: Callable[[str], None]) -> None:
    """Write simulated events over the catalogue and learn from them, unless there are events already."""
    with services.database.read() as session:
        if newest_use(session):
            return
        published = resources.published(session, after_number=0, up_to=resources.highest_number(session))
    if not published:
        return
    mark_simulated(services.settings.data)
    count = _write(services.events, list(_events(services, published, now())), services)
    version = train_here(services)
    services.recommendation.look_again()
    report(
        f"{count} simulated events of {_READERS} readers that there never were, to show recommendations; "
        f"learnt in {version.seconds:.1f} s"
    )


def _write(log: EventLog, events: list[dict[str, Any]], services: Services) -> int:
    kept = timedelta(days=services.settings.events_kept_days)
    count = 0
    for start in range(0, len(events), MAX_BATCH):
        sound, _ = check_all(events[start : start + MAX_BATCH], now(), kept)
        count += log.submit(sound).result().accepted
    return count


def _events(services: Services, published: list[Resource], moment: datetime) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(_SEED)
    neighbours = _Neighbours(services, published)
    fame = 1 / (1 + rng.permutation(len(published))) ** 0.7
    fame /= fame.sum()
    for reader in range(_READERS):
        place = int(rng.choice(len(published), p=fame))
        name = f"simulated-reader-{rng.bytes(8).hex()}"
        for step in range(int(rng.integers(2, _MOST_EVENTS))):
            ago = timedelta(seconds=float(rng.uniform(0, _DAYS * 86_400)))
            yield {
                "id": f"simulated-{reader}-{step}", "type": str(rng.choice(_TYPES)),
                "resource": published[place].id, "subject": name, "consent": True,
                "at": (moment - ago).isoformat(),
            }  # fmt: skip
            place = (
                neighbours.next(rng, place)
                if rng.random() < _ON_TOPIC
                else int(rng.choice(len(fame), p=fame))
            )


class _Neighbours:
    """Where a simulated reader goes on from a resource."""

    def __init__(self, services: Services, published: list[Resource]) -> None:
        numbers = [resource.number for resource in published]
        engine = services.search.engine()
        vectors = MiddlesInUse([*services.schemas.kinds]).now(engine).freed(engine, numbers)
        dimension = services.specification.embedding.dimension
        rows = np.stack([vectors.get(number, np.zeros(dimension, dtype=np.float32)) for number in numbers])
        cosines = rows @ rows.T
        np.fill_diagonal(cosines, -1)
        self._near = np.argsort(-cosines, axis=1)[:, :_NEIGHBOURS]

    def next(self, rng: Generator, place: int) -> int:
        """One of the nearest."""
        return int(rng.choice(self._near[place]))
