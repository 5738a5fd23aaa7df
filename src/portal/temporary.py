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
        data = Path(directory)
        settings = Settings(data=data, database_url=f"sqlite:///{data / 'wenmai.db'}")
        database = Database(settings.database_url)
        migrate(database)
        with database.write() as session:
            for house in houses:
                institutions.put(session, house)
        database.close()
        services = open_services(settings)
        try:
            yield services
        finally:
            services.close()


def fill(services: Services, new: Iterable[NewResource]) -> Generation:
    """Publish these documents, build the index of them and activate it."""
    publish_all(services.database, new, actor=ACTOR)
    generation = services.indexer.build()
    with services.database.write() as session:
        services.generations.activate(session, generation.id)
    return generation
