"""Turns a template and what it shows into a response, in the reader's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.languages import Language
from portal.pages.texts import translator
from portal.query_string import given_to_page
from portal.simulation import is_simulated

STATIC = Path(__file__).with_name("static")
_TEMPLATES = Path(__file__).with_name("templates")
_COOKIE = "lang"
_YEAR_IN_SECONDS = 365 * 24 * 3600


def reader_language(request: Request) -> Language:
    """The language that the address asks for, else the one chosen before, else the installation's."""
    for asked in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        if asked in get_args(Language):
            return cast(Language, asked)
    language: Language = request.app.state.services.settings.language
    return language


def render(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """The page; a language chosen in the address is remembered in a cookie."""
    language = reader_language(request)
    # Where an events key is set, this service takes no readers' events from pages.
    settings = request.app.state.services.settings
    shown |= {
        "t": translator(language),
        "language": language,
        "profiles": settings.events_key is None,
        "simulated": is_simulated(settings.data),
    }
    text = (
        _environment()
        .get_template(template)
        .render(other_language_url=_in_other_language(request, language), **shown)
    )
    headers = {"cache-control": "no-cache", "vary": "Cookie", "content-language": _tag(language)}
    response = HTMLResponse(text, status, headers)
    if request.query_params.get("lang") == language:
        response.set_cookie(_COOKIE, language, max_age=_YEAR_IN_SECONDS, httponly=True, samesite="lax")
    return response


def _in_other_language(request: Request, language: Language) -> str:
    other = "zh" if language == "en" else "en"
    query = urlencode(given_to_page(request) | {"lang": other}, doseq=True)
    # An address that begins with two strokes names another site.
    return f"/{request.url.path.lstrip('/')}?{query}"


def _tag(language: Language) -> str:
    return "en" if language == "en" else "zh-CN"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["number"] = lambda number: f"{number:,}"
    environment.globals["tag"] = _tag
    return environment
