"""What the web server starts in each of its processes."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from catalog.errors import Unavailable
from portal.api.app import create_app
from portal.follower import Follower
from portal.services import Services, open_services
from portal.settings import Settings
from portal.trainer import Trainer

_log = logging.getLogger(__name__)


def _open_index(services: Services) -> None:
    """Open what answers now: a process that waited for its first reader could not fall back on it later."""
    try:
        services.search.ready()
    except Unavailable as error:
        _log.warning("%s", error)


def application() -> FastAPI:
    """The application with its services open and its follower waiting for the lease."""
    services = open_services(Settings())
    follower, trainer = Follower(services), Trainer(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        _open_index(services)
        # Vocabularies and tables live as long as the process: looking through them for garbage makes readers wait.
        gc.collect()
        gc.freeze()
        threads = [follower.start(), trainer.start()]
        yield
        follower.stop()
        trainer.stop()
        for thread in threads:
            thread.join(timeout=10)
        services.close()

    return create_app(services, lifespan=lifespan)
