"""The addresses of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from catalog import institutions
from catalog.clock import new_id
from catalog.errors import Unavailable
from catalog.resources import Resource
from portal import brief
from portal.api.wiring import Wired
from portal.codes import check_codes
from portal.languages import Language
from portal.pages.cards import Card, Cards
from portal.pages.record_view import RecordView
from portal.pages.search_view import SearchView
from portal.pages.templating import reader_language, render
from portal.parameters import PageParameters
from portal.published import published_members, published_now
from portal.query_string import PageSearch
from portal.reasons import reason_text
from portal.services import Services
from recommend.request import Basis, Recommended, Strategy
from recommend.request import Request as Wanted
from search.query import Query
from search.results import Item, SearchResult

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_SIMILAR, _RECOMMENDED = 6, 6
_HOME_FACETS = ("kind", "content_type", "period", "institution")


@router.get("/")
def home(request: Request, services: Wired) -> HTMLResponse:
    """The search box, and ways in for those who only look around."""
    try:
        result = services.search.search(Query(size=1, facets=_HOME_FACETS))
    except Unavailable:
        result = SearchResult(0, "", "", 0.0, {}, [], {}, 0)
    language = reader_language(request)
    names = {
        vocabulary: {
            term.code: brief.label(services.schemas, vocabulary, term.code, language)
            for term in services.schemas.vocabulary(vocabulary).terms
        }
        for vocabulary in ("kind", "access")
    }
    return render(
        request, "home.html", view=_search_view(request, services, PageParameters(), result),
        recommended=_recommended(services, language), names=names,
    )  # fmt: skip


@router.get("/search")
def search(request: Request, parameters: PageSearch, services: Wired) -> HTMLResponse:
    """The results of a search, with filters."""
    parameters = parameters.put_right()
    view = _searched(request, parameters, services)
    if not view.result.items and 0 < view.last_page < parameters.page:
        # How many there are of each work one is known behind the last only.
        view = _searched(request, parameters.model_copy(update={"page": view.last_page}), services)
    return render(request, "search.html", view=view)


def _searched(request: Request, parameters: PageParameters, services: Services) -> SearchView:
    result = services.search.search(check_codes(parameters.query(), services))
    return _search_view(request, services, parameters, result)


@router.get("/resources/{resource_id}")
def record(resource_id: str, request: Request, services: Wired) -> HTMLResponse:
    """Everything that the catalogue knows of one resource."""
    language = reader_language(request)
    resource = published_now(services.database, resource_id)
    members = published_members(services.database, resource)
    cards = _cards(services, language)
    view = RecordView(resource, services.schemas, cards.institutions, language)
    # Beside a collection a member of it may have led to one.
    used = [
        one for one in _similar(services, resource, Basis.USE) if one.reason.because == resource
    ][:_SIMILAR]  # fmt: skip
    there = {one.resource.id for one in used}
    alike = [one for one in _similar(services, resource, Basis.CONTENT) if one.resource.id not in there]
    lists = {
        name: RecordList(_reasoned(cards, services, language, found))
        for name, found in (("together", used), ("similar", alike[:_SIMILAR]))
        if found
    }
    inside = [cards.card(Item(one, 0.0)) for one in members]
    return render(request, "record.html", view=view, members=inside, lists=lists)


def _similar(services: Services, resource: Resource, basis: Basis) -> list[Recommended]:
    """What goes with it; a record can be read while the index is still being built."""
    try:
        return services.recommendation.similar(resource, 2 * _SIMILAR, basis=basis)
    except Unavailable:
        return []


def _recommended(services: Services, language: Language) -> list[tuple[Card, str]]:
    """What is recommended to everyone."""
    try:
        found = services.recommendation.recommend(Wanted(size=_RECOMMENDED)).items
    except Unavailable:
        return []
    return [pair for _, pair in _reasoned(_cards(services, language), services, language, found)]


@dataclass(frozen=True, slots=True)
class RecordList:
    """What stands beside a record: each resource with its card and its reason in words."""

    found: list[tuple[Recommended, tuple[Card, str]]]

    @property
    def cards(self) -> list[tuple[Card, str]]:
        """As the page shows them."""
        return [pair for _, pair in self.found]

    @property
    def told(self) -> dict[str, Any]:
        """By what the page's script reports that it was shown and opened, as an answer of `POST /v1/recommendations` has it."""
        items = [{"id": one.resource.id, "reason": {"type": one.reason.type}} for one, _ in self.found]
        return {"request_id": new_id(), "strategy": Strategy.ITEM, "items": items}


def _reasoned(
    cards: Cards, services: Services, language: Language, found: list[Recommended]
) -> list[tuple[Recommended, tuple[Card, str]]]:
    """Each with its card and its reason in words."""
    return [
        (one, (cards.card(Item(one.resource, one.score)), reason_text(one.reason, services, language)))
        for one in found
    ]


def _search_view(
    request: Request, services: Services, parameters: PageParameters, result: SearchResult
) -> SearchView:
    language = reader_language(request)
    return SearchView(parameters, result, services.schemas, _cards(services, language), language)


def _cards(services: Services, language: Language) -> Cards:
    with services.database.read() as session:
        known = institutions.all_institutions(session)
    names = {i.code: str((language == "en" and i.data.get("name_en")) or i.name) for i in known}
    return Cards(services.schemas, names, language)
