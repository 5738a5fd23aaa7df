"""Preparing documents for the index: analysis and vectors, the costly part of a build, done without its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.documents import IndexDocument
from search.embedded import layout
from search.engine import Vector
from search.specification import Specification


@dataclass(frozen=True, slots=True)
class Prepared:
    """Documents as the writer takes them, one place a document in each list; vectors (n, dimension)."""

    numbers: list[int]
    revisions: list[int]
    fields: list[Mapping[str, Any]]
    codes: list[Mapping[str, list[str]]]
    available: list[bool]
    vectors: Vector


def prepare(specification: Specification, documents: Sequence[IndexDocument]) -> Prepared:
    """Analyse and embed documents."""
    form = layout.Layout(specification.analyzer, specification.pinyin)
    return Prepared(
        numbers=[document.number for document in documents],
        revisions=[document.revision for document in documents],
        fields=[form.fields(document) for document in documents],
        codes=[document.codes for document in documents],
        available=[document.available for document in documents],
        vectors=specification.embedding.encode([document.text for document in documents]),
    )
