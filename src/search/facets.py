"""Facets as they are shown: the values of a count with their names, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from catalog.schema import Schemas
from search.directory import Directory, Names
from search.engine import Tally
from search.query import FACETS, VOCABULARIES, Filters
from search.results import FacetValue

# The commonest values of a facet are told; a province has more institutions than a reader looks through.
_FACET_VALUES = 50
# What stands between a municipality and its districts, or a province and what it governs itself, has no name of its own.
_NAMELESS = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))


class Facets:
    """Gives counted codes their names. Safe to share between threads."""

    def __init__(self, directory: Directory, schemas: Schemas) -> None:
        self._directory = directory
        self._names: dict[str, Names] = {
            facet: {term.code: (term.zh, term.en or term.zh) for term in schemas.vocabulary(name).terms}
            for facet in FACETS
            if facet != "institution"
            for name in (VOCABULARIES.get(facet, facet),)
        }
        self._above = {term.code: term.parent for term in schemas.vocabulary("region").terms}
        regions = self._names["region"]
        nameless = {
            code: above for code, above in self._above.items() if above and regions[code][0] in _NAMELESS
        }
        whole = {code: _joined(regions[above], regions[code]) for code, above in nameless.items()}
        self._names["region"] = {**regions, **whole}

    def values(self, tally: Tally, filters: Filters) -> dict[str, list[FacetValue]]:
        """The facets of a tally, the commonest values first."""
        return {
            facet: self._values(facet, counts, filters.values.get(facet, ()))
            for facet, counts in tally.facets.items()
        }

    def _values(self, facet: str, counts: Mapping[str, int], selected: Sequence[str]) -> list[FacetValue]:
        names = self._directory.institutions() if facet == "institution" else self._names[facet]
        return [
            FacetValue(code, zh, en, counts.get(code, 0), code in selected)
            for code in self._shown(facet, counts, selected)
            for zh, en, *_ in (names.get(code, (code, code)),)
        ]

    def _shown(self, facet: str, counts: Mapping[str, int], selected: Sequence[str]) -> list[str]:
        """The commonest codes by falling count, and what is selected.

        Of the tree of regions only its top, and what lies under a selected region or beside one.
        """
        codes: Collection[str] = counts
        if facet == "region":
            above, opened = self._above.get, self._with_ancestors(selected)
            codes = [code for code in counts if (parent := above(code)) is None or parent in opened]
        if len(codes) > _FACET_VALUES:
            # By count alone first, which needs no look at a code: a catalogue has more institutions than are told.
            least = sorted(map(counts.__getitem__, codes), reverse=True)[_FACET_VALUES - 1]
            codes = [code for code in codes if counts[code] >= least]
        # Of equals in the order of their codes.
        commonest = sorted(sorted(codes), key=counts.__getitem__, reverse=True)[:_FACET_VALUES]
        rest = sorted({*selected}.difference(commonest), key=lambda code: (-counts.get(code, 0), code))
        return commonest + rest

    def _with_ancestors(self, regions: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for region in regions:
            code: str | None = region
            while code:
                found.add(code)
                code = self._above.get(code)
        return found


def _joined(above: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f"{first} {last}" if first.isascii() else first + last for first, last in zip(above, own, strict=True)
    )
