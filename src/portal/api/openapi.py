"""What the OpenAPI document says beyond what FastAPI sees by itself, and without what it only supposes."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from portal.api.documents import TOO_LARGE
from portal.parameters import Parameters

_SCHEMES = {name: {"type": "http", "scheme": name} for name in ("bearer", "basic")}
BY_KEY: dict[str, Any] = {"security": [{name: []} for name in _SCHEMES]}
"""For `openapi_extra` of a route that needs a key."""
PERHAPS_BY_KEY: dict[str, Any] = {"security": [{}, *BY_KEY["security"]]}
"""The same for one that needs it only where one is set."""


def described(model: type[Parameters]) -> dict[str, Any]:
    """The parameters of an address, for `openapi_extra` of a route that reads them itself."""
    fields = _inlined(model.model_json_schema())["properties"]
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.pop("description", ""),
                "schema": schema,
            }
            for name, schema in fields.items()
        ]
    }


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The body of a route that reads it itself, and that one may be too large."""
    content = {"application/json": {"schema": _inlined(model.model_json_schema())}}
    return {"requestBody": {"required": True, "content": content}, "responses": {"413": TOO_LARGE}}


def tell_the_truth(app: FastAPI) -> None:
    """Leave out the 422 that FastAPI supposes wherever there is a parameter: faults of parameters are answered with 400."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        for route in document["paths"].values():
            for method in route.values():
                method["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        document["components"]["securitySchemes"] = _SCHEMES
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change it


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of pydantic with what it refers to in its place: references within it would lead nowhere in the document."""
    definitions = schema.get("$defs", {})

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(each) for each in part]
        if not isinstance(part, dict):
            return part
        referred = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
        return {
            key: whole(value) for key, value in {**referred, **part}.items() if key not in ("$ref", "$defs")
        }

    found: dict[str, Any] = whole(schema)
    return found
