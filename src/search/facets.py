"""Facets as they are shown: the values of a count with their names, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest

from catalog.schema import Schemas
from search.directory import Directory, Names
from search.engine import Tally
from search.query import VOCABULARIES, Filters
from search.results import FacetValue

# The commonest values of a facet are told; a province has more institutions than a reader looks through.
_FACET_VALUES = 50


class Facets:
    """Gives counted codes their names. Safe to share between threads."""

    def __init__(self, directory: Directory, schemas: Schemas) -> None:
        self._directory = directory
        self._schemas = schemas

    def values(self, tally: Tally, filters: Filters) -> dict[str, list[FacetValue]]:
        """The facets of a tally, the commonest values first."""
        names = self._directory.institutions() if "institution" in tally.facets else {}
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

    def _value(self, facet: str, code: str, count: int, selected: bool, names: Names) -> FacetValue:
        if facet == "institution":
            zh, en, *_ = names.get(code, (code, code))
        else:
            term = self._schemas.vocabulary(VOCABULARIES.get(facet, facet)).get(code)
            zh, en = (term.zh, term.en or term.zh) if term else (code, code)
        return FacetValue(code, zh, en, count, selected)
