"""What one state of the keyword index counts: frequencies, tiers and facets."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache, partial

import tantivy

from search.embedded import keyword_query as kq
from search.embedded import tiers
from search.embedded.codes import CodeBook
from search.engine import Tally
from search.query import NO_FILTERS, Filters
from search.reading.understanding import Understanding

# Texts of which the tier is remembered: a request needs it twice, and whoever turns the page or sets a filter again.
_REMEMBERED = 256
_REMEMBERED_TOKENS = 50_000
_SHORT_NAME = 3
# Pairs of characters that so many resources have are those of known words; looking where they stand would take long.
_COMMON = 10_000
_WIDE = 0.2


class Counting:
    """Counts in one state of the index; safe to share between threads."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, codes: CodeBook) -> None:
        self._searcher = searcher
        self._schema = schema
        self._codes = codes
        self.documents: int = searcher.num_docs
        self.frequency = lru_cache(_REMEMBERED_TOKENS)(searcher.doc_freq)
        self._tiers: dict[Understanding, tiers.Tier] = {}
        self._lock = threading.Lock()

    def is_wide(self, filters: Filters) -> bool:
        """Whether it is one facet alone that is filtered by, and a good part of the resources pass."""
        if len(filters.values) != 1 or filters != Filters(filters.values):
            return False
        ((facet, codes),) = filters.values.items()
        passing = sum(self.frequency(facet, number) for number in self._codes.find(facet, codes))
        return passing >= _WIDE * self.documents

    def having(self, query: tantivy.Query) -> int:
        """How many resources match."""
        return self._count((), query).total

    def stands(self, pairs: Sequence[str], characters: Sequence[str]) -> bool:
        """Whether something has these characters in a row; looked for through their pairs, which are rarer."""
        terms = (kq.term(self._schema, kq.field_of(pair), pair) for pair in pairs)
        query = kq.all_of([*terms, kq.phrase(self._schema, "text_characters", characters)])
        return bool(self._searcher.search(query, 1, count=False).hits)

    def has_all(self, pairs: Sequence[str]) -> bool:
        """Whether some resource has all of these pairs of characters, wherever they stand."""
        query = kq.all_of(kq.term(self._schema, kq.field_of(pair), pair) for pair in pairs)
        return bool(self._searcher.search(query, 1, count=False).hits)

    def has_any(self, facet: str, code: str) -> bool:
        """Whether some resource has this code."""
        return any(self.frequency(facet, number) for number in self._codes.find(facet, [code]))

    def tier(self, text: Understanding, facets: tuple[str, ...] = ()) -> tiers.Tier:
        """The tier of a text, remembered; choosing it counts these facets where it has to count."""
        tier = self._tiers.get(text)
        if tier is None:
            count = partial(self._count, facets)
            tier = (
                tiers.undivided(self._searcher, self._schema, self._codes, self.frequency, text)
                or tiers.Chooser(
                    self._searcher, self._schema, self._codes, self.frequency, text, count
                ).chosen()
            )
            with self._lock:
                if len(self._tiers) >= _REMEMBERED:
                    del self._tiers[next(iter(self._tiers))]
                self._tiers[text] = tier
        return tier

    def tally(self, text: Understanding, filters: Filters, facets: tuple[str, ...]) -> Tally:
        """Count the tier; a facet that is filtered by is counted without its own filter."""
        own = tuple(name for name in facets if name in filters.values)
        others = tuple(name for name in facets if name not in own)
        tier = self.tier(text, own if filters != NO_FILTERS else facets)
        counted = self._passing(tier, others, filters)
        counts = {name: counted.facets[name] for name in others}
        for name in own:
            # What choosing the tier counted has the other facets, too, without any filter.
            counts[name] = self._passing(tier, (name,), filters.without(name)).facets[name]
        known = tier.whole is not None and self._known(text)
        return Tally(counted.total, tier.name, tier.dropped, known, counts, tier.by_long_name)

    def _passing(self, tier: tiers.Tier, facets: tuple[str, ...], filters: Filters) -> tiers.Counted:
        """What of the tier passes the filters; what choosing the tier has counted is not counted again."""
        if filters == NO_FILTERS and tier.counted and tier.counted.facets.keys() >= {*facets}:
            return tier.counted
        return self._count(facets, tier.query, filters)

    def _known(self, text: Understanding) -> bool:
        """Whether a text that falls into single characters, each of which may be known, is known as it stands."""
        if text.periods or any(unit.other_names or unit.any_of for unit in text.units):
            return True
        single = sum(len(word) == 1 for word in text.words)
        doubtful = len(text.characters) <= _SHORT_NAME or 2 * single >= len(text.words)
        if not doubtful:
            return True
        if not all(self.frequency("text_bigrams", pair) for pair in text.bigrams if not pair.isascii()):
            return False
        # A question (茶什么) has a phrase, and what it asks about may be a single character.
        if not text.bigrams or len(text.phrase) < _SHORT_NAME or len(text.phrase) != len(text.folded):
            return True
        if min(self.frequency("text_bigrams", pair) for pair in text.bigrams) >= _COMMON:
            return True
        return self.stands(text.bigrams, text.phrase)

    def _count(
        self, facets: Sequence[str], matching: tantivy.Query, filters: Filters = NO_FILTERS
    ) -> tiers.Counted:
        codes = self._codes
        query = kq.filtered(self._schema, codes, matching, filters)
        # A size below the number of values gives wrong counts over several segments.
        asked = {n: {"terms": {"field": n, "size": codes.size(n) + 1}} for n in facets if codes.size(n)}
        # Every resource has one, and its column is quick to open.
        asked["total"] = {"value_count": {"field": "scattered"}}
        answer = self._searcher.aggregate(query, asked)
        counts = {}
        for name in facets:
            buckets = answer.get(name, {}).get("buckets", [])
            counts[name] = codes.named(name, ((int(b["key"]), b["doc_count"]) for b in buckets))
        return tiers.Counted(int(answer["total"]["value"]), counts)
