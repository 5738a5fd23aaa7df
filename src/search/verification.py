"""Compares a generation with the system of record, by id and revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog import resources
from search.embedded.engine import EmbeddedEngine


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers that one side lacks, or has at another revision."""

    documents: int
    missing: list[int]
    extra: list[int]
    outdated: list[int]

    @property
    def sound(self) -> bool:
        """Index and database agree."""
        return not (self.missing or self.extra or self.outdated)


def verify(session: Session, engine: EmbeddedEngine) -> Comparison:
    """Compare what is published with what the keyword and the vector index hold."""
    published = dict(resources.published_revisions(session))
    keyword, vector = engine.revisions()
    found = [_compare(published, held) for held in (keyword, vector)]
    return Comparison(
        len(published),
        missing=sorted({n for c in found for n in c.missing}),
        extra=sorted({n for c in found for n in c.extra}),
        outdated=sorted({n for c in found for n in c.outdated}),
    )


def _compare(published: Mapping[int, int], held: Mapping[int, int]) -> Comparison:
    shared = published.keys() & held.keys()
    return Comparison(
        len(published),
        missing=list(published.keys() - held.keys()),
        extra=list(held.keys() - published.keys()),
        outdated=[number for number in shared if published[number] != held[number]],
    )
