"""The JSON that the HTTP API and the command line both answer with. Its keys are a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from catalog.institutions import Institution
from catalog.resources import Resource, Revision
from catalog.schema import Schemas
from catalog.vocabularies import Vocabulary
from portal import brief
from portal.languages import Language
from search.results import FacetValue, Item, SearchResult, Suggestion


def search_answer(result: SearchResult, schemas: Schemas, language: Language) -> dict[str, Any]:
    """The answer to a search."""
    return {
        "total": result.total,
        "tier": result.tier,
        "took_ms": round(result.took_ms, 2),
        "mode": result.mode,
        "interpreted_as": dict(result.interpreted_as),
        "items": item_answers(result.items, schemas, language),
        "facets": {
            name: [_facet_value(value, language) for value in values]
            for name, values in result.facets.items()
        },
    } | ({"cursor": result.cursor} if result.cursor else {})


def item_answers(items: Sequence[Item], schemas: Schemas, language: Language) -> list[dict[str, Any]]:
    """One entry for each result, best first."""
    return [_item(item, schemas, language) for item in items]


def _item(item: Item, schemas: Schemas, language: Language) -> dict[str, Any]:
    data = item.resource.data
    answer = _reference(item.resource) | {
        "institution": item.resource.institution,
        "score": round(item.score, 6),
        "highlights": {
            name: [{"text": part.text, "match": part.match} for part in parts]
            for name, parts in item.highlights.items()
        },
        "access": brief.access(data),
        "date": brief.date(data, schemas, language),
        "contributors": brief.contributors(data),
        "description": brief.description(data),
    }
    if item.outside_tier:
        answer["outside_tier"] = True
    if item.other_editions:
        answer["other_editions"] = item.other_editions
    if item.explain is not None:
        answer["explain"] = dict(item.explain)
    if item.legs is not None:
        answer["legs"] = {name: asdict(leg) for name, leg in item.legs.items()}
    return answer


def _facet_value(value: FacetValue, language: Language) -> dict[str, Any]:
    name = value.en if language == "en" and value.en else value.zh
    return {"value": value.value, "label": name, "count": value.total, "selected": value.selected}


def suggestion_answers(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Completions, each with the record whose title it is, or one of the records of a maker."""
    return [
        {
            "text": suggestion.text,
            "field": "creator" if suggestion.is_name else "title",
            "institution": suggestion.resource.institution,
        }
        | _reference(suggestion.resource)
        for suggestion in suggestions
    ]


def _reference(resource: Resource) -> dict[str, Any]:
    return {"id": resource.id, "title": resource.title, "kind": resource.kind}


def resource_answer(resource: Resource) -> dict[str, Any]:
    """A resource as a document of the schema, with the fields that the system manages."""
    return {
        "id": resource.id,
        "kind": resource.kind,
        "title": resource.title,
        "institution_id": resource.institution,
        "source": {"system": resource.source_system, "record_id": resource.source_record},
        "lifecycle": {"state": resource.state.value},
        "revision": resource.revision,
        "created_at": resource.created_at.isoformat(),
        "updated_at": resource.updated_at.isoformat(),
    } | dict(resource.data)


def revision_answer(revision: Revision) -> dict[str, Any]:
    """One line of a public history: who did it and their note are not for the public."""
    return {"revision": revision.revision, "state": revision.state, "at": revision.at.isoformat()}


def institution_answer(institution: Institution) -> dict[str, Any]:
    """An institution as a document of the schema."""
    return dict(institution.data) | {
        "code": institution.code, "name": institution.name, "parent": institution.parent,
    }  # fmt: skip


def vocabulary_answer(vocabulary: Vocabulary) -> dict[str, Any]:
    """A vocabulary with all its terms; what a term does not have is left out."""
    return {
        "name": vocabulary.name,
        "label": dict(vocabulary.label),
        "terms": [
            {
                key: value
                for key, value in {
                    "code": term.code, "zh": term.zh, "en": term.en, "aliases": list(term.aliases),
                    "parent": term.parent, "from": term.start, "to": term.end,
                }.items()
                if value not in (None, "", [])
            }
            for term in vocabulary.terms
        ],
    }  # fmt: skip
