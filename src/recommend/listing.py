"""Makes the list of a request's candidates: pinned ones first, diversity, the rest of the catalogue, and the reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from catalog.database import Database
from catalog.resources import Resource
from recommend.asked import Asked
from recommend.availability import is_within_reach
from recommend.candidates.finder import Finder
from recommend.candidates.pool import BY_CONTENT, SPARE, Pool, Source
from recommend.candidates.rest import Rest
from recommend.diversity import Choosable, diversified
from recommend.labels import bearing, borne
from recommend.readers import Label
from recommend.reasons import Reason, ReasonType, liked, likeness
from recommend.request import Context, Recommended
from search.query import Filters

# The sources of what the reader's own likes may have brought up.
_OF_THE_CROWD = (Source.NEW, Source.POPULAR, Source.REST)


@dataclass(frozen=True, slots=True)
class Listing:
    """Makes one list; it holds what that one request reads."""

    database: Database
    finder: Finder
    asked: Asked
    pool: Pool
    kinds: Sequence[str]

    def made(self) -> list[Recommended]:
        """The list: pinned ones first, then the best, diversified; the rest of the catalogue where those are too few."""
        asked, pool, size = self.asked, self.pool, self.asked.request.size
        pinned = self._pinned()
        works, loaded = self._within_reach(pinned)
        others = {n: one for n, one in loaded.items() if n in works}
        loaded |= asked.newest
        numbers = [*pinned, *(self._diverse(others, works) if others else [])][:size]
        # Beside a resource stands what belongs to it; but a list is never empty while something passes the filters.
        is_short = not numbers or (len(numbers) < size and asked.request.context is not Context.ITEM)
        if is_short and asked.request.filled:
            rest = self._filling(numbers)
            loaded |= {resource.number: resource for resource in rest}
            numbers += [resource.number for resource in rest]
        reasons = self._reasons(numbers, loaded, set(pinned))
        return [Recommended(loaded[n], pool.scores.get(n, 0.0), reasons[n]) for n in numbers]

    def _within_reach(self, pinned: Sequence[int]) -> tuple[dict[int, int], dict[int, Resource]]:
        """The work of each candidate, and the best of them, loaded, with what is pinned: what readers cannot have leaves its place
        to another edition or the next best."""
        scores, gone = self.pool.scores, set[int]()
        while True:
            self.pool.scores = {number: points for number, points in scores.items() if number not in gone}
            works = self._one_of_each_work(pinned)
            wanted = [*pinned, *self._candidates()]
            loaded = self._loaded(wanted)
            if loaded.keys() >= {*wanted}:
                return works, loaded
            gone |= {*wanted} - loaded.keys()

    def _one_of_each_work(self, pinned: Sequence[int]) -> dict[int, int]:
        """Leave the best of each work in the pool, none of a work that is pinned or not to be shown, and none that is in no index any
        more; returns the work of each."""
        pool = self.pool
        editions = self.finder.engine.editions([*pool.scores, *pinned])
        known = {*pool.away, *(editions[number].work for number in pinned if number in editions)}
        works: dict[int, int] = {}
        for number in pool.best(len(pool.scores)):
            if number in editions and (work := editions[number].work) not in known:
                known.add(work)
                works[number] = work
        pool.drop(pool.scores.keys() - works.keys())
        return works

    def _candidates(self) -> list[int]:
        """The best of the pool, more than are wanted, and of each kind some more, however far behind."""
        pool, size = self.pool, self.asked.request.size
        only_new = pool.only_new()
        numbers = pool.best(size + SPARE, pool.scores.keys() - only_new)
        # What is new has its places, however far behind it is, and the rest where there is nothing else.
        new = size // self.finder.parameters.diversity.new_every + 1
        numbers += pool.best(max(new, size + SPARE - len(numbers)), only_new)
        numbers += pool.best(size // self.finder.parameters.diversity.near_every + 1, pool.near)
        # Each of several interests has a place, however far behind the best that follows on it is.
        for strand in sorted({*pool.strands.values()}):
            numbers += pool.best(1, {number for number, of in pool.strands.items() if of == strand})
        kinds = self.asked.request.filters.values.get("kind") or self.kinds
        # Other kinds than its own have places beside a resource.
        among = pool.scores.keys() if self.asked.item is None else pool.other_kinds & pool.scores.keys()
        left = sorted(among - {*numbers})
        for kind in kinds if len(kinds) > 1 else ():
            of_kind = self.finder.engine.passing(left, Filters({"kind": (kind,)}))
            numbers += pool.best(size // len(kinds) + 1, of_kind)
        return numbers

    def _pinned(self) -> list[int]:
        """What curators pinned, as far as readers can have it, it passes the filters, bears no label that the reader struck out, and is of no work
        that was used or is unwanted. Beside a resource stands what belongs to it, whatever was pinned."""
        if self.asked.item is not None or not self.asked.curated.pinned:
            return []
        there = list(self._loaded(self.asked.curated.pinned))
        pinned = list(self.finder.of_other_works(there, self.pool.away))
        passing = self.finder.engine.passing(pinned, self.asked.request.filters) if pinned else set()
        passing -= bearing(self.finder.engine, passing, self.asked.reader.disliked)
        return [n for n in pinned if n in passing][: self.asked.request.size]

    def _diverse(self, loaded: Mapping[int, Resource], works: Mapping[int, int]) -> list[int]:
        """The best of these candidates, diversified."""
        pool, finder = self.pool, self.finder
        often = finder.often_used(list(loaded))
        only_new = pool.only_new()
        choosable = [
            Choosable(
                resource, pool.scores[number], works[number],
                number in pool.new, number not in often,
                number in pool.other_kinds, number in pool.near, number in only_new, pool.strands.get(number),
            )
            for number, resource in loaded.items()
        ]  # fmt: skip
        chosen = diversified(choosable, self.asked.request.size, finder.parameters.diversity)
        return [one.resource.number for one in chosen]

    def _filling(self, numbers: Sequence[int]) -> list[Resource]:
        """What fills the list of these up: what is popular anyway, then the rest of the catalogue. Rather what was seen than nothing,
        and rather what was ignored, but nothing that is not wanted or bears a label that was struck out."""
        asked, size = self.asked, self.asked.request.size
        rest = Rest(self.finder.engine, asked.request.filters, asked.reader.disliked, self.kinds)
        shown = self.pool.away | self.finder.works(numbers)
        pages = chain([list(self.pool.fillers)], rest.pages())
        found = self._of_rest(pages, asked.hidden, shown, size - len(numbers))
        unwanted = self.finder.works(list(asked.history.unwanted))
        for hidden in (asked.history.ignored, frozenset[int]()):
            if not numbers and not found:
                found = self._of_rest(rest.pages(), hidden | asked.history.unwanted, unwanted, size)
        return found

    def _of_rest(
        self, pages: Iterable[Sequence[int]], hidden: Collection[int], away: Collection[int], wanted: int
    ) -> list[Resource]:
        """So many of these pages at most that readers can have and that are not hidden, one of each work and none of the works `away`."""
        found, works = list[Resource](), {*away}
        without = {*hidden, *self.asked.curated.excluded}
        for page in pages:
            left = [number for number in page if number not in without]
            editions = self.finder.engine.editions(left)
            left = [number for number in left if number in editions and editions[number].work not in works]
            for start in range(0, len(left), wanted + SPARE):
                for number, resource in self._loaded(left[start : start + wanted + SPARE]).items():
                    if editions[number].work not in works:
                        works.add(editions[number].work)
                        found.append(resource)
                    if len(found) == wanted:
                        return found
        return found

    def _reasons(
        self, numbers: Sequence[int], loaded: Mapping[int, Resource], pinned: set[int]
    ) -> dict[int, Reason]:
        """Why each of these is in the list."""
        asked, pool = self.asked, self.pool
        if asked.item is not None:
            loaded = {asked.item.number: asked.item, **loaded}
        led = self.finder.led(pool, [n for n in numbers if n in pool.scores], asked.leads)
        named = dict.fromkeys(asked.collection_of.get(lead, lead) for lead in led.values())
        missing = [number for number in named if number not in loaded]
        known = {**loaded, **self._loaded(missing)} if missing else loaded
        labels = self._labels(numbers)
        reasons = {}
        for number in numbers:
            lead = led.get(number, 0)
            because = known.get(asked.collection_of.get(lead, lead))
            if number in pinned:
                reasons[number] = Reason(ReasonType.CHOSEN)
            elif number not in pool.scores:
                reasons[number] = self._reason_of_the_rest(number)
            else:
                reasons[number] = self._reason(known[number], because, labels.get(number))
        return reasons

    def _labels(self, numbers: Sequence[int]) -> dict[int, Label]:
        """By its number, for each of these that nothing of a history brought up, the label that it bears and that the reader likes."""
        pool = self.pool
        brought_up = [n for n in numbers if n in pool.liked and pool.leads[n].source in _OF_THE_CROWD]
        return borne(self.finder.engine, brought_up, self.asked.reader.liked)

    def _loaded(self, numbers: Sequence[int]) -> dict[int, Resource]:
        """Those of these that are published and that readers can have, in their order; none is read twice."""
        found = self.pool.load(self.database, numbers)
        return {number: one for number, one in found.items() if is_within_reach(one)}

    def _reason(self, resource: Resource, because: Resource | None, label: Label | None) -> Reason:
        pool, lead = self.pool, self.pool.leads[resource.number]
        if label is not None:
            return liked(label, pool.declared(resource))
        if lead.source is Source.NEW:
            return Reason(ReasonType.NEW, group=lead.group)
        if lead.source is Source.POPULAR and resource.number in self.finder.trends.late:
            return Reason(ReasonType.POPULAR, group=lead.group)
        if because is None:
            # It was popular, and nobody used it of late; or what led to it was withdrawn since, and is not named.
            return Reason(ReasonType.IN_CATALOGUE)
        known = pool.likenesses.get(resource.number)
        is_by_a_member = known is not None and known.because in self.asked.collection_of
        if lead.source is Source.MAKER or (lead.source in BY_CONTENT and not is_by_a_member):
            is_near = known is not None and known.is_near
            return likeness(resource, because, pool.declared, is_near=is_near)
        return self._reason_of_use(because)

    def _reason_of_the_rest(self, number: int) -> Reason:
        """Of what fills the list up: that it is popular of late, where it is."""
        filler = self.pool.fillers.get(number)
        if filler is not None and number in self.finder.trends.late:
            return Reason(ReasonType.POPULAR, group=filler.group)
        return Reason(ReasonType.IN_CATALOGUE)

    def _reason_of_use(self, because: Resource) -> Reason:
        """What readers did with both, or this one with what led to it."""
        asked = self.asked
        if because.number in asked.context:
            return Reason(ReasonType.TOGETHER, because)
        if because.number in asked.history.borrowed:
            return Reason(ReasonType.BORROWED, because)
        if because.number in asked.history.saved:
            return Reason(ReasonType.SAVED, because)
        is_rated = because.number in asked.history.rated and because.number not in asked.session
        return Reason(ReasonType.RATED if is_rated else ReasonType.VIEWED, because)
