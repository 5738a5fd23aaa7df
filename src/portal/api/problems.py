"""Errors as RFC 9457 problem details; a reader's browser gets a page that says the same."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from catalog.errors import WenmaiError
from portal.api.headers import security_headers
from portal.published import Destroyed

_log = logging.getLogger(__name__)
# What a client is told besides, by status.
_HEADERS: Mapping[int, Mapping[str, str]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"retry-after": "5"},
    HTTPStatus.UNAUTHORIZED: {"www-authenticate": 'Basic realm="wenmai", charset="UTF-8"'},
}
_MACHINE_PATHS = ("/v1/", "/static/", "/widget/", "/healthz", "/readyz", "/metrics", "/openapi.json")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem detail object; `more` holds extension members."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self, instance: str) -> dict[str, Any]:
        """The members of RFC 9457; `instance` is the path that was asked for."""
        core: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return {**core, "instance": instance, **self.more}


ErrorPage = Callable[[Request, Problem], Response]


def install(app: FastAPI, page: ErrorPage) -> None:
    """Answer every error of `app` as a problem; `page` draws it for a browser."""

    def answer(request: Request, problem: Problem) -> Response:
        if _wants_page(request):
            return page(request, problem)
        content = problem.as_json(request.url.path)
        return JSONResponse(content, problem.status, problem.headers, "application/problem+json")

    def handler(explain: Callable[[Any], Problem]) -> Callable[[Request, Any], Response]:
        return lambda request, error: answer(request, explain(error))

    def unexpected(request: Request, error: Exception) -> Response:
        # The server prints the traceback; the reader learns nothing of it. This answer passes no middleware.
        _log.error("unexpected %s at %s %s", type(error).__name__, request.method, request.url.path)
        response = answer(request, _of_status(HTTPStatus.INTERNAL_SERVER_ERROR))
        # The server hangs up after an unexpected error: say so, or a client asks again on a closed connection.
        response.headers.update({**security_headers(), "connection": "close"})
        return response

    app.add_exception_handler(WenmaiError, handler(_of_domain))
    app.add_exception_handler(RequestValidationError, handler(_of_parameters))
    app.add_exception_handler(HTTPException, handler(_of_http))
    for error in (OperationalError, NoConnectionFree):
        app.add_exception_handler(error, handler(_of_database))
    app.add_exception_handler(Exception, unexpected)


def _wants_page(request: Request) -> bool:
    machine = request.url.path == "/v1" or request.url.path.startswith(_MACHINE_PATHS)
    return not machine and "text/html" in request.headers.get("accept", "")


def _of_domain(error: WenmaiError) -> Problem:
    more: dict[str, Any] = {"field": error.field} if error.field else {}
    if isinstance(error, Destroyed):
        more["tombstone"] = error.tombstone
    headers = _HEADERS.get(error.status, {})
    return Problem(error.status, error.title, str(error), _type(error.title), more, headers)


def _of_parameters(error: RequestValidationError) -> Problem:
    faults = [_fault(fault) for fault in error.errors()]
    first = faults[0]
    title = "Unknown parameter" if "hint" in first else "Invalid parameter"
    detail = f"{first['field']}: {first['problem']}" if "hint" not in first else first["problem"]
    return Problem(400, title, detail, _type(title), {"field": first["field"], "errors": faults})


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    context = fault.get("ctx", {})
    # The place is ("query", parameter, index in its list).
    name = str(context.get("parameter") or (*fault["loc"], "")[1])
    hint = {"hint": context["hint"]} if "hint" in context else {}
    return {"field": name, "problem": fault["msg"]} | hint


def _of_http(error: HTTPException) -> Problem:
    return _of_status(HTTPStatus(error.status_code), dict(error.headers or {}))


def _of_database(error: OperationalError | NoConnectionFree) -> Problem:
    # Of a statement not the whole error, which has its values.
    _log.error(
        "the database does not answer: %s", error.orig if isinstance(error, OperationalError) else error
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "The database does not answer, or takes nothing now. What was sent is not kept: send it again in a moment."
    return Problem(status.value, status.phrase, detail, headers={"retry-after": "5"})


def _of_status(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Problem:
    return Problem(status.value, status.phrase, status.description or status.phrase, headers=headers or {})


def _type(title: str) -> str:
    return "urn:wenmai:problem:" + title.lower().replace(" ", "-")
