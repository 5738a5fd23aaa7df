"""The web application: the API, the pages and the widget over one set of services."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from catalog.assets import asset
from portal.api import curating, health, metrics, problems, recommending, records, reference, searching
from portal.api.headers import ResponseHeaders
from portal.api.openapi import tell_the_truth
from portal.pages.console import router as console
from portal.pages.errors import error_page
from portal.pages.routes import router as pages
from portal.pages.templating import STATIC
from portal.services import Services

_DESCRIPTION = """Search and read the catalogue of public culture institutions. Reading needs no key.

Errors are `application/problem+json` (RFC 9457) and name the field. An unknown parameter is an error."""


def create_app(services: Services, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The ASGI application over `services`, which its caller (or `lifespan`) opened and closes."""
    app = FastAPI(
        title="文脉 Wenmai",
        version=version("wenmai"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.services = services
    problems.install(app, error_page)
    app.add_middleware(ResponseHeaders, origins=services.settings.cors_origins)
    for router in (
        searching.router,
        recommending.router,
        curating.router,
        metrics.router,
        records.router,
        reference.router,
        health.router,
    ):
        app.include_router(router)
    tell_the_truth(app)
    app.include_router(pages)
    app.include_router(console)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/widget", StaticFiles(directory=asset("widget")), name="widget")
    return app
