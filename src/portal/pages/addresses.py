"""Addresses of the pages, made from what a search has set."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from portal.parameters import SearchParameters
from search.query import FACETS

_ORDER = ("q", *FACETS, "year.from", "year.to", "editions_of", "sort", "size", "mode", "page")


def search_url(values: Mapping[str, object]) -> str:
    """`/search` with these parameters, in one order; those that are empty are left out."""
    kept = [(name, str(values[name])) for name in _ORDER if values.get(name) not in (None, "")]
    # Commas stay readable: they separate the values of a facet.
    return "/search" + ("?" + urlencode(kept, safe=",") if kept else "")


def resource_url(resource_id: str) -> str:
    """The page of a record."""
    return "/resources/" + quote(resource_id, safe="")


def values_of(parameters: SearchParameters) -> dict[str, object]:
    """What a search has set, other than by default and other than its page, as `search_url` takes it."""
    given = parameters.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    given.pop("page", None)
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in given.items()}
