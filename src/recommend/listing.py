"""Makes the list of a request's candidates: pinned ones first, diversity, the rest of the catalogue, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from catalog.database import Database
from catalog.resources import Resource
from recommend.asked import Asked
from recommend.availability import is_within_reach
from recommend.candidates import ALIKE, BY_CONTENT, SPARE, Candidate, Finder, Pool, Source
from recommend.diversity import Choosable, diversified
from recommend.reasons import Reason, ReasonType, likeness, same_maker
from recommend.request import Context, Recommended
from search.query import FIRST, MAX_SIZE, Filters, Query
from search.results import SearchResult
from search.service import SearchService

# Pages of the catalogue that are looked through for something that is not hidden.
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """Makes one list; it holds what that one request reads."""

    database: Database
    search: SearchService
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
        # A list is never empty while something passes the filters.
        if not numbers or (len(numbers) < size and asked.request.context is Context.HOME):
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
            works = self._one_of_each_work([*self.asked.away, *pinned])
            wanted = [*pinned, *self._candidates()]
            loaded = self._loaded(wanted)
            if loaded.keys() >= {*wanted}:
                return works, loaded
            gone |= {*wanted} - loaded.keys()

    def _one_of_each_work(self, away: Sequence[int]) -> dict[int, int]:
        """Leave the best of each work in the pool, none of the work of one of `away`, and none that is in no index any more;
        returns the work of each."""
        pool = self.pool
        editions = self.finder.engine.editions([*pool.scores, *away])
        known = {editions[number].work for number in away if number in editions}
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
        if self.asked.item is not None:
            return []
        there = list(self._loaded(self.asked.curated.pinned))
        pinned = list(self.finder.of_other_works(there, self.asked.away))
        passing = self.finder.engine.passing(pinned, self.asked.request.filters) if pinned else set()
        passing -= self._struck_out(passing)
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
                number in pool.other_kinds, number in pool.near, only_new=number in only_new,
            )
            for number, resource in loaded.items()
        ]  # fmt: skip
        chosen = diversified(choosable, self.asked.request.size, finder.parameters.diversity)
        return [one.resource.number for one in chosen]

    def _filling(self, numbers: Sequence[int]) -> list[Resource]:
        """What fills the list of these up: rather what was seen than nothing, rather what was ignored, and rather what bears a
        label that was struck out, but for what is not wanted."""
        history, size = self.asked.history, self.asked.request.size
        rest = list(islice(self._rest(self.asked.hidden, [*self.asked.away, *numbers]), size - len(numbers)))
        unwanted = list(history.unwanted)
        for hidden, labels in ((history.ignored, True), ((), True), ((), False)):
            if not numbers and not rest:
                rest = list(islice(self._rest(hidden, unwanted, labels=labels), size))
        return rest

    def _rest(
        self, without: Iterable[int], away: Sequence[int], *, labels: bool = True
    ) -> Iterator[Resource]:
        """Any others that readers can have and that pass the filters, one of each work and none of the work of one of `away`; where `labels` count,
        none that bears one that the reader struck out."""
        hidden, gone = {*without, *self.asked.curated.excluded}, list(away)
        for page in self._pages():
            found = {
                item.resource.number: item.resource for item in page.items if is_within_reach(item.resource)
            }
            without_labels = self._struck_out(found) if labels else set()
            left = [n for n in found if n not in hidden and n not in without_labels]
            for number in list(self.finder.of_other_works(left, gone)):
                gone.append(number)
                yield found[number]

    def _pages(self) -> Iterator[SearchResult]:
        """What passes the filters, so many pages at most: the newest first, then everything in the order of entry."""
        query = Query(filters=self.asked.request.filters, size=MAX_SIZE)
        yield self.search.search(query)
        cursor: str | None = FIRST
        for _ in range(_MOST_PAGES):
            if cursor is not None:
                page = self.search.search(replace(query, cursor=cursor))
                yield page
                cursor = page.cursor

    def _struck_out(self, numbers: Iterable[int]) -> set[int]:
        """Which of these bear a label that the reader struck out."""
        of, engine = list(numbers), self.finder.engine
        labels = self.asked.reader.disliked
        return {n for facet, code in labels for n in engine.passing(of, Filters({facet: (code,)}))}

    def _reasons(
        self, numbers: Sequence[int], loaded: Mapping[int, Resource], pinned: set[int]
    ) -> dict[int, Reason]:
        """Why each of these is in the list."""
        asked, pool = self.asked, self.pool
        if asked.item is not None:
            loaded = {asked.item.number: asked.item, **loaded}
        led = self._led([pool.leads[n] for n in numbers if n in pool.scores])
        missing = [n for n in dict.fromkeys(led.values()) if n not in loaded]
        known = {**loaded, **self._loaded(missing)} if missing else loaded
        reasons = {}
        for number in numbers:
            because = self._of_the_same_maker(known[number]) or known.get(led.get(number, 0))
            if number in pinned:
                reasons[number] = Reason(ReasonType.CHOSEN)
            elif number not in pool.scores:
                reasons[number] = Reason(ReasonType.IN_CATALOGUE)
            else:
                reasons[number] = self._reason(known[number], because)
        return reasons

    def _led(self, candidates: Sequence[Candidate]) -> dict[int, int]:
        """By its number, for each candidate that use or content gave most, the resource that leads to it."""
        because = self.pool.because
        by_use = [one.number for one in candidates if one.source is Source.CO_USE]
        by_content = {one.number: because[one.number] for one in candidates if one.source in BY_CONTENT}
        return self.finder.led_by_use(by_use, self.asked.used) | by_content

    def _of_the_same_maker(self, resource: Resource) -> Resource | None:
        """Of a work that its maker's name brought up the resource of that maker that led to it."""
        lead = self.pool.leads.get(resource.number)
        if lead is None or lead.source is not Source.MAKER:
            return None
        return next((one for one in self.asked.leading if same_maker(one.data, resource.data)), None)

    def _loaded(self, numbers: Sequence[int]) -> dict[int, Resource]:
        """Those of these that are published and that readers can have, in their order; none is read twice."""
        found = self.pool.load(self.database, numbers)
        return {number: one for number, one in found.items() if is_within_reach(one)}

    def _reason(self, resource: Resource, because: Resource | None) -> Reason:
        asked, pool = self.asked, self.pool
        lead, label = pool.leads[resource.number], pool.liked.get(resource.number)
        if label is not None and lead.source in (Source.NEW, Source.POPULAR, Source.REST):
            return Reason(ReasonType.LIKED, group=label)
        if lead.source is Source.NEW:
            return Reason(ReasonType.NEW, group=lead.group)
        if lead.source is Source.POPULAR and resource.number in self.finder.trends.late:
            return Reason(ReasonType.POPULAR, group=lead.group)
        if because is None:
            # It was popular, and nobody used it of late; or what led to it was withdrawn since, and is not named.
            return Reason(ReasonType.IN_CATALOGUE)
        if lead.source in ALIKE:
            return likeness(resource, because, pool.declared)
        if because.number in asked.context:
            return Reason(ReasonType.TOGETHER, because)
        if because.number in asked.history.borrowed:
            return Reason(ReasonType.BORROWED, because)
        if because.number in asked.history.saved:
            return Reason(ReasonType.SAVED, because)
        is_rated = because.number in asked.history.rated and because.number not in asked.session
        return Reason(ReasonType.RATED if is_rated else ReasonType.VIEWED, because)
