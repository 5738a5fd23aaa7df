"""`/v1/search` and `/v1/suggest`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from portal.answers import search_answer, suggestion_answers
from portal.api.documents import BAD_REQUEST, UNAVAILABLE, SearchAnswer, SuggestAnswer
from portal.api.json_answer import JsonAnswer
from portal.api.openapi import described
from portal.api.wiring import Wired
from portal.codes import check_codes
from portal.parameters import SearchParameters, SuggestParameters
from portal.query_string import Search, Suggest

router = APIRouter(prefix="/v1", tags=["search"])
_ERRORS: dict[int | str, dict[str, Any]] = {400: BAD_REQUEST, 503: UNAVAILABLE}


@router.get(
    "/search", responses={200: {"model": SearchAnswer}, **_ERRORS}, openapi_extra=described(SearchParameters)
)
def search(parameters: Search, services: Wired) -> JsonAnswer:
    """Search the published records.

    `total` and `facets` count the keyword tier that answered; an item with `outside_tier` was found by
    meaning or in part only and is not counted. Each facet ignores its own filter.
    """
    result = services.search.search(check_codes(parameters.query(), services))
    return JsonAnswer(search_answer(result, services.schemas, parameters.lang))


@router.get(
    "/suggest",
    responses={200: {"model": SuggestAnswer}, **_ERRORS},
    openapi_extra=described(SuggestParameters),
)
def suggest(parameters: Suggest, services: Wired) -> JsonAnswer:
    """Complete what is being typed, in characters, pinyin or initials, to titles of published records."""
    filters = check_codes(parameters.query(), services).filters
    suggestions = services.search.suggest(parameters.q, parameters.size, filters)
    return JsonAnswer({"items": suggestion_answers(suggestions)})
