"""Which resources bear labels that a reader chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from recommend.readers import Label
from search.embedded.engine import EmbeddedEngine
from search.query import Filters

_KIND = "kind"


def bearing(engine: EmbeddedEngine, numbers: Iterable[int], labels: Iterable[Label]) -> set[int]:
    """Which of these resources bear one of the labels: one look for each facet, not one for each label."""
    codes: dict[str, list[str]] = {}
    for facet, code in labels:
        codes.setdefault(facet, []).append(code)
    of = list(numbers) if codes else []
    if not of:
        return set()
    return {n for facet, known in codes.items() for n in engine.passing(of, Filters({facet: tuple(known)}))}


def borne(engine: EmbeddedEngine, numbers: Iterable[int], labels: Iterable[Label]) -> dict[int, Label]:
    """By its number, for each of these resources that bears one of the labels, the first that it bears."""
    left, found = set(numbers), dict[int, Label]()
    for facet, code in labels:
        if not left:
            break
        bears = engine.passing(list(left), Filters({facet: (code,)}))
        found |= dict.fromkeys(bears, (facet, code))
        left -= bears
    return found


def without_kinds(
    filters: Filters, struck_out: Iterable[Label], every_kind: Collection[str]
) -> Filters | None:
    """The filters without the kinds among the labels that a reader struck out; None where no kind is left.

    A resource is of one kind, so that the others say which are left; no filter says that of another facet.
    """
    gone = {code for facet, code in struck_out if facet == _KIND}
    if not gone:
        return filters
    left = tuple(kind for kind in filters.values.get(_KIND) or every_kind if kind not in gone)
    return replace(filters, values={**filters.values, _KIND: left}) if left else None
