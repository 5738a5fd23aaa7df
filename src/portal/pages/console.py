"""The curators' console: what is recommended in the name of an institution, and why; pin and exclude."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from catalog import institutions
from portal import brief
from portal.api.wiring import Wired
from portal.keys import check_curator, check_origin
from portal.pages.templating import reader_language, render
from portal.reasons import reason_text
from recommend import curation
from recommend.curation import Action
from recommend.request import Request as Wanted

router = APIRouter(prefix="/console", include_in_schema=False, default_response_class=HTMLResponse)
_SHOWN = 20


@router.get("/recommendations")
def recommendations(request: Request, services: Wired, institution: str = "") -> HTMLResponse:
    """The list of an institution as readers without a history see it, each with its reason and score."""
    check_curator(request, services)
    language = reader_language(request)
    with services.database.read() as session:
        names = institutions.names(session)
        houses = {code: of[1 if language == "en" else 0] for code, of in names.items()}
        code = institution or next(iter(houses), "")
        if code:
            institutions.get(session, code)
        chosen = curation.choices(session, code)
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
        request, "console_recommendations.html", houses=houses, code=code, rows=rows, chosen=chosen, version=newest
    )  # fmt: skip


@router.post("/recommendations")
def choose(
    request: Request,
    services: Wired,
    institution: Annotated[str, Form(max_length=63)],
    resource: Annotated[str, Form(max_length=300)],
    action: Annotated[str, Form(pattern="^(pin|exclude|undo)$")],
) -> Response:
    """Pin, exclude, or take a choice back; then show the list again. A resource is named by its id or the address of its page."""
    curator = check_curator(request, services)
    check_origin(request)
    # Whatever was typed has a last part; parsing it as an address fails for some.
    resource = re.split("[?#]", resource.strip(), maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    with services.database.write() as session:
        if action == "undo":
            curation.undo(session, institution, resource, actor=curator)
        else:
            curation.choose(session, institution, resource, Action(action), actor=curator)
    return RedirectResponse(f"/console/recommendations?{urlencode({'institution': institution})}", 303)
