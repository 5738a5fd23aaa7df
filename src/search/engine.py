"""The seam between search and its engines: an engine answers with numbers, scores and counts, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.query import Filters, Sort
from search.reading.understanding import Maker, Understanding

Vector = NDArray[np.float32]


class Hit(NamedTuple):
    """One resource by its number; a higher score is better."""

    number: int
    score: float


class Edition(NamedTuple):
    """The number of the work that a resource is an edition or a copy of, and whether readers can have it now."""

    work: int
    available: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What the keyword tier counted: `tier` names it, `dropped` the words it left out.

    `whole`: some resource, whether or not it passes the filters, has all words, and what falls into single characters stands somewhere as it is.
    `by_long_name`: a name that nothing bears is taken for a short one (上影厂), and what bears the long one is counted.
    """

    total: int
    tier: str
    dropped: tuple[str, ...]
    whole: bool
    facets: Mapping[str, Mapping[str, int]]
    by_long_name: bool = False


class Engine(Protocol):
    """One generation, open for reading. Safe to share between threads."""

    def tally(self, text: Understanding, filters: Filters, facets: Sequence[str]) -> Tally:
        """Count the tier; each facet ignores its own filter."""

    def rank(self, text: Understanding, filters: Filters, limit: int, *, loosely: bool = False) -> list[Hit]:
        """The best by keyword (BM25), never restricted to the tier; `loosely` by characters, not words or bigrams."""

    def coverage(self, text: Understanding, numbers: Sequence[int]) -> float:
        """How much of the text's characters and sounds one of these has.

        Its score by them alone, as a share of what a resource that has all of them over and over would get.
        """

    def nearest(self, vector: Vector, filters: Filters, limit: int, *, of_records: bool = False) -> list[Hit]:
        """The best by cosine to what was typed, or to the vector of a record or the mean of some (`of_records`)."""

    def cosines(self, vector: Vector, numbers: Sequence[int]) -> dict[int, float]:
        """Cosine of each of these that has a vector."""

    def ordered(self, text: Understanding, filters: Filters, sort: Sort, limit: int) -> list[Hit]:
        """The tier's resources in the order of a field; all scores are 0."""

    def in_tier(self, text: Understanding, numbers: Sequence[int]) -> set[int]:
        """Which of these belong to the tier."""

    def best_in_tier(
        self,
        text: Understanding,
        filters: Filters,
        limit: int,
        *,
        whole: bool = False,
        loosely: bool = False,
    ) -> list[Hit]:
        """The best by keyword of the tier, or of those that have all words."""

    def made_by(
        self, text: Understanding, filters: Filters, limit: int, *, loosely: bool = False
    ) -> list[Hit]:
        """The best by keyword of those that somebody made whose name is a word of the text or another name of one."""

    def works_of(self, makers: Iterable[Maker], limit: int) -> list[int]:
        """Resources that bear one of these names, in whatever role, the newest first."""

    def declaring(self, names: Iterable[Sequence[str]], numbers: Sequence[str], limit: int) -> list[int]:
        """Those that have one of these names, each given by its characters, among what they are about or part of, or one of these
        numbers; the newest first."""

    def after(self, text: Understanding, filters: Filters, number: int, limit: int) -> list[int]:
        """The tier's resources with a number above this one, in order of number."""

    def passing(self, numbers: Sequence[int], filters: Filters) -> set[int]:
        """Which of these the filters let pass."""

    def titled(
        self, keys: Sequence[str], filters: Filters, limit: int, *, makers: Sequence[Maker] | None = None
    ) -> dict[int, int]:
        """Resources one of whose titles has one of these keys: the length of each one's main title, longest first.

        With `makers`, of those that one of these made.
        """

    def called(self, keys: Sequence[str], filters: Filters, limit: int) -> set[int]:
        """Resources whose main title, with what is in brackets behind it, has one of these keys."""

    def titled_in_pinyin(self, key: str, filters: Filters, limit: int) -> set[int]:
        """Resources one of whose titles has these letters as its pinyin, or as the initials of it."""

    def title_shares(self, text: Understanding, filters: Filters, limit: int) -> dict[int, float]:
        """Of the shortest main titles that hold the text's parts the share that the text makes up, but for what is in brackets at the end."""

    def misquoted(
        self, text: Understanding, filters: Filters, limit: int, *, surely: bool
    ) -> dict[int, float]:
        """Resources that have the text but for a slip, where nothing has it just so: how sure it is that they are meant.

        Only what is meant `surely`; none where they are more than so many.
        """

    def resembling(self, characters: Sequence[str], sounds: Sequence[str], limit: int) -> list[int]:
        """Resources whose titles or names have most of these folded characters and pinyin syllables, pairs and initials."""

    def near(self, word: str, limit: int) -> list[int]:
        """Resources with a latin word in a title, or a title whose reading begins, a slip or two away from this word."""

    def named(self, begun: str, filters: Filters, readings: int, each: int) -> list[int]:
        """So many resources each of the commonest whole names that are read so, or begin to be, commonest name first."""

    def sounding(self, initials: str, filters: Filters, limit: int) -> list[int]:
        """Resources with a name, or neighbouring words of a title, of these initials."""

    def alike_titles(self, bigrams: Sequence[str], limit: int) -> list[Hit]:
        """The best by BM25 of a flat OR over titles, by their telling pairs of characters."""

    def complete(self, prefixes: Sequence[str], filters: Filters, limit: int) -> list[int]:
        """Resources with a title, or its pinyin or initials, that begins with one of these folded prefixes, of what the filters let pass.

        Titles that many records have come first, short ones among equals; of one title, two records at most.
        """

    def editions(self, numbers: Sequence[int]) -> dict[int, Edition]:
        """The work and the availability of each of these that is here."""

    def years(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The first and the last year of each of these that has a date."""

    def work_sizes(self, works: Sequence[int]) -> dict[int, int]:
        """How many resources each of these works has."""

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vector]:
        """The unit vector of each of these that has one."""
