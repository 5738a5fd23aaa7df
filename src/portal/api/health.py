"""`/healthz` and `/readyz`, for whatever watches the service."""

from __future__ import annotations

from fastapi import APIRouter

from catalog import changes
from portal.api.documents import BAD_REQUEST, UNAVAILABLE
from portal.api.json_answer import JsonAnswer
from portal.api.wiring import Wired
from portal.query_string import Nothing

router = APIRouter(tags=["health"])


@router.get("/healthz", responses={400: BAD_REQUEST})
def healthz(_parameters: Nothing) -> JsonAnswer:
    """The process answers."""
    return JsonAnswer({"status": "ok"})


@router.get("/readyz", responses={400: BAD_REQUEST, 503: UNAVAILABLE})
def readyz(services: Wired, _parameters: Nothing) -> JsonAnswer:
    """The database answers and an index generation is active."""
    with services.database.read() as session:
        changes.head(session)
    services.search.ready()
    return JsonAnswer({"status": "ready"})
