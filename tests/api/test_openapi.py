from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_every_route_of_the_api_is_described(document: dict[str, Any]) -> None:
    assert document["paths"].keys() == {
        "/v1/search", "/v1/suggest", "/v1/resources/{resource_id}", "/v1/resources/{resource_id}/similar",
        "/v1/resources/{resource_id}/history", "/v1/institutions", "/v1/vocabularies", "/v1/vocabularies/{name}",
        "/healthz", "/readyz", "/metrics", "/v1/recommendations", "/v1/events", "/v1/subjects/{subject}/events",
        "/v1/subjects/{subject}/preferences", "/v1/institutions/{code}/recommendations",
        "/v1/institutions/{code}/recommendations/{resource_id}",
    }  # fmt: skip
    assert all(method["description"] for route in document["paths"].values() for method in route.values())


def test_the_parameters_of_a_search_are_named_as_they_are_given(document: dict[str, Any]) -> None:
    names = {parameter["name"] for parameter in document["paths"]["/v1/search"]["get"]["parameters"]}
    assert names >= {
        "q",
        "kind",
        "institution",
        "year.from",
        "year.to",
        "facets",
        "sort",
        "size",
        "page",
        "lang",
    }


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (part["$ref"],) if "$ref" in part else ()
            part = list(part.values())
        for each in part if isinstance(part, list) else ():
            yield from references(each)

    schemas = document["components"]["schemas"]
    found = list(references(document))
    assert found
    assert [one for one in found if one.removeprefix("#/components/schemas/") not in schemas] == []


def test_only_what_is_answered_is_described(document: dict[str, Any]) -> None:
    routes = [method for route in document["paths"].values() for method in route.values()]
    assert not any("422" in one["responses"] for one in routes)
    assert all("413" in one["responses"] for one in routes if "requestBody" in one)
    assert document["paths"]["/metrics"]["get"]["responses"]["200"]["content"].keys() == {"text/plain"}


def test_errors_are_described_with_an_example(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/search"]["get"]["responses"]
    assert responses["400"]["content"]["application/problem+json"]["example"]["field"] == "knid"


def test_every_parameter_of_an_address_says_what_it_is(document: dict[str, Any]) -> None:
    silent = [
        (path, parameter["name"])
        for path, methods in document["paths"].items()
        for method in methods.values()
        for parameter in method.get("parameters", ())
        if not (parameter.get("description") or parameter["schema"].get("description"))
    ]
    assert silent == []


def test_what_needs_a_key_says_so_and_how_it_is_sent(document: dict[str, Any]) -> None:
    def keyed(path: str, method: str) -> list[dict[str, list[str]]]:
        found: list[dict[str, list[str]]] = document["paths"][path][method].get("security", [])
        return found

    assert document["components"]["securitySchemes"].keys() == {"bearer", "basic"}
    for method in ("put", "delete"):
        assert keyed("/v1/institutions/{code}/recommendations/{resource_id}", method) == [
            {"bearer": []},
            {"basic": []},
        ]
    assert {} in keyed("/v1/events", "post")
    assert not keyed("/v1/search", "get")
