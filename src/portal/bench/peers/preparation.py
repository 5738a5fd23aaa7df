"""The catalogue and the queries as peers are handed them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from catalog import institutions, resources
from portal.bench.peers.base import Asked, Records
from portal.bench.synthetic import FACETS
from portal.services import Services
from search.documents import DocumentMaker
from search.query import Query
from search.specification import Specification

_BLOCK = 1000


def records_of(services: Services) -> Records:
    """Everything that is published, cut into words and embedded; about 2 kB of memory a record."""
    specification = services.specification
    with services.database.read() as session:
        known = {i.code: i for i in institutions.all_institutions(session)}
        highest = resources.highest_number(session)
    maker = DocumentMaker(specification.schemas, known)
    numbers, words, codes, vectors = [], [], [], []
    for after in range(0, highest, _BLOCK):
        with services.database.read() as session:
            found = resources.published(session, after_number=after, up_to=after + _BLOCK)
        documents = [maker.make(resource) for resource in found]
        numbers += [document.number for document in documents]
        words += [_words(specification, document.text) for document in documents]
        codes += [tuple(_first(document.codes.get(f)) for f in FACETS) for document in documents]
        vectors.append(specification.embedding.encode([document.text for document in documents]))
    return Records(numbers, words, codes, np.concatenate(vectors))


def asked_of(specification: Specification, queries: Sequence[Query]) -> list[Asked]:
    """Our own queries: their words, which a text does not have twice, their vectors and their filter."""
    analyzer = specification.analyzer
    vectors = [specification.embedding.encode_query(query.text) for query in queries]
    return [
        Asked(
            words=tuple(dict.fromkeys(analyzer.content_words(analyzer.fold(query.text)))),
            vector=vector,
            kind=_first(query.filters.values.get("kind")) or None,
        )
        for query, vector in zip(queries, vectors, strict=True)
    ]


def _words(specification: Specification, text: str) -> str:
    return " ".join(specification.analyzer.words(specification.analyzer.fold(text)))


def _first(codes: Sequence[str] | None) -> str:
    return codes[0] if codes else ""
