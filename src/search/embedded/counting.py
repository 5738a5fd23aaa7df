"""What one view of the keyword index counts: frequencies, tiers and facets, each remembered until the next commit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import tantivy

from search.embedded import keyword_query as kq
from search.embedded import tiers
from search.embedded.codes import CodeBook
from search.engine import Tally
from search.query import Filters
from search.understanding import Understanding

# A request needs its tier twice; a reader who turns the page or sets a filter needs it again, and everybody begins
# with the same first page.
_REMEMBERED = 256
_REMEMBERED_TOKENS = 50_000
_SHORT_NAME = 3
_WIDE = 0.2


class Counting:
    """Counts in one state of the index; safe to share between threads."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, codes: CodeBook) -> None:
        self._searcher = searcher
        self._schema = schema
        self._codes = codes
        self.documents: int = searcher.num_docs
        self.frequency = lru_cache(_REMEMBERED_TOKENS)(searcher.doc_freq)
        self.tier = lru_cache(_REMEMBERED)(self._tier)
        self.tally = lru_cache(_REMEMBERED)(self._tally)

    def is_wide(self, filters: Filters) -> bool:
        """Whether it is one facet alone that is filtered by, and a good part of the resources pass."""
        if len(filters.values) != 1 or filters != Filters(filters.values):
            return False
        ((facet, codes),) = filters.values.items()
        passing = sum(self.frequency(facet, number) for number in self._codes.find(facet, codes))
        return passing >= _WIDE * self.documents

    def has_any(self, facet: str, code: str) -> bool:
        """Whether some resource has this code."""
        return any(self.frequency(facet, number) for number in self._codes.find(facet, [code]))

    def _tier(self, text: Understanding) -> tiers.Tier:
        return tiers.choose(self._searcher, self._schema, self._codes, self.frequency, text)

    def _tally(self, text: Understanding, filters: Filters, facets: tuple[str, ...]) -> Tally:
        """Count the tier; a facet that is filtered by is counted without its own filter."""
        tier = self.tier(text)
        counts: dict[str, dict[str, int]] = {}
        own = [name for name in facets if name in filters.values]
        total = self._count(tier, filters, [name for name in facets if name not in own], counts)
        for name in own:
            self._count(tier, filters.without(name), [name], counts)
        return Tally(total, tier.name, tier.dropped, tier.whole is not None and self._known(text), counts)

    def _known(self, text: Understanding) -> bool:
        """Whether a text that falls into single characters, each of which may be known, is known as it stands."""
        if any(unit.other_names for unit in text.units):
            return True
        single = sum(len(word) == 1 for word in text.words)
        doubtful = len(text.characters) <= _SHORT_NAME or 2 * single >= len(text.words)
        if not doubtful:
            return True
        if not all(self.frequency("text_bigrams", pair) for pair in text.bigrams if not pair.isascii()):
            return False
        if len(text.phrase) < _SHORT_NAME or len(text.phrase) != len(text.folded):
            return True
        # Through its bigrams, which are rarer than characters.
        pairs = (kq.term(self._schema, "text_bigrams", pair) for pair in text.bigrams)
        whole = kq.all_of([*pairs, kq.phrase(self._schema, "text_characters", text.phrase)])
        return bool(self._searcher.search(whole, 1, count=False).hits)

    def _count(
        self, tier: tiers.Tier, wanted: Filters, facets: Sequence[str], into: dict[str, dict[str, int]]
    ) -> int:
        """Count the matches, and each facet's values into `into`; returns the number of matches."""
        codes = self._codes
        query = kq.filtered(self._schema, codes, tier.query, wanted)
        # A size below the number of values gives wrong counts over several segments.
        asked = {n: {"terms": {"field": n, "size": codes.size(n) + 1}} for n in facets if codes.size(n)}
        asked["total"] = {"value_count": {"field": "number"}}
        answer = self._searcher.aggregate(query, asked)
        for name in facets:
            buckets = answer.get(name, {}).get("buckets", [])
            into[name] = codes.named(name, ((int(b["key"]), b["doc_count"]) for b in buckets))
        return int(answer["total"]["value"])
