"""The ranking query: a flat OR over words, bigrams, characters and pinyin, with a budget of postings.

Never restricted to the tier: ranking inside a match set loses relevance (docs/relevance.md). The commonest terms
are dropped while the postings of the rest still exceed the budget, so that a question costs the same in
a catalogue of ten million as in one of a million. The OR is scored by block-max WAND (Ding, Suel 2011).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import tantivy

from search.embedded import keyword_query as kq
from search.embedded.budget import within_budget
from search.embedded.counting import Counting
from search.reading.understanding import Understanding

# Postings that a query may read, of all fields together and of characters, which tell least and would take most of the
# time: every posting is scored, for the terms of a query weigh too much alike for block-max WAND to pass over any.
POSTING_BUDGET = 120_000
CHARACTER_BUDGET = 50_000
# Of a title beside which others are sought only what is telling: two with a common word in them are not alike.
TITLE_BUDGET = 5_000
# What still counts where no resource has much of what was typed.
LOOSE = ("text_characters", "pinyin", "other_pinyin", "spoken_names", "other_parts")
# A latin word is a token of each of these.
_WRITTEN = ("text_words", "text_bigrams", "text_characters")
_NAMED = ("text_words", "title_words")
# A latin word that nothing has may be the beginning of one that something has; shorter, of too many.
_SHORTEST_BEGINNING = 3
# BM25's k1 of tantivy: a term that is repeated without end scores its idf times (k1 + 1).
_SATURATION = 2.2


def ranking(
    counting: Counting, schema: tantivy.Schema, text: Understanding, weights: Mapping[str, float]
) -> tantivy.Query:
    """The query whose BM25 scores rank; `weights` gives each field's share."""
    found = _frequencies(counting, text, weights)
    kept = [(f, t, weights[f]) for f, t in _affordable(found)]
    kept += [("text_characters", one, weights["text_bigrams"]) for one in _turning(text, found)]
    # Another name of what was typed counts by its words, in the whole text and again in the title.
    kept += [(f, token, weights[f]) for f in _NAMED if f in weights for token in text.synonym_words]
    if "spoken_names" in weights:
        spoken = (*text.spoken_names, *text.spoken_lines)
        known = (token for token in spoken if counting.frequency("other_pinyin", token))
        kept += [("other_pinyin", name, weights["spoken_names"]) for name in known]
    # The catalogue's text may be cut into words otherwise (乌鲁木齐 in 乌鲁木齐市): its parts count, too.
    if "other_parts" in weights:
        kept += [(kq.field_of(part), part, weights["other_parts"]) for part in text.other_parts]
    # The names of a kind of things end with its word: 寺 for who types 寺庙.
    if "title_endings" in weights:
        weight = weights["title_endings"]
        kept += [(kq.field_of(part, "title"), part, weight) for part in text.ending_parts]
    terms = [tantivy.Query.boost_query(kq.term(schema, f, t), weight) for f, t, weight in kept]
    weight = sum(weights.get(field, 0.0) for field in _WRITTEN)
    terms += [
        tantivy.Query.boost_query(query, weight * telling)
        for query, telling in _beginnings(counting, schema, text)
    ]
    return kq.any_of(terms)


def _turning(text: Understanding, found: Mapping[str, Mapping[str, int]]) -> set[str]:
    """Words of one character, between longer ones, that no bigram of the text outdoes in telling.

    The text turns on them (世界铌的发展动态), and they have no bigram to count by.
    """
    characters, bigrams = found.get("text_characters", {}), found.get("text_bigrams", {})
    least = min(filter(None, bigrams.values()), default=0)
    single = {word for word in text.words if len(word) == 1}
    beside = {one for pair in pairwise(text.sequence) if single.issuperset(pair) for one in pair}
    return {one for one in single - beside if 0 < characters.get(one, 0) <= least}


def _beginnings(
    counting: Counting, schema: tantivy.Schema, text: Understanding
) -> Iterator[tuple[tantivy.Query, float]]:
    """For each latin word that nothing has, what has a word that begins with it, and how telling that is."""
    for word in text.characters:
        if len(word) < _SHORTEST_BEGINNING or not (word.isascii() and word.isalpha()):
            continue
        if not any(counting.frequency(field, word) for field in ("text_bigrams", *kq.SOUNDS)):
            query = kq.beginning(schema, "text_bigrams", word)
            if 0 < (having := counting.having(query)) <= POSTING_BUDGET:
                yield query, _idf(counting.documents, having)


def possible_score(counting: Counting, text: Understanding, weights: Mapping[str, float]) -> float:
    """What that query would give a resource that has every token of the text over and over."""
    return sum(
        weights[field] * _idf(counting.documents, count) * _SATURATION
        for field, frequencies in _frequencies(counting, text, weights).items()
        # A title's tokens count among those of the whole text, and a sound is a title's or another's.
        if not field.startswith(("title_", "other_"))
        for count in frequencies.values()
    )


def flat(
    counting: Counting,
    schema: tantivy.Schema,
    tokens: Mapping[str, Sequence[str]],
    budget: int = POSTING_BUDGET,
) -> tantivy.Query:
    """Any of these tokens of these fields, the commonest left out by the budget."""
    found = {(field, t): counting.frequency(field, t) for field in tokens for t in tokens[field]}
    return kq.any_of(kq.term(schema, field, token) for field, token in within_budget(found, budget))


def _frequencies(
    counting: Counting, text: Understanding, weights: Mapping[str, float]
) -> dict[str, dict[str, int]]:
    """In how many documents each token of the text is, by the fields that have a weight."""
    # What may be pinyin counts by its sound, not as a word besides: an English title with it would outdo the Chinese one.
    # Nor does the English word for a kind of thing or a time, where more was typed: it counts by the Chinese ones.
    more = text.class_words < set(text.words) or text.other_parts
    passed = {*text.pinyin, *(text.class_words if more else ())}
    # A place beside other words counts by the resources that are there and by those that have all words.
    if len(text.units) > 1:
        places = [m.text for m in text.mentions if m.facet == "region" and counting.has_any("region", m.code)]
        passed |= {name[n : n + 2] for name in places for n in range(len(name))} | set(places)
    tokens = {
        "text_words": [w for w in text.words if w not in passed],
        "text_bigrams": [b for b in text.bigrams if b not in passed], "text_characters": text.characters,
        "title_words": text.words, "title_bigrams": text.bigrams, "title_characters": text.characters,
        "pinyin": text.pinyin, "other_pinyin": text.pinyin,
    }  # fmt: skip
    return {f: {t: counting.frequency(f, t) for t in tokens[f]} for f in tokens if f in weights}


def _idf(documents: int, count: int) -> float:
    """How telling a token is (BM25's inverse document frequency); one that nothing has tells most."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5))


def _affordable(found: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str]]:
    """Fields and tokens that the budget allows; characters that are all too common only where no bigram tells."""
    characters = found.get("text_characters", {})
    kept = within_budget(characters, CHARACTER_BUDGET)
    if any(found.get("text_bigrams", {}).values()):
        kept = [character for character in kept if characters[character] <= CHARACTER_BUDGET]
    rest = {
        (field, token): count
        for field, tokens in found.items()
        if field != "text_characters"
        for token, count in tokens.items()
    }
    return within_budget(rest | {("text_characters", one): characters[one] for one in kept}, POSTING_BUDGET)
