"""`/healthz` and `/readyz`, for whatever watches the service."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from catalog import changes
from portal.api.documents import UNAVAILABLE
from portal.api.wiring import Wired

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", responses={503: UNAVAILABLE})
def readyz(services: Wired) -> JSONResponse:
    """The database answers and an index generation is active."""
    with services.database.read() as session:
        changes.head(session)
    services.search.ready()
    return JSONResponse({"status": "ready"})
