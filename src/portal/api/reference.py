"""`/v1/institutions` and `/v1/vocabularies`: what the codes of the other answers mean."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from catalog import institutions
from portal.answers import institution_answer, vocabulary_answer
from portal.api.documents import (
    BAD_REQUEST,
    NOT_FOUND,
    InstitutionsAnswer,
    VocabulariesAnswer,
    VocabularyAnswer,
)  # fmt: skip
from portal.api.json_answer import JsonAnswer
from portal.api.wiring import VocabularyName, Wired
from portal.query_string import Nothing

router = APIRouter(prefix="/v1", tags=["reference"])
_ERRORS: dict[int | str, dict[str, Any]] = {400: BAD_REQUEST}


@router.get("/institutions", responses={200: {"model": InstitutionsAnswer}, **_ERRORS})
def all_institutions(services: Wired, _parameters: Nothing) -> JsonAnswer:
    """Every institution that puts records into the catalogue."""
    with services.database.read() as session:
        known = institutions.all_institutions(session)
    return JsonAnswer({"items": [institution_answer(institution) for institution in known]})


@router.get("/vocabularies", responses={200: {"model": VocabulariesAnswer}, **_ERRORS})
def vocabularies(services: Wired, _parameters: Nothing) -> JsonAnswer:
    """The vocabularies by name, with how many terms each has."""
    known = services.schemas.vocabularies.values()
    return JsonAnswer(
        {"items": [{"name": v.name, "label": dict(v.label), "terms": len(v.terms)} for v in known]}
    )


@router.get("/vocabularies/{name}", responses={200: {"model": VocabularyAnswer}, **_ERRORS, 404: NOT_FOUND})
def vocabulary(name: VocabularyName, services: Wired, _parameters: Nothing) -> JsonAnswer:
    """One vocabulary with all its terms."""
    return JsonAnswer(vocabulary_answer(services.schemas.vocabulary(name)))
