"""The ranking query: a flat OR over words, bigrams, characters and pinyin, with a budget of postings.

Never restricted to the tier: ranking inside a match set loses relevance (docs/relevance.md). Commonest terms
of a field are dropped while the postings of the rest still exceed the budget, so that a question costs the same in
a catalogue of ten million as in one of a million. The OR is scored by block-max WAND (Ding, Suel 2011).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import tantivy

from search.embedded import keyword_query as kq
from search.understanding import Understanding

POSTING_BUDGET = 200_000


def ranking(
    searcher: tantivy.Searcher, schema: tantivy.Schema, text: Understanding, weights: Mapping[str, float]
) -> tantivy.Query:
    """The query whose BM25 scores rank; `weights` gives each field's share."""
    tokens = {
        "text_words": text.words, "text_bigrams": text.bigrams, "text_characters": text.characters,
        "title_words": text.words, "title_bigrams": text.bigrams, "title_characters": text.characters,
        "pinyin": text.pinyin,
    }  # fmt: skip
    return kq.any_of(
        tantivy.Query.boost_query(kq.term(schema, field, token), weight)
        for field, weight in weights.items()
        for token in _within_budget(searcher, field, tokens[field])
    )


def _within_budget(searcher: tantivy.Searcher, field: str, tokens: Iterable[str]) -> list[str]:
    """The field's rarest tokens, as many as the budget allows, at least one."""
    frequencies = sorted((count, token) for token in tokens if (count := searcher.doc_freq(field, token)))
    kept: list[str] = []
    spent = 0
    for count, token in frequencies:
        spent += count
        if kept and spent > POSTING_BUDGET:
            break
        kept.append(token)
    return kept
