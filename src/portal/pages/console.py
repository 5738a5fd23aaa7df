"""The curators' console: what is recommended in the name of an institution, and why; pin and exclude."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from catalog import institutions
from catalog.errors import Conflict, NotFound
from portal import brief
from portal.api.bodies import form_body
from portal.api.wiring import Curator, Wired
from portal.keys import check_origin
from portal.pages.templating import reader_language, render
from portal.pages.texts import translator
from portal.reasons import reason_text
from portal.services import Services
from recommend import curation
from recommend.curation import MAX_PINS, Action, Obstacle
from recommend.request import Request as Wanted

router = APIRouter(prefix="/console", include_in_schema=False, default_response_class=HTMLResponse)
_SHOWN = 20
_MOST_BYTES = 16 * 1024
_OBSTACLES = {
    Obstacle.UNPUBLISHED: "console_unpublished",
    Obstacle.WITHDRAWN: "console_withdrawn",
    Obstacle.DESTROYED: "console_destroyed",
    Obstacle.UNAVAILABLE: "console_unavailable",
}


class ChoiceForm(BaseModel):
    """What a button of the console sends."""

    model_config = ConfigDict(frozen=True)
    institution: str = Field(max_length=63)
    resource: str = Field(max_length=300)
    action: Literal["pin", "exclude", "undo"]


async def _sent(request: Request, _curator: Curator) -> ChoiceForm:
    check_origin(request)
    return await form_body(request, ChoiceForm, _MOST_BYTES)


Sent = Annotated[ChoiceForm, Depends(_sent)]


@router.get("/recommendations")
def recommendations(
    _curator: Curator, request: Request, services: Wired, institution: str = ""
) -> HTMLResponse:
    """The list of an institution as readers without a history see it, each with its reason and score."""
    return _page(request, services, institution)


def _page(
    request: Request,
    services: Services,
    institution: str,
    *,
    typed: str = "",
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    """`typed` stands in the form that names another resource, `fault` says what is wrong with it."""
    language = reader_language(request)
    with services.database.read() as session:
        names = institutions.names(session)
        houses = {code: of[1 if language == "en" else 0] for code, of in names.items()}
        code = institution or next(iter(houses), "")
        chosen = curation.choices(session, code) if code else []
    found = services.recommendation.recommend(Wanted(institution=code or None, size=_SHOWN))
    rows = [
        {
            "id": one.resource.id, "title": one.resource.title, "score": round(one.score, 3),
            "kind": brief.label(services.schemas, "kind", one.resource.kind, language),
            "reason": reason_text(one.reason, services, language), "type": one.reason.type.value,
        }
        for one in found.items
    ]  # fmt: skip
    with services.database.read() as session:
        newest = services.versions.newest(session)
    return render(
        request, "console_recommendations.html", status, houses=houses, code=code, rows=rows, chosen=chosen,
        obstacles=_OBSTACLES, version=newest, typed=typed, fault=fault,
    )  # fmt: skip


@router.post("/recommendations")
def choose(curator: Curator, sent: Sent, request: Request, services: Wired) -> Response:
    """Pin, exclude, or take a choice back; then show the list again. A resource is named by its id or the address of its page."""
    # Whatever was typed has a last part; parsing it as an address fails for some.
    resource = re.split("[?#]", sent.resource.strip(), maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    if sent.action == "undo":
        # Whoever presses twice finds it done.
        with suppress(NotFound), services.database.write() as session:
            curation.undo(session, sent.institution, resource, actor=curator)
    else:
        try:
            with services.database.write() as session:
                curation.choose(session, sent.institution, resource, Action(sent.action), actor=curator)
        except (NotFound, Conflict) as error:
            if error.field == "institution":
                raise
            return _told(request, services, sent, error)
    return RedirectResponse(f"/console/recommendations?{urlencode({'institution': sent.institution})}", 303)


def _told(request: Request, services: Services, sent: ChoiceForm, error: NotFound | Conflict) -> HTMLResponse:
    """The console again, which says what could not be done and keeps what was typed."""
    t = translator(reader_language(request))
    full = isinstance(error, Conflict)
    fault = t("console_full", n=MAX_PINS) if full else t("console_unknown", resource=sent.resource)
    return _page(request, services, sent.institution, typed=sent.resource, fault=fault, status=error.status)
