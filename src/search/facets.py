"""Facets as they are shown: the values of a count with their names, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest
from time import perf_counter

from catalog import institutions
from catalog.database import Database
from catalog.schema import Schemas
from search.engine import Tally
from search.query import VOCABULARIES, Filters
from search.results import FacetValue

# The commonest values of a facet are told; a province has more institutions than a reader looks through.
_FACET_VALUES = 50
# A province has hundreds of institutions, and their names change once in years.
_NAMES_KEPT_SECONDS = 5.0

_Names = Mapping[str, tuple[str, str]]


class Facets:
    """Gives counted codes their names. Safe to share between threads."""

    def __init__(self, database: Database, schemas: Schemas) -> None:
        self._database = database
        self._schemas = schemas
        self._read: tuple[float, _Names] = (0.0, {})

    def values(self, tally: Tally, filters: Filters) -> dict[str, list[FacetValue]]:
        """The facets of a tally, the commonest values first."""
        names = self._institutions() if "institution" in tally.facets else {}
        return {
            facet: [
                self._value(facet, code, counts.get(code, 0), code in filters.values.get(facet, ()), names)
                for code in self._shown(facet, counts, filters.values.get(facet, ()))
            ]
            for facet, counts in tally.facets.items()
        }

    def _shown(self, facet: str, counts: Mapping[str, int], selected: Sequence[str]) -> list[str]:
        """The commonest codes by falling count, and what is selected.

        Of the tree of regions only its top, and what lies under a selected region.
        """
        codes: Collection[str] = counts
        if facet == "region":
            regions = self._schemas.vocabulary("region")
            parents = {code: term.parent if (term := regions.get(code)) else None for code in counts}
            codes = [code for code in counts if parents[code] is None or parents[code] in selected]
        commonest = nsmallest(_FACET_VALUES, codes, key=lambda code: (-counts[code], code))
        rest = sorted({*selected}.difference(commonest), key=lambda code: (-counts.get(code, 0), code))
        return commonest + rest

    def _value(self, facet: str, code: str, count: int, selected: bool, names: _Names) -> FacetValue:
        if facet == "institution":
            zh, en = names.get(code, (code, code))
        else:
            term = self._schemas.vocabulary(VOCABULARIES.get(facet, facet)).get(code)
            zh, en = (term.zh, term.en or term.zh) if term else (code, code)
        return FacetValue(code, zh, en, count, selected)

    def _institutions(self) -> _Names:
        read_at, names = self._read
        if names and perf_counter() - read_at < _NAMES_KEPT_SECONDS:
            return names
        with self._database.read() as session:
            names = institutions.names(session)
        self._read = (perf_counter(), names)
        return names
