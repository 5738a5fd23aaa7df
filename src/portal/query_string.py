"""The query string of a request, read once and checked against a set of parameters.

FastAPI reads such a set, too, but looks at the type of each parameter at every request, and a search has two dozen
(docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from portal.parameters import (
    LISTS,
    LanguageParameters,
    NoParameters,
    PageParameters,
    Parameters,
    SearchParameters,
    SimilarParameters,
    SuggestParameters,
)
from search.query import QueryError

P = TypeVar("P", bound=Parameters)


def from_query_string(model: type[P]) -> Callable[[Request], Awaitable[P]]:
    """A dependency: the parameters of an address.

    Raises RequestValidationError, whose places are ("query", name, …), and QueryError for what is not UTF-8 and for
    a name that is given twice and is no list; pages take the last of two, and other bytes for GBK.
    """

    # A coroutine, as it waits for nothing: a plain function would be handed to a thread.
    async def read(request: Request) -> P:
        given = _given(request, strict=model.strict)
        try:
            return model.model_validate(given)
        except ValidationError as error:
            faults = [fault | {"loc": ("query", *fault["loc"])} for fault in error.errors(include_url=False)]
            raise RequestValidationError(faults) from error

    return read


def given_to_page(request: Request) -> dict[str, Any]:
    """What the address of a page gives each name, as the page itself reads it: other bytes than UTF-8 as GBK."""
    return _given(request, strict=False)


def _given(request: Request, *, strict: bool) -> dict[str, Any]:
    """What each name is given; a list where it may be repeated."""
    given: dict[str, Any] = {}
    query_string: bytes = request.scope["query_string"]
    for part in filter(None, query_string.replace(b"+", b" ").split(b"&")):
        raw_name, _, raw_value = part.partition(b"=")
        name = unquote_to_bytes(raw_name).decode(errors="replace")
        written = unquote_to_bytes(raw_value)
        try:
            value = written.decode()
        except UnicodeDecodeError as error:
            if strict:
                message = f"{name} is not UTF-8 text: write each byte of it as %XX"
                raise QueryError(message, field=name) from error
            # Forms on older sites send GBK, which GB 18030 contains.
            value = written.decode("gb18030", errors="replace")
        if name in LISTS:
            given.setdefault(name, []).append(value)
        elif name in given and strict:
            raise QueryError(f"{name} is given twice; give it once", field=name)
        else:
            given[name] = value
    return given


Search = Annotated[SearchParameters, Depends(from_query_string(SearchParameters))]
PageSearch = Annotated[PageParameters, Depends(from_query_string(PageParameters))]
Suggest = Annotated[SuggestParameters, Depends(from_query_string(SuggestParameters))]
Similar = Annotated[SimilarParameters, Depends(from_query_string(SimilarParameters))]
InLanguage = Annotated[LanguageParameters, Depends(from_query_string(LanguageParameters))]
Nothing = Annotated[NoParameters, Depends(from_query_string(NoParameters))]
