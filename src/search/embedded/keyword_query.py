"""Tantivy queries for what was understood: built term by term, never by its query parser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TantivyQuery

from search.embedded.codes import CodeBook
from search.query import Filters
from search.reading.expression import FACET_FIELDS, AllOf, AnyOf, Expression, Not, Years
from search.reading.understanding import Maker, Understanding, Unit

_FEW = 128
# What a short name leaves out of a long one, in characters altogether.
_LEFT_OUT = 4
# How titles sound; how persons and institutions do, and initials of neighbouring words of a title.
SOUNDS = ("pinyin", "other_pinyin")
Clause = tuple[Occur, TantivyQuery]


def term(schema: tantivy.Schema, field: str, token: str) -> TantivyQuery:
    """One token of an analysed field, scored by BM25."""
    return TantivyQuery.term_query(schema, field, token, index_option="freq")


def exact(schema: tantivy.Schema, field: str, values: Sequence[object]) -> TantivyQuery:
    """Any of these values, scored 0."""
    if len(values) > _FEW:
        return silent(TantivyQuery.term_set_query(schema, field, list(values)))
    # A set of terms costs more to set up than a few look-ups.
    terms = (TantivyQuery.term_query(schema, field, value, index_option="basic") for value in values)
    return silent(any_of(terms))


def silent(query: TantivyQuery) -> TantivyQuery:
    """The same matches with a score of 0."""
    return TantivyQuery.const_score_query(query, 0.0)


def above(schema: tantivy.Schema, number: int) -> TantivyQuery:
    """Resources with a higher number than this one, scored 0."""
    return silent(
        TantivyQuery.range_query(schema, "number", FieldType.Unsigned, number, None, include_lower=False)
    )


def all_of(queries: Iterable[TantivyQuery]) -> TantivyQuery:
    """Every one must match; no query at all matches everything."""
    clauses: list[Clause] = [(Occur.Must, query) for query in queries]
    return TantivyQuery.boolean_query(clauses) if clauses else silent(TantivyQuery.all_query())


def any_of(queries: Iterable[TantivyQuery]) -> TantivyQuery:
    """At least one must match; no query at all matches nothing."""
    clauses: list[Clause] = [(Occur.Should, query) for query in queries]
    return TantivyQuery.boolean_query(clauses) if clauses else TantivyQuery.empty_query()


def with_score(must: TantivyQuery, score: TantivyQuery) -> TantivyQuery:
    """What matches the first one, scored by the second, which need not match."""
    return TantivyQuery.boolean_query([(Occur.Must, must), (Occur.Should, score)])


def unit(schema: tantivy.Schema, part: Unit) -> TantivyQuery:
    """Resources that have this word, as written, by its sound, as an identifier, or by their years."""
    ways = [all_of(term(schema, field_of(token), token) for token in part.bigrams)] if part.bigrams else []
    ways += [term(schema, "text_characters", part.character)] if part.character else []
    ways += [all_of(term(schema, field, token) for token in part.pinyin) for field in SOUNDS if part.pinyin]
    ways += [all_of(term(schema, field_of(token), token) for token in name) for name in part.other_names]
    ways += [exact(schema, "identifier", [part.identifier])] if part.identifier else []
    ways += [_long_for(schema, part.short_for)] if part.short_for else []
    if part.years:
        ways.append(_begun(schema, part.years, part.vague))
    return any_of(ways)


def counted(schema: tantivy.Schema, codes: CodeBook, part: Unit, *, by_place: bool = False) -> TantivyQuery:
    """Resources that have the word, or are of what it names, but of a place only `by_place`."""
    named = named_codes(part) | ({"region": (part.region,)} if by_place and part.region else {})
    known = {facet: codes.find(facet, of_facet) for facet, of_facet in named.items()}
    ways = [exact(schema, facet, numbers) for facet, numbers in known.items() if numbers]
    if ways and "kind" in part.codes:
        # A book is what is one, and not what has 书 in its text.
        return any_of(ways)
    written = unit(schema, part)
    return any_of([written, *ways]) if ways else written


def named_codes(part: Unit) -> dict[str, tuple[str, ...]]:
    """The codes, by facet, of what a word names."""
    things = (("institution", part.institution), ("period", part.dynasty))
    return {facet: (code,) for facet, code in things if code} | part.codes


def field_of(part: str, of: str = "text") -> str:
    """Where a part of a name is looked up: a bigram or latin word, or a single character. `of` the text or the title."""
    return f"{of}_bigrams" if len(part) > 1 else f"{of}_characters"


def expression(schema: tantivy.Schema, codes: CodeBook, text: Understanding) -> TantivyQuery:
    """Resources that meet the text's expression, scored 0; everything for a plain text."""
    if text.expression is None:
        return all_of([])
    sought = dict(text.leaves)

    def compiled(part: Expression) -> TantivyQuery:
        if isinstance(part, Not):
            everything = TantivyQuery.all_query()
            return TantivyQuery.boolean_query(
                [(Occur.Must, everything), (Occur.MustNot, compiled(part.part))]
            )
        if isinstance(part, AllOf):
            return all_of(map(compiled, part.parts))
        if isinstance(part, AnyOf):
            return any_of(map(compiled, part.parts))
        if isinstance(part, Years):
            return _in_years(schema, part)
        found = sought[part]
        if found.codes:
            known = ((facet, codes.find(facet, [code])) for facet, code in found.codes)
            return any_of(exact(schema, facet, numbers) for facet, numbers in known if numbers)
        field = f"{'text' if part.field in (None, *FACET_FIELDS) else part.field}_characters"
        phrases = [phrase(schema, field, characters) for characters in found.phrases]
        written = all_of([*(counted(schema, codes, each) for each in found.units), *phrases])
        ways = [phrase(schema, field, characters) for characters in found.other_names]
        if found.spoken:
            sounds = "pinyin" if part.field == "title" else "other_pinyin"
            ways.append(all_of(term(schema, sounds, token) for token in found.spoken))
        return any_of([written, *ways]) if ways else written

    return silent(compiled(text.expression))


def phrase(schema: tantivy.Schema, field: str, characters: Sequence[str]) -> TantivyQuery:
    """These tokens of an analysed field, one behind the other."""
    if len(characters) == 1:
        return term(schema, field, characters[0])
    return TantivyQuery.phrase_query(schema, field, list(characters))


def _long_for(schema: tantivy.Schema, short: Sequence[str]) -> TantivyQuery:
    """These characters with others between them, as a long name has those of a short one: 上海电影制片厂 for 上影厂."""
    return TantivyQuery.phrase_query(schema, "text_characters", list(short), slop=_LEFT_OUT)


def made_by(schema: tantivy.Schema, makers: Iterable[Maker]) -> TantivyQuery:
    """Resources that have one of these as the whole name of somebody: as it is written, and read as a whole."""
    return any_of(
        all_of(
            [
                phrase(schema, "names_characters", maker.characters),
                term(schema, "other_pinyin", maker.reading),
            ]
        )
        for maker in makers
    )


def near(schema: tantivy.Schema, word: str, slips: int) -> Iterator[TantivyQuery]:
    """Resources with a word in a title, or a key that begins with one, at most so many slips away."""
    for field, prefix in (("title_words", False), ("completion", True)):
        yield TantivyQuery.fuzzy_term_query(schema, field, word, slips, True, prefix)


def beginning(schema: tantivy.Schema, field: str, word: str) -> TantivyQuery:
    """Resources with a word in the field that begins with this one, each scored 1."""
    return TantivyQuery.fuzzy_term_query(schema, field, word, 0, True, True)


def title(schema: tantivy.Schema, text: Understanding) -> TantivyQuery:
    """Resources with a title that has every bigram of the text, and every character that is in none of them."""
    alone = set(text.characters).difference(*text.bigrams)
    pairs = (term(schema, "title_bigrams", pair) for pair in text.bigrams)
    return all_of(
        [*pairs, *(term(schema, "title_characters", one) for one in sorted(alone - set(text.bigrams)))]
    )


def filtered(schema: tantivy.Schema, codes: CodeBook, query: TantivyQuery, wanted: Filters) -> TantivyQuery:
    """What of a query passes the filters."""
    musts = filters(schema, codes, wanted)
    return TantivyQuery.boolean_query([(Occur.Must, part) for part in (query, *musts)]) if musts else query


def filters(schema: tantivy.Schema, codes: CodeBook, wanted: Filters) -> list[TantivyQuery]:
    """A query for each filter, all of which must match; they add nothing to a score."""
    queries = [exact(schema, name, codes.find(name, values)) for name, values in wanted.values.items()]
    if wanted.work is not None:
        queries.append(exact(schema, "work", [wanted.work]))
    return [*queries, *_overlapping(schema, wanted.year_from, wanted.year_to)]


def _overlapping(schema: tantivy.Schema, start: int | None, end: int | None) -> list[TantivyQuery]:
    """What a resource's years must meet to overlap this range; None is open."""
    queries = [_years(schema, "year_to", start, None)] if start is not None else []
    return queries + ([_years(schema, "year_from", None, end)] if end is not None else [])


def _in_years(schema: tantivy.Schema, time: Years) -> TantivyQuery:
    """What overlaps the years; by the name of a time, what shares more than the year in which the next one begins."""
    start, end = time.start, time.end
    if not time.named or start == end:
        return all_of(_overlapping(schema, start, end))
    inner = _overlapping(schema, None if start is None else start + 1, None if end is None else end - 1)
    return any_of([all_of(inner), all_of(_within(schema, start, end))])


def _begun(
    schema: tantivy.Schema, years: tuple[int | None, int | None], vague: Sequence[int]
) -> TantivyQuery:
    """What began in these years; in those that are vague only what ended in these years, too."""
    begun = _years(schema, "year_from", *years)
    if not vague:
        return begun
    clear = [(Occur.MustNot, _years(schema, "year_from", year, year)) for year in vague]
    return any_of(
        [TantivyQuery.boolean_query([(Occur.Must, begun), *clear]), all_of(_within(schema, *years))]
    )


def _within(schema: tantivy.Schema, start: int | None, end: int | None) -> list[TantivyQuery]:
    """What a resource's years must meet to lie in this range; None is open."""
    queries = [_years(schema, "year_from", start, None)] if start is not None else []
    return queries + ([_years(schema, "year_to", None, end)] if end is not None else [])


def _years(schema: tantivy.Schema, field: str, least: int | None, most: int | None) -> TantivyQuery:
    """A resource's span of years overlaps the wanted one."""
    return silent(TantivyQuery.range_query(schema, field, FieldType.Integer, least, most))
