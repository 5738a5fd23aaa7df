"""A data directory for one measurement: made, filled, indexed by the ordinary path, and removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog import institutions
from catalog.bulk import NewResource, publish_all
from catalog.database import Database
from catalog.migration import migrate
from portal.services import Services, open_services
from portal.settings import Settings
from search.generations import Generation

ACTOR = "measurement"


@contextmanager
def temporary_services(houses: Iterable[Mapping[str, Any]], parent: Path | None = None) -> Iterator[Services]:
    """Services of an empty catalogue with these institutions, in a directory that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="wenmai-", dir=parent) as directory:
        services = new_services(Path(directory), houses)
        try:
            yield services
        finally:
            services.close()


def new_services(data: Path, houses: Iterable[Mapping[str, Any]]) -> Services:
    """Services of a new catalogue in the directory `data`, with these institutions and no records."""
    database = Database(_settings(data).database_url)
    migrate(database)
    with database.write() as session:
        for house in houses:
            institutions.put(session, house)
    database.close()
    return open_services(_settings(data))


def kept_services(data: Path) -> Services:
    """Services of a catalogue that `new_services` made, its tables brought up to date."""
    settings = _settings(data)
    database = Database(settings.database_url)
    migrate(database)
    database.close()
    return open_services(settings)


def _settings(data: Path) -> Settings:
    # The events that a measurement sends bring no key, though an installation on this machine may ask for one.
    return Settings(data=data, database_url=f"sqlite:///{data / 'wenmai.db'}", events_key=None)


def fill(services: Services, new: Iterable[NewResource]) -> Generation:
    """Publish these documents, build the index of them and activate it."""
    publish_all(services.database, new, actor=ACTOR)
    generation = services.indexer.build()
    with services.database.write() as session:
        services.generations.activate(session, generation.id)
    return generation
