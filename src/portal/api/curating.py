"""`/v1/institutions/{code}/recommendations`: what curators pin and exclude. Needs the curator key."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.api.bodies import body_of
from portal.api.documents import BAD_REQUEST, NOT_FOUND
from portal.api.json_answer import JsonAnswer
from portal.api.openapi import BY_KEY, documented
from portal.api.wiring import Curator, InstitutionCode, ResourceId, Wired
from portal.query_string import Nothing
from recommend import curation
from recommend.curation import MAX_PINS, Action, Choice

router = APIRouter(prefix="/v1/institutions/{code}/recommendations", tags=["curation"])
_MOST_BYTES = 16 * 1024
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: BAD_REQUEST,
    401: {"description": "The curator key is missing or wrong."},
    403: {"description": "No curator key is set."},
    404: NOT_FOUND,
}
_FULL: dict[int | str, dict[str, Any]] = {409: {"description": f"{MAX_PINS} others are pinned already."}}


class ChoiceBody(BaseModel):
    """Pin a record in the lists of an institution, or exclude it from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    action: Action
    note: str | None = Field(None, max_length=1000)

    @field_validator("note")
    @classmethod
    def _without_nul(cls, note: str | None) -> str | None:
        # PostgreSQL takes no text with it.
        if note and "\0" in note:
            raise ValueError("the character NUL cannot be kept")
        return note


Made = Annotated[ChoiceBody, Depends(body_of(ChoiceBody, _MOST_BYTES))]


@router.get("", responses=_ERRORS, openapi_extra=BY_KEY)
def choices(_curator: Curator, code: InstitutionCode, services: Wired, _parameters: Nothing) -> JsonAnswer:
    """What the curators of an institution chose, each with the obstacle because of which no list shows it, if there is one."""
    with services.database.read() as session:
        return JsonAnswer({"items": [_choice(one) for one in curation.choices(session, code)]})


@router.put("/{resource_id}", responses=_ERRORS | _FULL, openapi_extra=BY_KEY | documented(ChoiceBody))
def choose(
    curator: Curator,
    code: InstitutionCode,
    resource_id: ResourceId,
    body: Made,
    services: Wired,
    _parameters: Nothing,
) -> JsonAnswer:
    """Pin or exclude a published record, from the next request on."""
    with services.database.write() as session:
        made = curation.choose(session, code, resource_id, body.action, actor=curator, note=body.note)
    return JsonAnswer(_choice(made))


@router.delete("/{resource_id}", responses=_ERRORS, openapi_extra=BY_KEY)
def undo(
    curator: Curator, code: InstitutionCode, resource_id: ResourceId, services: Wired, _parameters: Nothing
) -> JsonAnswer:
    """Take a choice back."""
    with services.database.write() as session:
        curation.undo(session, code, resource_id, actor=curator)
    return JsonAnswer({"undone": resource_id})


def _choice(one: Choice) -> dict[str, Any]:
    return {
        "institution": one.institution, "id": one.resource, "title": one.title, "action": one.action.value,
        "note": one.note, "obstacle": one.obstacle and one.obstacle.value,
    }  # fmt: skip
