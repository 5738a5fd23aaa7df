from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema.protocols import Validator

from catalog.assets import asset
from catalog.schema import FieldSpec, Schemas

KINDS = ["audiovisual", "book", "collection", "heritage", "institution", "virtual"]
TITLES = {"titles": [{"value": "清明上河图"}]}
# Beyond this length a vocabulary is not listed in the JSON Schema.
LISTED = 300


@cache
def validator(kind: str) -> Validator:
    schema = json.loads((asset("schemas") / "json" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def agree(schemas: Schemas, kind: str, document: Mapping[str, Any]) -> bool:
    """Both take the document, or both refuse it."""
    return validator(kind).is_valid(document) == (not schemas.validate(kind, document))


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_is_the_one_that_the_kind_generates(schemas: Schemas, kind: str) -> None:
    assert sorted(schemas.kinds) == KINDS
    assert validator(kind).schema == schemas.json_schema(kind), "run `make schemas`"


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_says_which_edition_it_is_of_and_what_each_field_means(
    schemas: Schemas, kind: str
) -> None:
    schema = schemas.json_schema(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == schemas.kind(kind).label.en
    assert all(field["title"] and field["description"] for field in schema["properties"].values())


@pytest.mark.parametrize(
    ("fields", "sound"),
    [
        ({}, True),
        ({"titles": []}, False),
        ({"titles": [{}]}, False),
        ({"titles": [{"value": ""}]}, False),
        ({"titles": [{"value": "书" * 1000}]}, True),
        ({"titles": [{"value": "书" * 1001}]}, False),
        ({"titles": [{"value": "𠀀" * 1000}]}, True),
        ({"titles": "图"}, False),
        ({"unknown": 1}, False),
        ({"id": "x"}, False),
        ({"volumes": 1}, True),
        ({"volumes": 0}, False),
        ({"volumes": 1.5}, False),
        ({"volumes": True}, False),
        ({"volumes": "1"}, False),
        ({"places": [{"lat": 39}]}, True),
        ({"places": [{"lat": 90.1}]}, False),
        ({"places": [{"lat": True}]}, False),
        ({"places": [{"gb2260": "110101"}]}, True),
        ({"places": [{"gb2260": "11010"}]}, False),
        ({"clc": [{"number": "J220"}]}, True),
        ({"clc": [{"number": "220"}]}, False),
        ({"rights": {"access": "open", "uses": ["copy"]}}, True),
        ({"rights": {"access": "free for all"}}, False),
        ({"rights": ["open"]}, False),
        ({"holdings": [{"items": [{"status": "available"}]}]}, True),
        ({"holdings": [{"items": [{"status": "eaten"}]}]}, False),
        ({"series": ["丛书"] * 2000}, True),
        ({"series": ["丛书"] * 2001}, False),
        ({"description": None}, False),
    ],
)
def test_validation_and_the_published_schema_agree(
    schemas: Schemas, fields: dict[str, Any], sound: bool
) -> None:
    document = TITLES | fields
    assert validator("book").is_valid(document) is sound
    assert (not schemas.validate("book", document)) is sound


def wrong_values(field: FieldSpec) -> st.SearchStrategy[Any]:
    """Values that break the form of a field: its type, its length, its range, its pattern."""
    anything: list[Any] = [None, True, 7, -7, 2.5, "", [], {}, [None], {"unknown": 1}]
    if field.type in ("string", "text") and field.vocabulary is None:
        anything.append("长" * (field.max_length + 1))
    if field.pattern:
        anything.append("?")
    return st.sampled_from(anything)


def right_values(field: FieldSpec, schemas: Schemas) -> st.SearchStrategy[Any]:
    """Values that the form of a field allows, and that pass the checks that no JSON Schema expresses."""
    if field.type == "object":
        return documents(field.fields, schemas)
    if field.type == "boolean":
        return st.booleans()
    if field.type in ("integer", "number"):
        low, high = int(field.minimum or 0), int(field.maximum or 10**6)
        return st.integers(low, high) if field.type == "integer" else st.floats(low, high)
    fixed = {"edtf": "1897-05", "url": "https://example.org/", "datetime": "2026-01-31T08:00:00Z"}
    if field.type in fixed:
        return st.just(fixed[field.type])
    if field.vocabulary:
        return st.sampled_from([term.code for term in schemas.vocabulary(field.vocabulary).terms[:LISTED]])
    if field.pattern:
        return st.sampled_from(["110101", "J220", "suzhou-lib"])
    return st.text(st.characters(codec="utf-8"), max_size=5)


def values(field: FieldSpec, schemas: Schemas) -> st.SearchStrategy[Any]:
    one = st.one_of(right_values(field, schemas), wrong_values(field))
    return st.one_of(st.lists(one, max_size=2), one) if field.many else one


def documents(fields: Mapping[str, FieldSpec], schemas: Schemas) -> st.SearchStrategy[dict[str, Any]]:
    """Documents with some of the fields, most of them right."""
    some = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4)
    return some.flatmap(lambda names: st.fixed_dictionaries({n: values(fields[n], schemas) for n in names}))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_validation_and_the_published_schema_agree_on_made_documents(
    schemas: Schemas, kind: str, data: st.DataObject
) -> None:
    made = data.draw(documents(schemas.kind(kind).fields, schemas))
    # Check digits, abolished regions and the years of a reign are beyond JSON Schema.
    for name in ("identifiers", "places", "dates"):
        made.pop(name, None)
    base = TITLES | ({"heritage_type": "object"} if kind == "heritage" else {})
    if kind == "institution":
        base = {"code": "nlc", "name": "国家图书馆", "type": "library"}
    assert agree(schemas, kind, base | made), made
