"""Finds what has a text nearly as it was typed, where nothing has it just so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import tantivy

from search.analysis.tokens import bigrams_of
from search.embedded import keyword_query as kq
from search.embedded.budget import within_budget
from search.embedded.counting import Counting
from search.reading.misquotes import Standing, quoted, with_one_slip, with_two_wrong
from search.reading.understanding import Understanding, Unit

# Resources that are looked at to see whether they have the characters in their places.
_BUDGET = 10_000
# So many of the rarest pairs of a way to stand are looked for first: hardly any other resource has them all.
_RAREST = 3
# What lacks a whole word of what was typed says something else as likely.
_ANOTHER_WORD = 0.5


def misquoted(
    counting: Counting, schema: tantivy.Schema, text: Understanding, *, surely: bool
) -> Iterator[tantivy.Query]:
    """What has the text with one slip, next with two characters wrong, scored by how sure it is that that is meant; nothing where it is
    no quotation, or something has it as it is. Only what is meant `surely`: with all of its words."""
    typed = quoted(text)
    if not typed or _is_as_meant(counting, text, together=surely) or _stands(counting, typed):
        return
    known = list(_known(counting, text, typed))
    for standings in (with_one_slip(typed), with_two_wrong(typed)):
        rarest = {one: pairs for one in standings if (pairs := _rarest(counting, one))}
        sureness = {one: sure for one in rarest if (sure := _sureness(one, known)) == 1.0 or not surely}
        sought = within_budget({one: _frequency(counting, rarest[one][0]) for one in sureness}, _BUDGET)
        there = {pairs for pairs in {rarest[one] for one in sought} if counting.has_all(pairs)}
        if found := [one for one in sought if rarest[one] in there]:
            yield tantivy.Query.disjunction_max_query(
                [tantivy.Query.const_score_query(_standing(schema, one), sureness[one]) for one in found]
            )


def _sureness(one: Standing, known: Iterable[range]) -> float:
    """How sure it is that this is meant: less where one of the `known` words would not stand as it was typed."""
    touched = any(
        not one.wrong.isdisjoint(word) or (one.parted in word and one.parted - 1 in word) for word in known
    )
    return _ANOTHER_WORD if touched else 1.0


def _standing(schema: tantivy.Schema, one: Standing) -> tantivy.Query:
    """What has these characters in their places: through their pairs, which are rarer."""
    pairs = [kq.term(schema, kq.field_of(pair), pair) for pair in one.pairs]
    phrase = tantivy.Query.phrase_query(schema, "text_characters", list(one.characters))
    return kq.all_of([*pairs, phrase])


def _stands(counting: Counting, typed: str) -> bool:
    """Whether something has the text as it is."""
    pairs = bigrams_of(typed)
    return all(_frequency(counting, pair) for pair in pairs) and counting.stands(pairs, typed)


def _rarest(counting: Counting, one: Standing) -> tuple[str, ...]:
    """The rarest of the pairs, the least frequent first; none where nothing has one of them, or no two stand together."""
    frequencies = {}
    for pair in one.pairs:
        frequencies[pair] = _frequency(counting, pair)
        if not frequencies[pair]:
            return ()
    return tuple(sorted(frequencies, key=lambda pair: (frequencies[pair], pair))[:_RAREST])


def _frequency(counting: Counting, pair: str) -> int:
    return counting.frequency(kq.field_of(pair), pair)


def _is_as_meant(counting: Counting, text: Understanding, *, together: bool) -> bool:
    """Whether nothing but words was typed that something has, and has them `together`, or one of them means more than itself (道光年间,
    敦煌 for the place)."""
    means = {unit for unit in text.units if _means_more(unit)}
    return (together or bool(means)) and all(
        unit in means or (len(unit.label) > 1 and counting.frequency("text_words", unit.label))
        for unit in text.units
    )


def _means_more(unit: Unit) -> bool:
    return bool(
        unit.other_names or unit.any_of or unit.region or unit.institution or unit.years or unit.is_kind
    )


def _known(counting: Counting, text: Understanding, typed: str) -> Iterator[range]:
    """Where the words of several characters stand that something has."""
    behind = 0
    for word in text.sequence:
        place = typed.find(word, behind)
        if place >= 0:
            behind = place + len(word)
            if len(word) > 1 and counting.frequency("text_words", word):
                yield range(place, behind)
