"""The answers' shapes, for the OpenAPI document and for tests; `portal.answers` makes the answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SegmentAnswer(_Answer):
    """A piece of text; `match` if the query found it."""

    text: str = Field(examples=["敦煌"])
    match: bool


class LegAnswer(_Answer):
    """Rank and score, in [0, 1], that one leg gave a result; `score` times `weight` is the leg's share."""

    rank: int
    score: float
    weight: float


class ItemAnswer(_Answer):
    """One result."""

    id: str = Field(examples=["01JF8Z6Q3V7W9X2Y4B5C6D7E8F"])
    title: str = Field(examples=["敦煌莫高窟"])
    kind: str = Field(examples=["heritage"])
    institution: str = Field(examples=["dunhuang-academy"], description="Code of the institution.")
    access: str = Field(
        examples=["open"], description="Code of the vocabulary `access`, empty where nothing says so."
    )
    score: float
    highlights: dict[str, list[SegmentAnswer]]
    date: str = Field(examples=["十六国至元"])
    contributors: list[str]
    description: str
    outside_tier: bool = Field(False, description="Found by meaning or in part: not counted in `total`.")
    other_editions: int = Field(
        0, description="So many more editions and copies of its work, which `editions_of` lists."
    )
    explain: dict[str, float] | None = Field(None, description="The parts of the score, which add up to it.")
    legs: dict[str, LegAnswer] | None = Field(None, description="What `keyword` and `vector` said of it.")


class FacetValueAnswer(_Answer):
    """One value of a facet and how many results have it."""

    value: str = Field(examples=["heritage"])
    label: str = Field(examples=["文化遗产"])
    count: int
    selected: bool


class SearchAnswer(_Answer):
    """The answer to a search."""

    total: int
    tier: str
    took_ms: float
    mode: str = Field(examples=["hybrid"])
    interpreted_as: dict[str, Any] = Field(examples=[{"text": "敦煌壁画", "words": ["敦煌", "壁画"]}])
    items: list[ItemAnswer]
    facets: dict[str, list[FacetValueAnswer]]
    cursor: str | None = Field(None, description="Of a walk: what goes on with it; absent at its end.")


class SuggestionAnswer(_Answer):
    """A completion."""

    text: str = Field(examples=["敦煌莫高窟"])
    field: str = Field(examples=["title"], description="`title` of the record, or name of a `creator` of it.")
    id: str
    title: str
    kind: str
    institution: str


class SuggestAnswer(_Answer):
    """Completions, best first."""

    items: list[SuggestionAnswer]


class ResourceAnswer(BaseModel):
    """A record; besides these, the fields of its kind's schema."""

    model_config = ConfigDict(extra="allow")
    id: str
    kind: str
    title: str
    institution_id: str
    source: dict[str, str | None]
    lifecycle: dict[str, str]
    revision: int
    created_at: str
    updated_at: str


class RevisionAnswer(_Answer):
    """One line of a history."""

    revision: int
    state: str = Field(examples=["published"])
    at: str = Field(examples=["2026-11-20T08:00:00+00:00"])


class HistoryAnswer(_Answer):
    """A record's history, oldest first."""

    items: list[RevisionAnswer]


class InstitutionsAnswer(_Answer):
    """Institutions as documents of the schema."""

    items: list[dict[str, Any]]


class VocabularyLine(_Answer):
    """A vocabulary's name and how many terms it has."""

    name: str
    label: dict[str, str]
    terms: int


class VocabulariesAnswer(_Answer):
    """The vocabularies."""

    items: list[VocabularyLine]


class VocabularyAnswer(_Answer):
    """A vocabulary with its terms."""

    name: str
    label: dict[str, str]
    terms: list[dict[str, Any]]


def _problem(description: str, example: dict[str, Any]) -> dict[str, Any]:
    content = {
        "schema": {"type": "object"},
        "example": {"type": "about:blank", "instance": "/v1/…"} | example,
    }
    return {"description": description, "content": {"application/problem+json": content}}


BAD_REQUEST = _problem(
    "A parameter is unknown or out of bounds.",
    {
        "type": "urn:wenmai:problem:unknown-parameter", "title": "Unknown parameter", "status": 400,
        "detail": "there is no parameter 'knid'; did you mean 'kind'?", "field": "knid",
    },
)  # fmt: skip
NOT_FOUND = _problem("There is no such thing.", {"title": "Not found", "status": 404})
GONE = _problem(
    "The record was destroyed.",
    {
        "title": "Gone", "status": 410,
        "tombstone": {"id": "01JF…", "title": "…", "kind": "book", "destroyed_at": "2026-11-20T08:00:00Z"},
    },
)  # fmt: skip
TOO_LARGE = _problem("The body has more bytes than are read.", {"title": "Body too large", "status": 413})
UNAVAILABLE = _problem("No index is active yet, or the database does not answer.", {"status": 503})
