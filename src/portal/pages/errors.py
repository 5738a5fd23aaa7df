"""Errors as pages that a reader can do something with."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from portal.api.problems import Problem
from portal.pages.templating import render
from portal.query_string import given_to_page

_WORDED = (400, 401, 403, 404, 410, 503)


def error_page(request: Request, problem: Problem) -> Response:
    """A page that says what is wrong and where to go on, with the problem's own status."""
    worded = problem.status if problem.status in _WORDED else (500 if problem.status >= 500 else 400)
    # What was typed stays in the box.
    typed = given_to_page(request).get("q", "")
    response = render(request, "error.html", problem.status, problem=problem, worded=worded, typed=typed)
    response.headers.update(problem.headers)
    return response
