"""Bodies of requests: capped, strict JSON or a form, checked against a model; each fault is named by its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from catalog.errors import WenmaiError

# A body that is too large is passed over to its end, or to here: most clients read no answer before they sent it all.
_READ_TO_ITS_END = 64 << 20
M = TypeVar("M", bound=BaseModel)


class BodyError(WenmaiError):
    """The body cannot be used."""


class BodyTooLarge(BodyError):
    """The body has more bytes than are read."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Body too large"


async def _read(request: Request, most: int) -> bytes:
    """The body. Raises BodyTooLarge beyond `most` bytes."""
    body = bytearray()
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            body += part
        elif size > _READ_TO_ITS_END:
            break
    if size > most:
        raise BodyTooLarge(f"the body has more than {most} bytes: send less at once", field="body")
    return bytes(body)


async def json_body(request: Request, most: int) -> Any:
    """The body as JSON. Raises BodyTooLarge beyond `most` bytes, and BodyError for what is no JSON."""
    body = await _read(request, most)
    try:
        # Strict: no NaN, no infinity, no lone surrogates.
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BodyError(f"the body is not JSON: {error}", field="body") from error


def body_of(model: type[M], most: int) -> Callable[[Request], Awaitable[M]]:
    """A dependency: the body as this model. Raises BodyError, naming the first field that is wrong."""

    async def read(request: Request) -> M:
        given = await json_body(request, most)
        if not isinstance(given, dict):
            raise BodyError("the body should be a JSON object", field="body")
        return _checked(model, given)

    return read


async def form_body(request: Request, model: type[M], most: int) -> M:
    """A form as a page sends it (application/x-www-form-urlencoded), as this model; of a name given twice the last.

    Not by FastAPI's `Form`, which reads a body of any size before it asks who sent it. Raises BodyError.
    """
    body = await _read(request, most)
    return _checked(model, dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)))


def _checked(model: type[M], given: dict[str, Any]) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, fault["loc"])) or "body"
        problem = fault["msg"].removeprefix("Value error, ")
        raise BodyError(f"{field}: {problem}", field=field) from error
