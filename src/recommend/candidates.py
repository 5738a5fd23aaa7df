"""Candidates for a list: where each comes from, its score there, and which resource led to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from recommend.hyperparameters import BlendParameters, Hyperparameters
from recommend.popular import EVERYBODY, Group, Trends
from recommend.scoring import score, score_new
from recommend.sparse import Numbers
from recommend.table import Table
from search.embedded.engine import EmbeddedEngine
from search.query import Filters

# So many of the newest uses say what a reader likes in content.
_OF_CONTENT = 5
_NEAREST = 60


class Source(StrEnum):
    """Where a candidate comes from."""

    CO_USE = "co_use"
    CONTENT = "content"
    NEW = "new"
    POPULAR = "popular"
    PINNED = "pinned"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`because` is the number of the resource that led to it; `group` the one that it is popular or new in."""

    number: int
    score: float
    source: Source
    because: int | None = None
    group: Group = EVERYBODY


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds candidates in what one request reads: a table, None before anything was learnt, an engine and trends."""

    table: Table | None
    engine: EmbeddedEngine
    trends: Trends
    parameters: Hyperparameters

    def from_use(self, history: Sequence[int], blend: BlendParameters) -> Iterator[Candidate]:
        """What those used who used this, best first."""
        rows = self._rows(history)
        if self.table is None or not len(rows):
            return
        found = score(self.table, rows, blend).best(self.parameters.candidates.each, rows)
        best = float(found.scores[0]) if len(found.scores) else 0.0
        parts = zip(found.rows.tolist(), found.scores.tolist(), found.popularity.tolist(), strict=True)
        for row, points, popularity in parts:
            if popularity > 0:
                yield Candidate(self._number(row), popularity / best, Source.POPULAR)
            source = self._strongest(rows, row)
            if source is not None and points > popularity:
                yield Candidate(
                    self._number(row), (points - popularity) / best, Source.CO_USE, self._number(source)
                )

    def from_content(self, history: Sequence[int], filters: Filters) -> Iterator[Candidate]:
        """What is nearest to the newest of a history by vector."""
        recent = list(history[:_OF_CONTENT])
        vectors = self.engine.vectors(recent)
        known = [number for number in recent if number in vectors]
        if not known:
            return
        mine = np.stack([vectors[number] for number in known])
        profile = mine.mean(axis=0)
        length = float(np.linalg.norm(profile))
        if not length:
            return
        hits = self.engine.nearest(np.asarray(profile / length, dtype=np.float32), filters, _NEAREST)
        theirs = self.engine.vectors([hit.number for hit in hits]) if len(known) > 1 else {}
        weight = self.parameters.candidates.content
        for hit in hits:
            place = int(np.argmax(mine @ theirs[hit.number])) if hit.number in theirs else 0
            yield Candidate(hit.number, weight * max(0.0, hit.score), Source.CONTENT, known[place])

    def new(self, history: Sequence[int], groups: Sequence[Group]) -> Iterator[Candidate]:
        """What is new, by what it inherited and by likeness for a known history, else the newest first."""
        weight = self.parameters.candidates.new
        for group in groups:
            numbers = self.trends.new.get(group, ())
            scores = self._scores_of_new(numbers, history)
            order = sorted(range(len(numbers)), key=lambda place: (-scores[place], place))
            for rank, place in enumerate(order[: self.parameters.candidates.each]):
                points = weight * (1 - rank / (2 * len(order)))
                yield Candidate(numbers[place], points, Source.NEW, group=group)

    def popular(self, groups: Sequence[Group]) -> Iterator[Candidate]:
        """What is popular in these groups."""
        for group in groups:
            for number, points in self.trends.popular.get(group, {}).items():
                yield Candidate(
                    number, self.parameters.candidates.popular * points, Source.POPULAR, group=group
                )

    def is_seldom(self, number: int) -> bool:
        """Whether few used it, beside the most used."""
        if self.table is None or not len(self.table.popular):
            return True
        rows = self._rows([number])
        most = float(self.table.subjects[self.table.popular[0]])
        used = float(self.table.subjects[rows[0]]) if len(rows) else 0.0
        return used < self.parameters.diversity.seldom_below * most

    def _scores_of_new(self, numbers: Sequence[int], history: Sequence[int]) -> list[float]:
        recent = list(history[:_OF_CONTENT])
        vectors = self.engine.vectors([*numbers, *recent]) if recent else {}
        known = [vectors[number] for number in recent if number in vectors]
        if not known:
            return [0.0] * len(numbers)
        profile = np.sum(known, axis=0)
        likeness = [float(vectors[n] @ profile) if n in vectors else 0.0 for n in numbers]
        rows = self._rows(history)
        if self.table is None or not len(rows):
            return likeness
        ascending = np.argsort(np.asarray(numbers))
        places = self.table.rows(np.asarray(numbers)[ascending])
        if len(places) < len(numbers):
            return likeness
        values = np.asarray(likeness, dtype=np.float32)[ascending]
        scores = np.zeros(len(numbers))
        scores[ascending] = score_new(self.table, rows, places, values).scores
        return [float(points) for points in scores]

    def _strongest(self, rows: Numbers, entry: int) -> int | None:
        """The row of the history that leads to an entry; None where none does and it is popular only."""
        if self.table is None:
            return None
        sections = self.table.sections
        weights = np.maximum(sections["regression"].weight(rows, entry), 0) + sections["together"].weight(
            rows, entry
        )
        return int(rows[int(np.argmax(weights))]) if weights.max(initial=0.0) > 0 else None

    def _rows(self, numbers: Sequence[int]) -> Numbers:
        if self.table is None:
            return np.zeros(0, dtype=np.int64)
        return self.table.rows(np.asarray(numbers, dtype=np.int64))

    def _number(self, row: int) -> int:
        assert self.table is not None  # noqa: S101  # only rows of a table have a number
        return int(self.table.numbers[row])
