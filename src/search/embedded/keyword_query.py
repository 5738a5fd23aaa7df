"""Tantivy queries for what was understood: built term by term, never by its query parser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TantivyQuery

from search.embedded.codes import CodeBook
from search.query import Filters
from search.understanding import Unit

Clause = tuple[Occur, TantivyQuery]


def term(schema: tantivy.Schema, field: str, token: str) -> TantivyQuery:
    """One token of an analysed field, scored by BM25."""
    return TantivyQuery.term_query(schema, field, token, index_option="freq")


def exact(schema: tantivy.Schema, field: str, values: Sequence[object]) -> TantivyQuery:
    """Any of these values, scored 0."""
    return silent(TantivyQuery.term_set_query(schema, field, list(values)))


def silent(query: TantivyQuery) -> TantivyQuery:
    """The same matches with a score of 0."""
    return TantivyQuery.const_score_query(query, 0.0)


def all_of(queries: Iterable[TantivyQuery]) -> TantivyQuery:
    """Every one must match; no query at all matches everything."""
    clauses: list[Clause] = [(Occur.Must, query) for query in queries]
    return TantivyQuery.boolean_query(clauses) if clauses else silent(TantivyQuery.all_query())


def any_of(queries: Iterable[TantivyQuery]) -> TantivyQuery:
    """At least one must match; no query at all matches nothing."""
    clauses: list[Clause] = [(Occur.Should, query) for query in queries]
    return TantivyQuery.boolean_query(clauses) if clauses else TantivyQuery.empty_query()


def unit(schema: tantivy.Schema, part: Unit) -> TantivyQuery:
    """Resources that have this word, as written or by its sound."""
    ways = [all_of(term(schema, "text_bigrams", token) for token in part.bigrams)] if part.bigrams else []
    ways += [term(schema, "text_characters", part.character)] if part.character else []
    ways += [all_of(term(schema, "pinyin", token) for token in part.pinyin)] if part.pinyin else []
    return any_of(ways)


def filters(schema: tantivy.Schema, codes: CodeBook, wanted: Filters) -> list[TantivyQuery]:
    """A query for each filter, all of which must match; they add nothing to a score."""
    queries = [exact(schema, name, codes.find(name, values)) for name, values in wanted.values.items()]
    if wanted.year_from is not None:
        queries.append(_years(schema, "year_to", wanted.year_from, None))
    if wanted.year_to is not None:
        queries.append(_years(schema, "year_from", None, wanted.year_to))
    return queries


def _years(schema: tantivy.Schema, field: str, least: int | None, most: int | None) -> TantivyQuery:
    """A resource's span of years overlaps the wanted one."""
    return silent(TantivyQuery.range_query(schema, field, FieldType.Integer, least, most))
