"""A search request, typed. What a reader typed stays text; it is never an engine's own query language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from catalog.errors import WenmaiError

LEVELS = ("site_level", "ich_level", "relic_grade")
"""Facets of heritage whose codes are typed by name (国保): whatever has the code is meant, and no text says so."""
ANY_LEVEL = "*"
"""In place of a code of one of these: whichever it is."""
FACETS = (
    "kind", "institution", "region", "period", "content_type", "language", "service_form", "scenario", "access",
    "heritage_type", *LEVELS,
)  # fmt: skip
# The vocabularies of facets that are not named like one.
VOCABULARIES = {"period": "dynasty"}
MAX_TEXT = 256
MAX_SIZE = 100
# Results are ranked within this window; whoever wants more walks through all of them by cursor.
WINDOW = 1000
# The cursor that begins a walk; the next ones are ids of resources.
FIRST = "*"


class Mode(StrEnum):
    """Which legs answer."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    VECTOR = "vector"


class Sort(StrEnum):
    """The order of the answer; `-` turns it round."""

    RELEVANCE = "relevance"
    OLDEST = "issued"
    NEWEST = "-issued"
    TITLE = "title"
    TITLE_REVERSED = "-title"


class QueryError(WenmaiError):
    """The request has a parameter that means nothing or asks for too much."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What every result must be: one of the values for each facet named, of a year in the range, of the work.

    Years are counted as history does (-140 is 140 BC, there is no year 0); both ends are included.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    work: int | None = None

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.values.items())), self.year_from, self.year_to, self.work))

    def without(self, facet: str) -> Filters:
        """The same filters but for one facet's."""
        return replace(self, values={name: codes for name, codes in self.values.items() if name != facet})

    def having(self, facet: str, code: str) -> Filters:
        """The same filters and this one value of a facet."""
        return replace(self, values={**self.values, facet: (code,)})

    def within(self, start: int | None, end: int | None) -> Filters | None:
        """The same filters and these years, None for an open side; None where no resource can pass both."""
        year_from = max((year for year in (start, self.year_from) if year is not None), default=None)
        year_to = min((year for year in (end, self.year_to) if year is not None), default=None)
        if year_from is not None and year_to is not None and year_from > year_to:
            return None
        return replace(self, year_from=year_from, year_to=year_to)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """One search request. Raises QueryError, naming the field, when a part is out of bounds.

    `editions_of` is the id of a resource: results are the editions and copies of its work.

    With a `cursor` it walks through everything that is counted, in the order of entry: `FIRST`, then what each answer
    gives.
    """

    text: str = ""
    filters: Filters = Filters()
    facets: tuple[str, ...] = ()
    mode: Mode = Mode.HYBRID
    sort: Sort = Sort.RELEVANCE
    size: int = 20
    page: int = 1
    explain: bool = False
    cursor: str | None = None
    editions_of: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MAX_SIZE:
            raise QueryError(f"size must be between 1 and {MAX_SIZE}", field="size")
        if self.page < 1:
            raise QueryError("page must be 1 or more", field="page")
        if self.page * self.size > WINDOW:
            raise QueryError(
                f"only the first {WINDOW} results are ranked: narrow the search, or walk through all by cursor=*",
                field="page",
            )
        if self.cursor is not None and (self.page > 1 or self.sort is not Sort.RELEVANCE):
            raise QueryError("a walk by cursor has its own order: leave page and sort out", field="cursor")
        start, end = self.filters.year_from, self.filters.year_to
        if start is not None and end is not None and start > end:
            raise QueryError(f"the range of years ends ({end}) before it begins ({start})", field="year.to")
        for name, parameter in (
            *((n, "facets") for n in self.facets),
            *((n, n) for n in self.filters.values),
        ):
            if name not in FACETS:
                raise QueryError(
                    f"there is no facet {name!r}; the facets are {', '.join(FACETS)}", field=parameter
                )

    @property
    def offset(self) -> int:
        """How many results come before this page."""
        return (self.page - 1) * self.size
