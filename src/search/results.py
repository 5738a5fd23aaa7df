"""What a search answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from catalog.resources import Resource
from search.analysis.segments import Segment
from search.fusion import Leg


# An answer has dozens of items and a hundred values: tuples are made in a fraction of the time that frozen data classes take.
class Item(NamedTuple):
    """One result. `outside_tier`: found by meaning or in part only, so it is not counted in the total.

    `other_editions`: so many other editions and copies of its work there are, which a ranked page leaves out.
    `explain` has the parts that add up to the score, `legs` what each leg said; both only where they were asked for.
    """

    resource: Resource
    score: float
    outside_tier: bool = False
    other_editions: int = 0
    highlights: Mapping[str, list[Segment]] = MappingProxyType({})
    explain: Mapping[str, float] | None = None
    legs: Mapping[str, Leg] | None = None


class FacetValue(NamedTuple):
    """One value of a facet: its code, its name in two languages, how many results have it."""

    value: str
    zh: str
    en: str
    total: int
    selected: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`total` and `facets` count the keyword tier that answered (see docs/decisions).

    `length` says how many results there are to page through, of each work one, or at most, `cursor` goes on with a walk;
    None at its end.
    """

    total: int
    tier: str
    mode: str
    took_ms: float
    interpreted_as: Mapping[str, Any]
    items: list[Item]
    facets: Mapping[str, list[FacetValue]]
    length: int
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion of what is being typed: the title of a published record, or the name of one who made it."""

    text: str
    resource: Resource
    is_name: bool = False
