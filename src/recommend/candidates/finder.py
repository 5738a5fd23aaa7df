"""Finds the candidates for a list in what was learnt, in the index, and in what is popular and new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from recommend.candidates.crowd import Crowd
from recommend.candidates.pool import BY_CONTENT, Candidate, Pool, Source
from recommend.candidates.popular import EVERYBODY, Group, Trends
from recommend.hyperparameters import BlendParameters, Hyperparameters
from recommend.learning.scoring import score, score_new, support
from recommend.learning.sparse import Numbers
from recommend.learning.table import Table
from recommend.likeness.declared import Declared
from recommend.likeness.middles import Middles
from search.embedded.engine import EmbeddedEngine
from search.engine import Hit, Vector
from search.fusion import one_of_each_work
from search.query import Filters
from search.service import SearchService

# So many of the newest uses say what a reader likes in content.
_OF_CONTENT = 5
# So many of the nearest are looked for; where fewer than so many are of other works, so many.
_NEAREST, _FEWEST, _FAR = 40, 20, 500
# So much less each use says of what a reader likes than the one after it.
_OLDER = 0.8
# What was used last is another interest than the rest of a history if its cosine to the profile of all is less. So many of
# what is nearest to it count then.
_ONE_INTEREST, _OF_THE_NEWEST = 0.75, 3
# So many resources of titles like one that have at least such a share of its score.
_OF_A_TITLE, _ALIKE_FROM = 20, 0.5
# Of so many makers so many of the newest works are looked at, and so many of them most alike count.
_MAKERS, _OF_A_MAKER, _BEST_OF_MAKERS = 6, 100, 10
# By so many of the rarest subjects, collections and classes so many are looked up, and so many of them most alike count; a class
# of fewer signs is broad.
_SUBJECTS, _DECLARING, _BEST_DECLARING, _NARROW_CLASS = 6, 200, 16, 4
_RARE = 0.25
# So many more of the nearest are looked for as are left out, at most.
_MOST_LEFT_OUT = 100
# What is left of a score that is nothing but popularity.
_ALMOST_NONE = 1e-6
# What is left of the popularity that is learnt with co-use.
_POPULAR_IN_A_LIST = 0.5
# What is left of the weight of popularity for one of whom something is known.
_POPULAR_BESIDE_A_HISTORY = 0.25


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds candidates in what one request reads: a table, None before anything was learnt, an engine, and what the crowd uses."""

    table: Table | None
    engine: EmbeddedEngine
    crowd: Crowd
    parameters: Hyperparameters
    size: int
    middles: Middles

    @property
    def trends(self) -> Trends:
        """What is popular and new."""
        return self.crowd.trends

    @property
    def each(self) -> int:
        """How many candidates a source gives at most."""
        return max(self.parameters.candidates.each, 2 * self.size)

    def from_use(
        self, history: Sequence[int], blend: BlendParameters
    ) -> tuple[list[Candidate], list[Candidate]]:
        """What those used who used this, and of the same what is popular, apart."""
        rows = self._rows(history)
        if self.table is None or not len(rows):
            return [], []
        found = score(self.table, rows, blend, popular=blend.popularity.weight > 0).best(self.each, rows)
        # What hardly anybody used both of is little more than chance, though nothing else may follow on the history.
        readers = support(self.table, rows, found.rows, self.parameters.co_use)
        use = (found.scores - found.popularity) * readers / (readers + self.parameters.candidates.few_readers)
        # Where nothing is known of what follows on a history, what is popular must not take its place.
        if use.max(initial=0.0) <= _ALMOST_NONE:
            return [], []
        numbers = self.table.numbers[found.rows].tolist()
        # In a list what follows on a history leads, though what is popular is used oftener; and what was popular long ago is not.
        popularity = _POPULAR_IN_A_LIST * found.popularity
        return (
            [
                Candidate(n, x, Source.CO_USE)
                for n, x in zip(numbers, use.tolist(), strict=True)
                if x > _ALMOST_NONE
            ],
            [
                Candidate(n, x, Source.POPULAR)
                for n, x in zip(numbers, popularity.tolist(), strict=True)
                if x > 0 and n in self.trends.used
            ],
        )

    def led(self, pool: Pool, numbers: Iterable[int], history: Sequence[int]) -> dict[int, int]:
        """By its number, for each of these candidates that use, content or a maker gave most, the resource that led to it."""
        found, by_use = dict[int, int](), list[int]()
        for number in numbers:
            source = pool.leads[number].source
            if source is Source.CO_USE:
                by_use.append(number)
            elif source in BY_CONTENT:
                found[number] = pool.likenesses[number].because
            elif source is Source.MAKER:
                found[number] = pool.by_maker_of[number]
        return found | self._led_by_use(by_use, history)

    def _led_by_use(self, numbers: Sequence[int], history: Sequence[int]) -> dict[int, int]:
        """By its number, for each of these that follows on a history, the resource of it whose users used it most."""
        rows = self._rows(history)
        if self.table is None or not numbers or not len(rows):
            return {}
        weights = self.table.weights(rows, self._rows(numbers))
        strongest = self.table.numbers[rows[np.argmax(weights, axis=0)]].tolist()
        follows = weights.max(axis=0) > 0
        return {n: lead for n, lead, is_led in zip(numbers, strongest, follows, strict=True) if is_led}

    def profile(self, interests: Sequence[Sequence[int]]) -> Vector | None:
        """The direction of what the newest of a history say, the newer the more, each with what belongs to it; None where none has a
        vector."""
        newest = interests[:_OF_CONTENT]
        vectors = self.middles.freed(self.engine, [number for one in newest for number in one])
        directions = [_direction([vectors[number] for number in one if number in vectors]) for one in newest]
        of_each = enumerate(directions)
        return _direction(
            [vector * np.float32(_OLDER**place) for place, vector in of_each if vector is not None]
        )

    def strands(self, interests: Sequence[Sequence[int]]) -> dict[int, int]:
        """By its number, for each of these things and what belongs to it, the first of them that is of the same interest: nearer than two
        are by chance. What has no vector is an interest of its own."""
        chance, firsts, strand_of = self.middles.chance, dict[int, Vector | None](), dict[int, int]()
        for one in interests:
            vector = self.profile([one])
            near = (
                number
                for number, first in firsts.items()
                if vector is not None and first is not None and float(vector @ first) >= chance
            )
            strand = next(near, one[0])
            firsts.setdefault(strand, vector)
            strand_of |= dict.fromkeys(one, strand)
        return strand_of

    def alike(self, profile: Vector | None, away: Collection[int], filters: Filters) -> list[Hit]:
        """What is nearest to a profile, by cosine, best first, one of each work and none of the works `away`."""
        if profile is None:
            return []
        others: list[Hit] = []
        # All that is near may be editions of what was used.
        for wanted in (_NEAREST + min(len(away), _MOST_LEFT_OUT), _FAR):
            hits = self.engine.nearest(profile, filters, wanted, of_records=True)
            kept = {*self.of_other_works([hit.number for hit in hits], away)}
            others = [hit for hit in hits if hit.number in kept]
            if len(others) >= _FEWEST or len(hits) < wanted:
                break
        return others[:_NEAREST]

    def from_content(self, alike: Sequence[Hit], most: float) -> Iterator[Candidate]:
        """What is alike, as shares of the likeness `most`: how near things lie to one another differs from embedding to
        embedding."""
        weight = self.parameters.candidates.content / most if most > 0 else 0.0
        for hit in alike:
            yield Candidate(hit.number, weight * max(0.0, hit.score), Source.CONTENT)

    def like_newest(
        self, interests: Sequence[Sequence[int]], profile: Vector | None, alike: Sequence[Hit]
    ) -> list[Hit]:
        """What is nearest to what was used last, if that is another interest than the rest of a history; without it.

        Of what is `alike` to all, if something there is as near to it as to all: another look-up takes its time.
        """
        vector = self.profile(interests[:1])
        if vector is None or profile is None or float(vector @ profile) >= _ONE_INTEREST:
            return []
        likeness = self.engine.cosines(vector, [hit.number for hit in alike])
        hits = sorted(map(Hit, likeness, likeness.values()), key=lambda hit: (-hit.score, hit.number))
        if not hits or hits[0].score < alike[0].score:
            used = {number for one in interests for number in one}
            found = self.engine.nearest(vector, Filters(), _OF_THE_NEWEST + len(used), of_records=True)
            hits = [hit for hit in found if hit.number not in used]
        return [hit for hit in hits[:_OF_THE_NEWEST] if hit.score > self.middles.chance]

    def of_title(self, search: SearchService, title: str) -> Iterator[Candidate]:
        """What bears the same title or one like it, whatever kind it is of."""
        hits = search.alike_titles(self.engine, title, _OF_A_TITLE)
        best = max((hit.score for hit in hits), default=0.0)
        for hit in hits:
            if hit.score >= _ALIKE_FROM * best:
                yield Candidate(hit.number, self.parameters.candidates.title * hit.score / best, Source.TITLE)

    def works(self, numbers: Sequence[int]) -> set[int]:
        """The works that these are editions of."""
        return {edition.work for edition in self.engine.editions(numbers).values()} if numbers else set()

    def of_other_works(self, numbers: Sequence[int], away: Collection[int]) -> Iterator[int]:
        """Of these the first of each work, none of the works `away`."""
        return one_of_each_work(numbers, self.engine.editions(numbers), away)

    def of_makers(
        self, search: SearchService, makers: Collection[str], profile: Vector | None, away: Collection[int]
    ) -> Iterator[Candidate]:
        """Of what bears these names those most like a profile, one of each work and none of the works `away`."""
        numbers = _bearing_names(search, self.engine, sorted(makers)[:_MAKERS])
        for hit in self._most_alike(numbers, profile, away, _BEST_OF_MAKERS):
            yield Candidate(hit.number, self.parameters.candidates.maker, Source.MAKER)

    def declaring(
        self,
        search: SearchService,
        leading: Iterable[Declared],
        profile: Vector | None,
        away: Collection[int],
    ) -> list[Hit]:
        """What declares a rare subject, a class or a collection that one of these does, those most like a profile: however far it
        is from what is nearest."""
        told = [*leading]
        subjects = {name: of.rarity(name) for of in told for name in of.subjects}
        rare = (name for name, rarity in subjects.items() if rarity >= _RARE)
        rarest = sorted(rare, key=lambda name: (-subjects[name], name))[:_SUBJECTS]
        names = sorted({name for of in told for name in of.collections})[:_SUBJECTS]
        classes = sorted({number for of in told for number in of.classes if len(number) >= _NARROW_CLASS})
        wanted = dict.fromkeys([*names, *rarest]), classes[:_SUBJECTS]
        numbers = search.declaring(self.engine, *wanted, _DECLARING) if any(wanted) else []
        return self._most_alike(numbers, profile, away, _BEST_DECLARING)

    def _most_alike(
        self, numbers: Sequence[int], profile: Vector | None, away: Collection[int], count: int
    ) -> list[Hit]:
        """So many of these most like a profile, each with its cosine, one of each work and none of the works `away`."""
        if not numbers:
            return []
        likeness = self.engine.cosines(profile, numbers) if profile is not None else {}
        ordered = sorted(numbers, key=lambda number: -likeness.get(number, 0.0))
        return [
            Hit(number, likeness.get(number, 0.0))
            for number in islice(self.of_other_works(ordered, away), count)
        ]

    def new(
        self, history: Sequence[int], groups: tuple[Group, ...], profile: Vector | None
    ) -> Iterator[Candidate]:
        """What was entered last: the newest of these groups, and what inherited from a history; by that and by likeness.

        What is not new among them is as good as the rest of the catalogue.
        """
        rows = self._rows(history)
        group_of = dict(self.crowd.newest(groups))
        if self.table is not None and len(rows):
            heirs, _ = self.table.inherited(rows)
            for number in self.table.numbers[heirs].tolist():
                group_of.setdefault(number, EVERYBODY)
        ranked = self._by_likeness(list(group_of), profile, rows)
        for rank, number in enumerate(ranked):
            points = self.parameters.candidates.new * (1 - rank / (2 * len(ranked)))
            source = Source.NEW if number in self.trends.new else Source.REST
            yield Candidate(number, points, source, group=group_of[number])

    def popular(self, groups: tuple[Group, ...], known: int) -> tuple[Candidate, ...]:
        """What is popular in these groups, the nearest first; it counts less where something is known of the reader."""
        weight = self.parameters.candidates.popular * (_POPULAR_BESIDE_A_HISTORY if known else 1.0)
        return self.crowd.popular(groups, weight, self.each)

    def often_used(self, numbers: Sequence[int]) -> set[int]:
        """Which of these many used, beside the most used."""
        if self.table is None or not len(self.table.popular):
            return set()
        rows = self._rows(numbers)
        most = float(self.table.subjects[self.table.popular[0]])
        often = rows[self.table.subjects[rows] >= self.parameters.diversity.seldom_below * most]
        return set(self.table.numbers[often].tolist())

    def away_from(self, unwanted: Collection[int], numbers: Collection[int]) -> dict[int, float]:
        """The share of their scores that is left to what is like what a reader does not want."""
        profile = _direction(list(self.engine.vectors(list(unwanted)).values()))
        if profile is None:
            return {}
        # One may have been unwanted for itself; several are unwanted for what they have in common.
        certain = 1 - 0.5 ** len(unwanted)
        cosines = self.engine.cosines(profile, list(numbers))
        return {number: 1 - certain * max(0.0, cosine) for number, cosine in cosines.items()}

    def _by_likeness(self, numbers: list[int], profile: Vector | None, rows: Numbers) -> list[int]:
        """New resources, best first for this history; in their order where nothing is known of it."""
        if profile is None or not numbers:
            return numbers
        likeness_of = self.engine.cosines(profile, numbers)
        numbers = sorted(likeness_of)
        likeness = np.array([likeness_of[number] for number in numbers], dtype=np.float32)
        if self.table is None or not len(rows):
            return [numbers[place] for place in np.argsort(-likeness, kind="stable")]
        scores = self.table.likeness * likeness
        there = np.isin(numbers, self.table.numbers[self._rows(numbers)])
        scores[there] = score_new(self.table, rows, self._rows(numbers), likeness[there]).scores
        return [numbers[place] for place in np.argsort(-scores, kind="stable")]

    def _rows(self, numbers: Sequence[int]) -> Numbers:
        if self.table is None:
            return np.zeros(0, dtype=np.int64)
        return self.table.rows(np.asarray(numbers, dtype=np.int64))


def _bearing_names(search: SearchService, engine: EmbeddedEngine, names: Sequence[str]) -> list[int]:
    """What bears one of these names, of each the newest so many."""
    most = _OF_A_MAKER * len(names)
    found = search.works_of(engine, names, most) if names else []
    if len(found) < most:
        return found
    # One of them has more than all others may have.
    return list(dict.fromkeys(n for name in names for n in search.works_of(engine, [name], _OF_A_MAKER)))


def _direction(vectors: Sequence[Vector]) -> Vector | None:
    """The unit vector of a sum; None of nothing."""
    summed = np.sum(vectors, axis=0) if vectors else np.zeros(1)
    length = float(np.linalg.norm(summed))
    return np.asarray(summed / length, dtype=np.float32) if length else None
