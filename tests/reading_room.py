"""A small catalogue with readers, for the tests of recommendation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from support import add

from catalog.clock import now
from catalog.database import Database
from catalog.resources import Resource
from catalog.tables import ResourceRow
from portal.services import Services, wire
from portal.settings import Settings
from portal.trainer import train_here
from recommend import readers
from recommend.events.event import check_all
from recommend.events.event_log import Taken
from recommend.request import Recommended, Request
from search.specification import Specification

KEPT = timedelta(days=400)
CAVES = [{"label": "石窟"}]


def name_of(reader: int) -> str:
    """The pseudonym that an app sends for a reader."""
    return f"reader-of-tests-{reader:04}"


def sent(resource: str, reader: int = 1, kind: str = "viewed", **more: Any) -> dict[str, Any]:
    """An event as an app sends it."""
    event = {
        "id": f"event-{reader}-{kind}-{resource}", "type": kind, "resource": resource, "subject": name_of(reader),
        "consent": True,
    }  # fmt: skip
    return event | ({"value": 5} if kind == "rated" else {}) | more


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """Services over a catalogue of books and other things, in two institutions."""

    services: Services
    books: list[Resource]

    @property
    def database(self) -> Database:
        """Its database."""
        return self.services.database

    def send(self, *events: dict[str, Any]) -> Taken:
        """Take these events in."""
        sound, rejected = check_all(events, now(), KEPT)
        taken = self.services.events.submit(sound).result(timeout=20)
        return taken._replace(rejected=[*rejected, *taken.rejected])

    def use(self, reader: int, *resources: Resource, kind: str = "viewed") -> None:
        """Let a reader do something with resources, one after the other."""
        taken = self.send(*(sent(resource.id, reader, kind) for resource in resources))
        assert taken.rejected == []

    def show(self, resource: Resource, days: int, reader: int = 1) -> None:
        """Let a reader be shown something on so many days."""
        for day in range(days):
            at = (now() - timedelta(days=day)).isoformat()
            self.send(
                sent(resource.id, reader, "impression", id=f"impression-{resource.number:04}-{day}", at=at)
            )

    def use_together(self, first: Resource, second: Resource, by: Iterable[int]) -> None:
        """Let these readers use both."""
        for reader in by:
            self.use(reader, first, second)

    def choose(self, reader: int, **chosen: Any) -> None:
        """Keep what a reader chose."""
        wanted = {"personalised": True, "minor": False, "liked": [], "disliked": []} | chosen
        with self.database.write() as session:
            readers.choose(session, self.services.pseudonyms.of(name_of(reader)), **wanted)

    def grow_old(self) -> None:
        """Let everything that is there have been entered a month ago."""
        with self.database.write() as session:
            session.execute(update(ResourceRow).values(created_at=now() - timedelta(days=30)))

    def learn(self) -> None:
        """Learn from what there is."""
        train_here(self.services)
        self.services.recommendation.look_again()

    def recommend(self, **wanted: Any) -> list[Recommended]:
        """The items of a list."""
        return self.services.recommendation.recommend(Request(**wanted)).items

    def item(self, title: str) -> Resource:
        """What bears this title and is in the list of everything."""
        return next(one.resource for one in self.recommend(size=100) if one.resource.title == title)

    def titles(self, **wanted: Any) -> list[str]:
        """The titles of a list."""
        return [one.resource.title for one in self.recommend(**wanted)]


@contextmanager
def reading_room(database: Database, directory: Path, specification: Specification) -> Iterator[ReadingRoom]:
    """Twenty books and four other things, indexed, and nobody who used them yet."""
    books = [add(database, f"读物第{number}种", description="书") for number in range(20)]
    add(database, "石窟全景", kind="virtual", house="suzhou", description="石窟", subjects=CAVES)
    add(
        database,
        "石窟寺",
        kind="heritage",
        house="suzhou",
        description="石窟",
        heritage_type="site",
        subjects=CAVES,
    )
    add(database, "石窟纪录片", kind="audiovisual", description="石窟", subjects=CAVES)
    add(database, "石窟寺简史", description="石窟", subjects=CAVES, work_id="one-work")
    add(database, "石窟寺简史（二版）", description="石窟", subjects=CAVES, work_id="one-work")
    services = wire(Settings(data=directory), database, specification)
    generation = services.indexer.build()
    with database.write() as session:
        services.generations.activate(session, generation.id)
    try:
        yield ReadingRoom(services, books)
    finally:
        services.events.close()
