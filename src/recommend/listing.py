"""Makes the list of a request's candidates: pinned ones first, diversity, the rest of the catalogue, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog import resources
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.asked import Asked
from recommend.candidates import SPARE, Finder, Pool, Source
from recommend.diversity import Choosable, diversified
from recommend.reasons import Reason, ReasonType, likeness
from recommend.request import Context, Recommended
from search.fusion import one_of_each_work
from search.query import MAX_SIZE, Filters, Query
from search.service import SearchService

# So many of the newest uses.
_LEADING = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """Makes one list; it holds what that one request reads."""

    session: Session
    search: SearchService
    finder: Finder
    asked: Asked
    pool: Pool
    kinds: Sequence[str]

    def made(self) -> list[Recommended]:
        """The list: pinned ones first, then the best, diversified; the rest of the catalogue where those are too few."""
        asked, pool, size = self.asked, self.pool, self.asked.request.size
        pinned = self._pinned()
        candidates = self._candidates()
        # What leads to most of the list is loaded with it: a second look-up costs half as much as all of the first.
        loaded = self._loaded([*pinned, *candidates, *asked.used[:_LEADING]])
        pinned = [n for n in pinned if n in loaded]
        others = {n: loaded[n] for n in candidates if n in loaded and n not in pinned}
        numbers = [*pinned, *(self._diverse(others, [*asked.away, *pinned]) if others else [])][:size]
        if len(numbers) < size and asked.request.context is Context.HOME:
            rest = self._filling(numbers)
            loaded |= {resource.number: resource for resource in rest}
            numbers += [resource.number for resource in rest]
        reasons = self._reasons(numbers, loaded, set(pinned))
        return [Recommended(loaded[n], pool.scores.get(n, 0.0), reasons[n]) for n in numbers]

    def _candidates(self) -> list[int]:
        """The best of the pool, more than are wanted, and of each kind some more, however far behind."""
        pool, size = self.pool, self.asked.request.size
        numbers = pool.best(size + SPARE)
        kinds = self.asked.request.filters.values.get("kind") or self.kinds
        # Other kinds than its own have places beside a resource.
        among = pool.scores.keys() if self.asked.item is None else pool.other_kinds
        left = sorted(among - {*numbers})
        for kind in kinds if len(kinds) > 1 else ():
            of_kind = self.finder.engine.passing(left, Filters({"kind": (kind,)}))
            numbers += pool.best(size // len(kinds) + 1, of_kind)
        return numbers

    def _pinned(self) -> list[int]:
        """What curators pinned, as far as it passes the filters and is of no work that was used or is unwanted."""
        pinned = self._of_other_works(self.asked.curated.pinned, self.asked.away)
        passing = self.finder.engine.passing(pinned, self.asked.request.filters) if pinned else set()
        return [n for n in pinned if n in passing][: self.asked.request.size]

    def _diverse(self, loaded: Mapping[int, Resource], away: Sequence[int]) -> list[int]:
        """The best of these candidates, diversified, none of the work of one of `away`."""
        asked, pool, finder = self.asked, self.pool, self.finder
        editions = finder.engine.editions([*loaded, *away])
        known = {editions[number].work for number in away if number in editions}
        often = finder.often_used(list(loaded))
        choosable = [
            Choosable(
                resource, pool.scores[number], editions[number].work,
                pool.leads[number].source is Source.NEW, number not in often,
                asked.item is not None and resource.kind != asked.item.kind,
            )
            for number, resource in loaded.items()
            if number in editions and editions[number].work not in known
        ]  # fmt: skip
        chosen = diversified(choosable, asked.request.size, finder.parameters.diversity)
        return [one.resource.number for one in chosen]

    def _filling(self, numbers: Sequence[int]) -> list[Resource]:
        """What fills the list of these up: rather what was seen than nothing, and rather what was ignored, but for what is
        not wanted."""
        history, size = self.asked.history, self.asked.request.size
        rest = self._rest(self.asked.hidden, [*self.asked.away, *numbers])[: size - len(numbers)]
        for hidden in (history.ignored, ()):
            if not numbers and not rest:
                rest = self._rest(hidden, list(history.unwanted))[:size]
        return rest

    def _rest(self, without: Iterable[int], away: Sequence[int]) -> list[Resource]:
        """Any others that pass the filters and bear no label that the reader struck out, none of the work of one of `away`."""
        asked, engine = self.asked, self.finder.engine
        query = Query(filters=asked.request.filters, size=MAX_SIZE)
        left = {item.resource.number: item.resource for item in self.search.search(query).items}
        gone = {*without, *asked.curated.excluded}
        for facet, code in asked.reader.disliked:
            gone |= engine.passing(list(left), Filters({facet: (code,)}))
        return [left[n] for n in self._of_other_works([n for n in left if n not in gone], away)]

    def _of_other_works(self, numbers: Sequence[int], away: Sequence[int]) -> list[int]:
        """Of these the first of each work, none of the work of one of `away`."""
        editions = self.finder.engine.editions([*numbers, *away])
        works = {editions[number].work for number in away if number in editions}
        return list(one_of_each_work(numbers, editions, works))

    def _reasons(
        self, numbers: Sequence[int], loaded: Mapping[int, Resource], pinned: set[int]
    ) -> dict[int, Reason]:
        """Why each of these is in the list."""
        asked, pool = self.asked, self.pool
        if asked.item is not None:
            loaded = {asked.item.number: asked.item, **loaded}
        led = self.finder.led_by([pool.leads[n] for n in numbers if n in pool.scores], asked.used)
        missing = [n for n in dict.fromkeys(led.values()) if n not in loaded]
        known = {**loaded, **self._loaded(missing)} if missing else loaded
        reasons = {}
        for number in numbers:
            because = known.get(led.get(number, 0))
            if number in pinned:
                reasons[number] = Reason(ReasonType.CHOSEN)
            elif number not in pool.scores:
                reasons[number] = Reason(ReasonType.IN_CATALOGUE)
            else:
                reasons[number] = _reason(asked, pool, known[number], because)
        return reasons

    def _loaded(self, numbers: Sequence[int]) -> dict[int, Resource]:
        """The published ones of these, in their order."""
        found = resources.load(self.session, list(dict.fromkeys(numbers)))
        return {n: found[n] for n in numbers if n in found and found[n].state is State.PUBLISHED}


def _reason(asked: Asked, pool: Pool, resource: Resource, because: Resource | None) -> Reason:
    lead, label = pool.leads[resource.number], pool.liked.get(resource.number)
    if label is not None and lead.source in (Source.NEW, Source.POPULAR):
        return Reason(ReasonType.LIKED, group=label)
    if lead.source is Source.NEW:
        return Reason(ReasonType.NEW, group=lead.group)
    if lead.source is Source.POPULAR or because is None:
        return Reason(ReasonType.POPULAR, group=lead.group)
    if lead.source in (Source.CONTENT, Source.TITLE):
        return Reason(likeness(resource, because), because)
    if because.number in asked.context:
        return Reason(ReasonType.TOGETHER, because)
    if because.number in asked.history.borrowed:
        return Reason(ReasonType.BORROWED, because)
    return Reason(ReasonType.SAVED if because.number in asked.history.saved else ReasonType.VIEWED, because)
