"""What the web server starts in each of its processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from portal.api.app import create_app
from portal.follower import Follower
from portal.services import open_services
from portal.settings import Settings


def application() -> FastAPI:
    """The application with its services open and its follower waiting for the lease."""
    services = open_services(Settings())
    follower = Follower(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        thread = follower.start()
        yield
        follower.stop()
        thread.join(timeout=10)
        services.close()

    return create_app(services, lifespan=lifespan)
