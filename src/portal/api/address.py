"""What no parameter set can see of an address: names given twice, and bytes that are not UTF-8."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from fastapi import Request

from portal.parameters import LISTS
from search.query import QueryError


# A coroutine, as it waits for nothing: a plain function would be handed to a thread.
async def check_address(request: Request) -> None:
    """Raises QueryError for a parameter that is repeated and is no list, or whose text is not UTF-8."""
    seen: set[str] = set()
    for part in request.scope["query_string"].split(b"&"):
        name = part.partition(b"=")[0]
        field = unquote_to_bytes(name).decode(errors="replace")
        try:
            unquote_to_bytes(part).decode()
        except UnicodeDecodeError as error:
            raise QueryError(
                f"{field} is not UTF-8 text: write each byte of it as %XX", field=field
            ) from error
        if field in seen and field not in LISTS:
            raise QueryError(f"{field} is given twice; give it once", field=field)
        seen.add(field)
