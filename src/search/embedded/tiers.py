"""The tier: which resources are counted for a text. Chosen from the text alone, before any filter.

All words; else the rarest three quarters; else the rarest half; else any word. The first tier with enough
resources answers. A filter can only take away from it, so adding one never raises a total.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import tantivy

from search.embedded import keyword_query as kq
from search.understanding import Understanding, Unit

ENOUGH = 10
_SHARES = (("all", 1.0), ("most", 0.75), ("half", 0.5))


@dataclass(frozen=True, slots=True)
class Tier:
    """Its name, what matches it, and the words that it left out."""

    name: str
    query: tantivy.Query
    dropped: tuple[str, ...] = ()


def choose(searcher: tantivy.Searcher, schema: tantivy.Schema, text: Understanding) -> Tier:
    """The tier of a text; an identifier that the index knows comes before all, and an expression says itself."""
    if text.identifier and searcher.doc_freq("identifier", text.identifier):
        return Tier("identifier", kq.exact(schema, "identifier", [text.identifier]))
    if text.expression:
        return Tier("query", kq.expression(schema, text))
    if not text.units:
        return Tier("everything" if not text.text else "nothing", _without_words(text))
    rarest_first = sorted(text.units, key=lambda unit: _frequency(searcher, unit))
    for name, share in _SHARES:
        kept = rarest_first[: max(1, math.ceil(share * len(rarest_first)))]
        query = kq.silent(kq.all_of(kq.unit(schema, unit) for unit in kept))
        # With a single word there is nothing to leave out.
        if len(text.units) == 1 or searcher.search(query, ENOUGH, count=False).hits[ENOUGH - 1 :]:
            return Tier(name, query, tuple(unit.label for unit in rarest_first[len(kept) :]))
    return Tier("any", kq.silent(kq.any_of(kq.unit(schema, unit) for unit in text.units)))


def _without_words(text: Understanding) -> tantivy.Query:
    return kq.all_of([]) if not text.text else kq.any_of([])


def _frequency(searcher: tantivy.Searcher, unit: Unit) -> int:
    """An upper bound of how many resources have the word."""
    if unit.character:
        return searcher.doc_freq("text_characters", unit.character)
    written = min((searcher.doc_freq("text_bigrams", token) for token in unit.bigrams), default=0)
    spoken = min((searcher.doc_freq("pinyin", token) for token in unit.pinyin), default=0)
    named = sum(
        min(searcher.doc_freq(kq.field_of(token), token) for token in name) for name in unit.other_names
    )
    return written + spoken + named
