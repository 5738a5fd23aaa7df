"""The shapes of what recommendation takes and answers, for the OpenAPI document and for tests."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from portal.api.documents import ItemAnswer
from recommend.events.event import MAX_BATCH, Event


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventsBody(_Shape):
    """A batch of events."""

    events: list[Event] = Field(max_length=MAX_BATCH)


class RejectionAnswer(_Shape):
    """Why one event was not taken."""

    index: int
    field: str
    problem: str


class EventsAnswer(_Shape):
    """`duplicates` of the accepted ones were known already."""

    accepted: int
    duplicates: int
    rejected: list[RejectionAnswer]


class BecauseAnswer(_Shape):
    """The record that led to a recommendation."""

    id: str
    title: str


class ReasonAnswer(_Shape):
    """Why a record is recommended."""

    type: str = Field(examples=["viewed"])
    text: str = Field(examples=["因为您看过“莫高窟”"])
    because: BecauseAnswer | None = None


class RecommendedAnswer(ItemAnswer):
    """A recommended record."""

    institution_name: str = Field(examples=["敦煌研究院"], description="In the language of the answer.")
    reason: ReasonAnswer


class RecommendationsAnswer(_Shape):
    """A list, best first."""

    request_id: str
    model_version: str | None
    strategy: str = Field(examples=["personal"])
    items: list[RecommendedAnswer]


class SimilarAnswer(_Shape):
    """Records like one, most alike first."""

    items: list[RecommendedAnswer]


class DeletedAnswer(_Shape):
    """How many events were deleted."""

    deleted: int


class LabelAnswer(_Shape):
    """An interest by facet and code; `source`: `written` by the reader, or `inferred` from what the reader used."""

    facet: str
    value: str
    label: str
    source: str


class PreferencesAnswer(_Shape):
    """What a reader chose; of `deleted` interests none is inferred any more, and what bears a `disliked` one is never shown."""

    personalised: bool
    minor: bool
    consented_at: str | None
    liked: list[LabelAnswer]
    disliked: list[LabelAnswer]
    deleted: list[LabelAnswer]
