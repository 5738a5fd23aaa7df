"""The embedded engine: one state of a generation, from which requests are answered."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log

import numpy as np
import tantivy
from tantivy import Order

from search.analysis.resemblance import slips_allowed
from search.embedded import keyword_query as kq
from search.embedded import layout
from search.embedded.codes import CodeBook
from search.embedded.columns import Wanted
from search.embedded.counting import Counting
from search.embedded.misquoting import misquoted
from search.embedded.ranking import LOOSE, TITLE_BUDGET, flat, possible_score, ranking
from search.embedded.vectors import VectorIndex
from search.engine import Edition, Hit, Tally, Vector
from search.query import NO_FILTERS, Filters, Sort
from search.reading.understanding import Maker, Understanding

# Records that completions are chosen from, and how many of one title: the first may just have been withdrawn.
_COMPLETED, _OF_ONE_TITLE = 500, 2
# So many times the hits that are wanted are looked at where a wide filter is set.
_OVERDRAWN = 5
# Texts of which the ranking query is remembered, and counts: a reader who turns the page or sets a filter needs its counts again,
# and everybody begins with the same first page.
_REMEMBERED, _REMEMBERED_TALLIES = 64, 256
# Keys that a long prefix is looked for among.
_KEYS = 200
# What so many resources have is rare, in an index of more than so many.
_FEW, _MANY = 10, 200
_ORDERS: Mapping[Sort, tuple[str, Order]] = {
    Sort.OLDEST: ("year_from", Order.Asc),
    Sort.NEWEST: ("year_from", Order.Desc),
    Sort.TITLE: ("title_order", Order.Asc),
    Sort.TITLE_REVERSED: ("title_order", Order.Desc),
    Sort.RELEVANCE: ("number", Order.Desc),
}


class EmbeddedEngine:
    """One state of a generation: whatever a request asks of it, it answers from what was committed when it was made.

    Safe to share between threads.
    """

    def __init__(
        self,
        searcher: tantivy.Searcher,
        codes: CodeBook,
        vectors: VectorIndex,
        weights: Mapping[str, float],
    ) -> None:
        schema = layout.schema()
        loose = {name: weight for name, weight in weights.items() if name in LOOSE}
        counting = Counting(searcher, schema, codes)

        # A request ranks what it finds by the same query two or three times.
        @lru_cache(_REMEMBERED)
        def scores(text: Understanding, loosely: bool) -> tantivy.Query:
            return ranking(counting, schema, text, loose if loosely else weights)

        self._searcher, self._codes, self._vectors = searcher, codes, vectors
        self._schema, self._loose_weights = schema, loose
        # None of what remembers holds this object: nothing would ever free a cycle that was there when the server froze its garbage.
        self._counting, self._scores = counting, scores
        self._tally = lru_cache(_REMEMBERED_TALLIES)(counting.tally)

    def tally(self, text: Understanding, filters: Filters, facets: Sequence[str]) -> Tally:
        """Count the tier; a facet that is filtered by is counted without its own filter."""
        return self._tally(text, filters, tuple(facets))

    def rank(self, text: Understanding, filters: Filters, limit: int, *, loosely: bool = False) -> list[Hit]:
        """The best by BM25 of the flat OR over all fields, or over those that need no word in one piece."""
        query = self._scores(text, loosely)
        if text.expression:
            # A result must meet it, and may have none of the words, where a range of years alone is met.
            query = kq.with_score(kq.expression(self._schema, self._codes, text), query)
        elif self._counting.is_wide(filters):
            # A filter makes the search read every posting; of so many of the best enough will pass a wide one.
            hits = self._hits(query, limit * _OVERDRAWN)
            passing = self._vectors.passing([hit.number for hit in hits], self._wanted(filters) or Wanted({}))
            if len(passing) >= limit:
                return [hit for hit in hits if hit.number in passing][:limit]
        return self._hits(self._filtered(query, filters), limit)

    def coverage(self, text: Understanding, numbers: Sequence[int]) -> float:
        """The share of the possible loose score that the best of these has."""
        possible = possible_score(self._counting, text, self._loose_weights)
        if not numbers or not possible:
            return 0.0
        among = kq.exact(self._schema, "number", numbers)
        best = self._hits(kq.all_of([among, self._scores(text, True)]), 1)
        return best[0].score / possible if best else 0.0

    def nearest(self, vector: Vector, filters: Filters, limit: int, *, of_records: bool = False) -> list[Hit]:
        """The best by cosine, among what the filters allow; none for a vector of an embedding of another dimension."""
        if not vector.any() or len(vector) != self._vectors.base.dimension:
            return []
        return self._vectors.nearest(vector, limit, self._wanted(filters), of_records=of_records)

    def exact(self, vector: Vector, limit: int) -> list[Hit]:
        """The best by cosine, compared one by one: what `nearest` is measured against."""
        return self._vectors.exact(vector, limit)

    def cosines(self, vector: Vector, numbers: Sequence[int]) -> dict[int, float]:
        """Cosine of each of these that has a vector of this dimension."""
        vectors = self._vectors
        return vectors.cosines(vector, numbers) if len(vector) == vectors.base.dimension else {}

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vector]:
        """The vector of each of these that has one."""
        return self._vectors.vectors(numbers)

    def some(self, count: int) -> list[int]:
        """So many of the base's resources at even spacing, all where it has fewer."""
        numbers = self._vectors.base.numbers
        at_even_spacing = np.unique(
            np.linspace(0, len(numbers) - 1, min(count, len(numbers))).astype(np.int64)
        )
        return [int(number) for number in numbers[at_even_spacing]]

    def seldom(self, tokens: Sequence[str]) -> float:
        """The inverse document frequency of the rarest of these bigrams and latin words, as a share of the greatest: 0 where all resources
        have it, 1 where few have, where nothing was asked for, and in a small index."""
        documents = self._counting.documents
        if documents <= _MANY or not tokens:
            return 1.0
        having = min(self._counting.frequency(kq.field_of(token), token) for token in tokens)
        return log(documents / max(having, _FEW)) / log(documents / _FEW)

    def editions(self, numbers: Sequence[int]) -> dict[int, Edition]:
        """The work and the availability of each of these that is here."""
        return self._vectors.editions(numbers)

    def years(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The first and the last year of each of these that has a date."""
        return self._vectors.years(numbers)

    def work_sizes(self, works: Sequence[int]) -> dict[int, int]:
        """How many resources each of these works has."""
        if not works:
            return {}
        counted = self._searcher.aggregate(
            kq.exact(self._schema, "work", works),
            {"works": {"terms": {"field": "work", "size": len(works)}}},
        )
        return {int(bucket["key"]): bucket["doc_count"] for bucket in counted["works"]["buckets"]}

    def ordered(self, text: Understanding, filters: Filters, sort: Sort, limit: int) -> list[Hit]:
        """The tier's resources in the order of a field; those without the field come last."""
        tier = self._counting.tier(text)
        query = self._filtered(tier.query, filters)
        field, order = _ORDERS[sort]
        found = self._searcher.search(query, limit, count=False, order_by_field=field, order=order)
        return [Hit(number, 0.0) for number in _numbers(self._searcher, found)]

    def made_by(
        self, text: Understanding, filters: Filters, limit: int, *, loosely: bool = False
    ) -> list[Hit]:
        """The best by BM25 of those that somebody made whose name is a word of the text or another name of one."""
        known = self._known(text.makers)
        if not known:
            return []
        made = kq.with_score(kq.silent(kq.made_by(self._schema, known)), self._scores(text, loosely))
        return self._hits(self._filtered(made, filters), limit)

    def works_of(self, makers: Iterable[Maker], limit: int) -> list[int]:
        """Those that bear one of these as the whole name of somebody."""
        known = self._known(makers)
        if not known:
            return []
        query = kq.made_by(self._schema, known)
        found = self._searcher.search(query, limit, count=False, order_by_field="number", order=Order.Desc)
        return _numbers(self._searcher, found)

    def declaring(self, names: Iterable[Sequence[str]], numbers: Sequence[str], limit: int) -> list[int]:
        """Those that have one of these names, each given by its characters, among what they are about or part of, or one of these
        numbers; the newest first."""
        ways = [kq.phrase(self._schema, "subjects_characters", name) for name in names]
        query = kq.any_of([*ways, *([kq.exact(self._schema, "identifier", numbers)] if numbers else [])])
        found = self._searcher.search(query, limit, count=False, order_by_field="number", order=Order.Desc)
        return _numbers(self._searcher, found)

    def after(self, text: Understanding, filters: Filters, number: int, limit: int) -> list[int]:
        """The tier's resources with a number above this one, in order of number."""
        above = kq.above(self._schema, number)
        query = self._filtered(kq.all_of([self._counting.tier(text).query, above]), filters)
        found = self._searcher.search(query, limit, count=False, order_by_field="number", order=Order.Asc)
        return _numbers(self._searcher, found)

    def in_tier(self, text: Understanding, numbers: Sequence[int]) -> set[int]:
        """Which of these belong to the tier."""
        if not numbers:
            return set()
        among = kq.all_of([self._counting.tier(text).query, kq.exact(self._schema, "number", numbers)])
        return {hit.number for hit in self._hits(among, len(numbers))}

    def best_in_tier(
        self,
        text: Understanding,
        filters: Filters,
        limit: int,
        *,
        whole: bool = False,
        loosely: bool = False,
    ) -> list[Hit]:
        """The best by BM25 of the tier, or of those that have all words."""
        tier = self._counting.tier(text)
        query = tier.whole if whole else tier.query
        if query is None:
            return []
        ranked = kq.with_score(query, self._scores(text, loosely))
        return self._hits(self._filtered(ranked, filters), limit)

    def passing(self, numbers: Sequence[int], filters: Filters) -> set[int]:
        """Which of these the filters let pass."""
        return self._vectors.passing(numbers, self._wanted(filters) or Wanted({}))

    def titled(
        self, keys: Sequence[str], filters: Filters, limit: int, *, makers: Sequence[Maker] | None = None
    ) -> dict[int, int]:
        """Resources one of whose titles has one of these keys: the length of each one's main title, longest first.

        With `makers`, of those that one of these made.
        """
        known = [key for key in keys if key and self._counting.frequency("title_key", key)]
        if not known:
            return {}
        query = kq.exact(self._schema, "title_key", known)
        if makers is not None:
            query = kq.all_of([query, kq.made_by(self._schema, self._known(makers))])
        return self._title_lengths(self._filtered(query, filters), limit, Order.Desc)

    def called(self, keys: Sequence[str], filters: Filters, limit: int) -> set[int]:
        """Resources whose main title, with what is in brackets behind it, has one of these keys."""
        query = self._filtered(kq.exact(self._schema, "title_key", list(keys)), filters)
        found = self._searcher.search(
            query, limit, count=False, order_by_field="title_length", order=Order.Desc
        )
        titles = self._searcher.fast_field_values("title_hash", [address for _, address in found.hits])
        wanted = {zlib.crc32(key.encode()) for key in keys}
        numbers = zip(_numbers(self._searcher, found), titles, strict=True)
        return {number for number, title in numbers if title in wanted}

    def titled_in_pinyin(self, key: str, filters: Filters, limit: int) -> set[int]:
        """Resources one of whose titles has these letters as its pinyin, or as the initials of it."""
        query = self._filtered(kq.exact(self._schema, "completion", [key]), filters)
        return {hit.number for hit in self._hits(query, limit)}

    def title_shares(self, text: Understanding, filters: Filters, limit: int) -> dict[int, float]:
        """Of the shortest main titles that hold the text's parts the share that the text makes up."""
        if not text.characters or not text.may_be_in_a_title:
            return {}
        query = self._filtered(kq.title(self._schema, text), filters)
        size = len(text.title_key)
        lengths = self._title_lengths(query, limit, Order.Asc)
        return {number: min(1.0, size / (length or size)) for number, length in lengths.items()}

    def misquoted(
        self, text: Understanding, filters: Filters, limit: int, *, surely: bool
    ) -> dict[int, float]:
        """Those that have the text with a slip; none where they are more than so many: then it is no quotation."""
        for query in misquoted(self._counting, self._schema, text, surely=surely):
            if hits := self._hits(query, limit + 1):
                # Whether it is a quotation, no filter decides.
                passing = self.passing([hit.number for hit in hits], filters) if len(hits) <= limit else ()
                return {hit.number: hit.score for hit in hits if hit.number in passing}
        return {}

    def _title_lengths(self, query: tantivy.Query, limit: int, order: Order) -> dict[int, int]:
        found = self._searcher.search(query, limit, count=False, order_by_field="title_length", order=order)
        lengths = (int(length or 0) for length, _ in found.hits)
        return dict(zip(_numbers(self._searcher, found), lengths, strict=True))

    def resembling(self, characters: Sequence[str], sounds: Sequence[str], limit: int) -> list[int]:
        """The best by BM25 of a flat OR over titles and names."""
        tokens = {
            "title_characters": characters, "names_characters": characters, "pinyin": sounds, "other_pinyin": sounds,
        }  # fmt: skip
        return [hit.number for hit in self._hits(flat(self._counting, self._schema, tokens), limit)]

    def alike_titles(self, bigrams: Sequence[str], limit: int) -> list[Hit]:
        """The best by BM25 of a flat OR over titles, by their telling pairs of characters."""
        query = flat(self._counting, self._schema, {"title_bigrams": bigrams}, TITLE_BUDGET)
        return self._hits(query, limit)

    def near(self, word: str, limit: int) -> list[int]:
        """Those that a Levenshtein automaton finds in titles and completion keys."""
        query = kq.any_of(kq.near(self._schema, word, slips_allowed(word)))
        return [hit.number for hit in self._hits(query, limit)]

    def named(self, begun: str, filters: Filters, readings: int, each: int) -> list[int]:
        """Resources of the commonest whole names whose token begins so, so many each."""
        tokens = self._searcher.terms_with_prefix("other_pinyin", begun, limit=_KEYS)
        commonest = sorted(tokens, key=lambda token: -token[1])[:readings]
        return list(
            dict.fromkeys(
                hit.number for token, _ in commonest for hit in self._sounding(token, filters, each)
            )
        )

    def sounding(self, initials: str, filters: Filters, limit: int) -> list[int]:
        """Resources with a name, or neighbouring words of a title, of these initials."""
        return [hit.number for hit in self._sounding(initials, filters, limit)]

    def _sounding(self, token: str, filters: Filters, limit: int) -> list[Hit]:
        query = kq.term(self._schema, "other_pinyin", token)
        return self._hits(self._filtered(query, filters), limit)

    def complete(self, prefixes: Sequence[str], filters: Filters, limit: int) -> list[int]:
        """Resources with a completion key that begins with one of the prefixes, the weightiest first."""
        short = [prefix for prefix in prefixes if 0 < len(prefix) <= layout.LONGEST_START]
        long = [
            key
            for prefix in prefixes
            if len(prefix) > layout.LONGEST_START
            for key, _ in self._searcher.terms_with_prefix("completion", prefix, limit=_KEYS)
        ]
        sought = {"completion_start": short, "completion": list(dict.fromkeys(long))}
        query = kq.any_of(kq.exact(self._schema, field, keys) for field, keys in sought.items() if keys)
        query, weight = self._filtered(query, filters), "completion_weight"
        found = self._searcher.search(query, _COMPLETED, count=False, order_by_field=weight, order=Order.Desc)
        titles = self._searcher.fast_field_values("title_hash", [address for _, address in found.hits])
        seen: Counter[object] = Counter()
        distinct = []
        for number, title in zip(_numbers(self._searcher, found), titles, strict=True):
            seen[title] += 1
            if seen[title] <= _OF_ONE_TITLE:
                distinct.append(number)
        return distinct[:limit]

    def revisions(self) -> tuple[dict[int, int], dict[int, int]]:
        """Revision by number of all that the keyword index has (-1 where it has one twice), and the vector index."""
        found = self._searcher.search(kq.all_of([]), max(1, self._searcher.num_docs), count=False)
        revisions = self._searcher.fast_field_values("revision", [address for _, address in found.hits])
        keyword: dict[int, int] = {}
        for number, revision in zip(_numbers(self._searcher, found), revisions, strict=True):
            keyword[number] = -1 if number in keyword else int(revision or 0)
        return keyword, self._vectors.revisions()

    def _filtered(self, query: tantivy.Query, wanted: Filters) -> tantivy.Query:
        return kq.filtered(self._schema, self._codes, query, wanted)

    def _hits(self, query: tantivy.Query, limit: int) -> list[Hit]:
        found = self._searcher.search(query, limit, count=False)
        return list(map(Hit, _numbers(self._searcher, found), (score for score, _ in found.hits)))

    def _known(self, makers: Iterable[Maker]) -> list[Maker]:
        """Those of which there may be something."""
        return [maker for maker in makers if self._counting.frequency("other_pinyin", maker.reading)]

    def _wanted(self, filters: Filters) -> Wanted | None:
        """The filters in the numbers of the code book; None for no filter at all."""
        if filters == NO_FILTERS:
            return None
        codes = {name: self._codes.find(name, values) for name, values in filters.values.items()}
        return Wanted(codes, filters.year_from, filters.year_to, filters.work)


def _numbers(searcher: tantivy.Searcher, found: tantivy.SearchResult) -> list[int]:
    """The number of each hit."""
    read = searcher.fast_field_values("scattered", [address for _, address in found.hits])
    return layout.gathered(read)  # type: ignore[arg-type]  # every resource has a number
