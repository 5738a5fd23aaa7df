"""`/v1/recommendations`, `/v1/events` and `/v1/subjects`: what is recommended, from what, and how readers control it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from catalog.clock import now
from portal.api.bodies import BodyError, body_of, json_body
from portal.api.documents import BAD_REQUEST, NOT_FOUND, UNAVAILABLE
from portal.api.json_answer import JsonAnswer
from portal.api.openapi import PERHAPS_BY_KEY, described, documented
from portal.api.recommending_documents import (
    DeletedAnswer,
    EventsAnswer,
    EventsBody,
    PreferencesAnswer,
    RecommendationsAnswer,
)
from portal.api.wiring import Wired
from portal.codes import check_codes
from portal.keys import speaks_for_readers
from portal.languages import Language
from portal.parameters import MAX_VALUES, LanguageParameters
from portal.preferences import delete_reader, keep_choice, preferences_answer
from portal.query_string import InLanguage, Nothing
from portal.reasons import recommendations_answer
from recommend.events.event import MAX_BATCH, Name, Pseudonym, check_all
from recommend.readers import LABEL_FACETS, MAX_LABELS, Label
from recommend.request import Context
from recommend.request import Request as Wanted
from search.query import FACETS, MAX_SIZE, Filters, Query, QueryError

router = APIRouter(prefix="/v1", tags=["recommendation"])
_MOST_BYTES = 1 << 20
# To check so many events takes a millisecond: for more, other requests need not wait.
_CHECKED_HERE = 64
# What is of one reader stays in no cache: a library's computers are shared.
_PRIVATE = {"cache-control": "no-store"}
_ERRORS: dict[int | str, dict[str, Any]] = {400: BAD_REQUEST, 503: UNAVAILABLE}

_SUBJECT = Path(description="The app's pseudonym of a reader, which only app and reader know.")
Subject = Annotated[Pseudonym, _SUBJECT]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# No vocabulary has longer codes; a wrong one is told in the answer.
Code = Annotated[str, Field(max_length=64)]
Codes = Annotated[list[Code], Field(max_length=MAX_VALUES)]


class FilterBody(_Body):
    """As the filters of a search: codes by facet, and a range of years."""

    kind: Codes = []
    institution: Codes = []
    region: Codes = []
    period: Codes = []
    content_type: Codes = []
    language: Codes = []
    service_form: Codes = []
    scenario: Codes = []
    access: Codes = []
    heritage_type: Codes = []
    site_level: Codes = []
    ich_level: Codes = []
    relic_grade: Codes = []
    year_from: int | None = Field(None, alias="year.from", ge=-9999, le=9999)
    year_to: int | None = Field(None, alias="year.to", ge=-9999, le=9999)

    def filters(self) -> Filters:
        """The typed filters."""
        chosen = {name: tuple(dict.fromkeys(values)) for name in FACETS if (values := getattr(self, name))}
        return Filters(chosen, self.year_from, self.year_to)


class RecommendationsBody(_Body):
    """What is asked for."""

    subject: Pseudonym | None = None
    session: list[str] = Field([], description="Ids used in this visit, newest first; the first 100 count.")
    context: Context | None = Field(None, description="Left out, it is `item` beside an item, else `home`.")
    item: str | None = Field(None, max_length=64)
    filter: FilterBody = FilterBody()
    institution: str | None = Field(None, max_length=63, description="Whose page shows the list.")
    n: int = Field(10, strict=True, ge=1, le=MAX_SIZE)
    personalised: bool = Field(True, strict=True)
    lang: Language = "zh"


class LabelBody(_Body):
    """An interest: a facet and one of its codes."""

    facet: str = Field(examples=["content_type"])
    value: str = Field(examples=["opera"], max_length=64)


Labels = Annotated[list[LabelBody], Field(max_length=MAX_LABELS)] | None


class PreferencesBody(_Body):
    """What a reader chose. What is left out stays as it was; a list of labels replaces what was there.

    A label is in one list: what is `disliked` is in no other, and what is `deleted` is not liked.
    """

    personalised: bool | None = Field(None, strict=True)
    minor: bool | None = Field(None, strict=True, description="Of minors no profile is kept.")
    liked: Labels = Field(None, description="What bears one of these is rather recommended.")
    disliked: Labels = Field(None, description="What bears one of these is never shown.")
    deleted: Labels = Field(None, description="These are not inferred any more, and hide nothing.")


Wish = Annotated[RecommendationsBody, Depends(body_of(RecommendationsBody, _MOST_BYTES))]
Choice = Annotated[PreferencesBody, Depends(body_of(PreferencesBody, _MOST_BYTES))]


@router.post(
    "/recommendations",
    responses={200: {"model": RecommendationsAnswer}, **_ERRORS, 404: NOT_FOUND},
    openapi_extra=documented(RecommendationsBody),
)
def recommendations(body: Wish, services: Wired, _parameters: Nothing) -> JsonAnswer:
    """What to read, watch and visit next, each with its reason. Report what was shown and opened with `request_id`."""
    filters = body.filter.filters()
    house = Filters({"institution": (body.institution,)}) if body.institution is not None else Filters()
    check_codes(Query(filters=house), services)
    try:
        check_codes(Query(filters=filters), services)
    except QueryError as error:
        raise QueryError(str(error), field=f"filter.{error.field}") from error
    wanted = Wanted(
        Context.of(body.context, body.item), body.item, body.subject, tuple(body.session), filters,
        body.institution, body.n, body.personalised,
    )  # fmt: skip
    found = services.recommendation.recommend(wanted)
    return JsonAnswer(recommendations_answer(found, services, body.lang), headers=_PRIVATE)


@router.post(
    "/events",
    responses={200: {"model": EventsAnswer}, **_ERRORS, 401: {"description": "The events key is wrong."}},
    openapi_extra=PERHAPS_BY_KEY | documented(EventsBody),
)
async def events(request: Request, services: Wired, _parameters: Nothing) -> JsonAnswer:
    """Take up to 1,000 events, each with its own verdict; what is accepted is on disk. Sending again does no harm.

    Where an events key is set, events with a subject are taken only with it, as a bearer token.
    """
    given = await json_body(request, _MOST_BYTES)
    batch = given.get("events") if isinstance(given, dict) and set(given) == {"events"} else None
    if not isinstance(batch, list):
        raise BodyError('the body should be {"events": […]}', field="events")
    if len(batch) > MAX_BATCH:
        raise BodyError(f"events: at most {MAX_BATCH} in one batch, not {len(batch)}", field="events")
    kept = timedelta(days=services.settings.events_kept_days)
    of_readers = speaks_for_readers(request, services)
    if len(batch) <= _CHECKED_HERE:
        sound, rejected = check_all(batch, now(), kept, of_readers=of_readers)
    else:
        sound, rejected = await run_in_threadpool(check_all, batch, now(), kept, of_readers=of_readers)
    # Awaited, not run in a thread: hundreds of requests wait for one commit together.
    taken = await asyncio.wrap_future(services.events.submit(sound))
    verdicts = sorted([*rejected, *taken.rejected], key=lambda one: one.index)
    return JsonAnswer(
        {
            "accepted": taken.accepted,
            "duplicates": taken.duplicates,
            "rejected": [{"index": r.index, "field": r.field, "problem": r.problem} for r in verdicts],
        }
    )


@router.delete("/subjects/{subject}/events", responses={200: {"model": DeletedAnswer}, **_ERRORS})
def delete_events(subject: Annotated[Name, _SUBJECT], services: Wired, _parameters: Nothing) -> JsonAnswer:
    """Delete everything that is kept of what a reader did, at once and for good."""
    return JsonAnswer({"deleted": delete_reader(services, subject)})


@router.get(
    "/subjects/{subject}/preferences",
    responses={200: {"model": PreferencesAnswer}, **_ERRORS},
    openapi_extra=described(LanguageParameters),
)
def preferences(subject: Subject, services: Wired, parameters: InLanguage) -> JsonAnswer:
    """What a reader chose, and the interests that recommendations see in what the reader used."""
    return JsonAnswer(preferences_answer(services, subject, parameters.lang), headers=_PRIVATE)


@router.put(
    "/subjects/{subject}/preferences",
    responses={200: {"model": PreferencesAnswer}, **_ERRORS},
    openapi_extra=documented(PreferencesBody) | described(LanguageParameters),
)
def choose(subject: Subject, body: Choice, services: Wired, parameters: InLanguage) -> JsonAnswer:
    """Keep what a reader chose, from the next request on. Switching personalisation off deletes the reader's events."""
    for name in ("liked", "disliked", "deleted"):
        for label in getattr(body, name) or ():
            if label.facet not in LABEL_FACETS:
                raise QueryError(f"{name}: a label is of {', '.join(LABEL_FACETS)}", field=name)
            asked = Query(filters=Filters({label.facet: (label.value,)}))
            try:
                check_codes(asked, services)
            except QueryError as error:
                raise QueryError(f"{name}: {error}", field=name) from error
    keep_choice(
        services, subject, personalised=body.personalised, minor=body.minor,
        liked=_labels(body.liked), disliked=_labels(body.disliked), deleted=_labels(body.deleted),
    )  # fmt: skip
    return JsonAnswer(preferences_answer(services, subject, parameters.lang), headers=_PRIVATE)


def _labels(given: list[LabelBody] | None) -> list[Label] | None:
    """Each label once; None where nothing was said of them."""
    return None if given is None else list(dict.fromkeys((label.facet, label.value) for label in given))
