"""`/v1/resources/{id}`: a record, its history, and what is like it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from catalog import resources
from portal.answers import resource_answer, revision_answer
from portal.api.documents import (
    BAD_REQUEST,
    GONE,
    NOT_FOUND,
    UNAVAILABLE,
    HistoryAnswer,
    ResourceAnswer,
)  # fmt: skip
from portal.api.json_answer import JsonAnswer
from portal.api.openapi import described
from portal.api.recommending_documents import SimilarAnswer
from portal.api.wiring import ResourceId, Wired
from portal.parameters import SimilarParameters
from portal.published import published_now, published_resource
from portal.query_string import Nothing, Similar
from portal.reasons import recommended_answers

router = APIRouter(prefix="/v1/resources", tags=["resources"])
_ERRORS: dict[int | str, dict[str, Any]] = {400: BAD_REQUEST, 404: NOT_FOUND, 410: GONE}


@router.get("/{resource_id}", responses={200: {"model": ResourceAnswer}, 304: {}, **_ERRORS})
def read(resource_id: ResourceId, request: Request, services: Wired, _parameters: Nothing) -> Response:
    """A published record as a document of its kind's schema. Send `If-None-Match` to hear only of changes."""
    resource = published_now(services.database, resource_id)
    headers = {"etag": f'"{resource.revision}"', "cache-control": "no-cache"}
    if _unchanged(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(status_code=304, headers=headers)
    return JsonAnswer(resource_answer(resource), headers=headers)


@router.get(
    "/{resource_id}/similar",
    responses={200: {"model": SimilarAnswer}, **_ERRORS, 503: UNAVAILABLE},
    openapi_extra=described(SimilarParameters),
)
def similar(resource_id: ResourceId, parameters: Similar, services: Wired) -> JsonAnswer:
    """Published records like this one, whatever their kind, by use and by content, each with its reason."""
    resource = published_now(services.database, resource_id)
    items = services.recommendation.similar(resource, parameters.size, parameters.source)
    return JsonAnswer({"items": recommended_answers(items, services, parameters.lang)})


@router.get("/{resource_id}/history", responses={200: {"model": HistoryAnswer}, **_ERRORS})
def history(resource_id: ResourceId, services: Wired, _parameters: Nothing) -> JsonAnswer:
    """The record's revisions, oldest first. Who made them is not told."""
    with services.database.read() as session:
        published_resource(session, resource_id)
        revisions = resources.history(session, resource_id)
    return JsonAnswer({"items": [revision_answer(revision) for revision in revisions]})


def _unchanged(if_none_match: str, etag: str) -> bool:
    """Whether one of the tags of the header is `etag`, compared weakly (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]
