"""Gathers the candidates of one request: from use, from content, from makers, from what is popular and new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from catalog.database import Database
from catalog.resources import Resource
from recommend.asked import Asked
from recommend.candidates.finder import Finder
from recommend.candidates.pool import SPARE, Candidate, Pool, Source
from recommend.candidates.popular import EVERYBODY, Group, Trends
from recommend.diversity import places_of_other_kinds
from recommend.hyperparameters import Hyperparameters
from recommend.labels import bearing
from recommend.likeness.comparison import compared
from recommend.likeness.declared import Declared, common_maker
from recommend.likeness.makers import creators
from recommend.request import Basis
from search.engine import Hit, Vector
from search.query import NO_FILTERS, Filters
from search.service import SearchService

# With a filter the nearest that pass are looked for where fewer do: that takes several times as long.
_ENOUGH = 10
# So many of the newest uses lead to most of a list: they are compared with what is found.
_NEWEST = 5
# So many of the nearest to an interest that nothing else follows on are looked for.
_OF_AN_INTEREST = 5
_FEWEST_COMPARED, _BEYOND_THE_LIST = 16, 4


class Gathering:
    """Gathers candidates that the filters let pass and that were neither used nor are unwanted; made for one request."""

    def __init__(
        self,
        database: Database,
        search: SearchService,
        finder: Finder,
        asked: Asked,
        kinds: Sequence[str],
        declared: Callable[[Resource], Declared],
    ) -> None:
        self._database, self._search, self._finder = database, search, finder
        self._asked, self._kinds = asked, kinds
        self._away = finder.works(asked.away)
        self._pool = Pool(asked.leading, self._away, declared)

    @cached_property
    def _profile(self) -> Vector | None:
        return self._finder.profile(self._asked.interests)

    @cached_property
    def _nearest(self) -> list[Hit]:
        """What is nearest to what leads. Without the filters: looking for the nearest that pass takes several times as long."""
        return self._finder.alike(self._profile, self._away, NO_FILTERS)

    @property
    def _most(self) -> float:
        """The likeness of what is nearest of all."""
        return max((hit.score for hit in self._nearest), default=0.0)

    @property
    def _parameters(self) -> Hyperparameters:
        return self._finder.parameters

    def gathered(self) -> Pool:
        """The candidates, each with its score."""
        asked, pool = self._asked, self._pool
        by_use, popular = self._by_use()
        pool.add(by_use)
        if asked.request.basis is not Basis.USE:
            self._add_alike_to_what_leads()
        if asked.item is None:
            self._add_of_the_crowd(popular)
        self._give_to_what_is_near()
        pool.drop(bearing(self._finder.engine, pool.scores, asked.reader.disliked))
        liked = bearing(self._finder.engine, pool.scores, asked.reader.liked)
        pool.like(liked, self._parameters.candidates.liked)
        pool.scale(self._finder.away_from(asked.history.unwanted, pool.scores))
        pool.strands = self._strands()
        if asked.item is not None and asked.request.filled and len(pool.scores) < asked.request.size + SPARE:
            pool.fillers = self._fillers()
        return pool

    @cached_property
    def _strand_of(self) -> dict[int, int]:
        """By its number, for what was used last and what belongs to it, the interest that it is of, where there are several."""
        newest = self._asked.interests[:_NEWEST] if self._asked.item is None else ()
        found = self._finder.strands(newest)
        return found if len({*found.values()}) > 1 else {}

    def _strands(self) -> dict[int, int]:
        """By its number, for each candidate that follows on something used last, the interest that this is of, where there are
        several."""
        if not self._strand_of:
            return {}
        led = self._finder.led(self._pool, self._pool.scores, self._asked.leads)
        return {number: self._strand_of[lead] for number, lead in led.items() if lead in self._strand_of}

    def _add_like_what_leads_to_nothing(self) -> None:
        """Take what is nearest to each of several interests that nothing follows on: what is nearest to all of them together may be
        near to the others alone."""
        finder, followed = self._finder, {*self._strands().values()}
        for one in self._asked.interests[:_NEWEST]:
            if self._strand_of.get(one[0]) == one[0] and one[0] not in followed:
                hits = finder.alike(finder.profile([one]), self._away, NO_FILTERS)[:_OF_AN_INTEREST]
                most = max([self._most, *(hit.score for hit in hits)])
                (alike,) = self._alike(finder.from_content(hits, most))
                self._pool.add(found for found in alike if found.number not in self._pool.scores)

    def _fillers(self) -> dict[int, Candidate]:
        """What is popular anyway and not among the candidates, the most popular first."""
        asked, finder = self._asked, self._finder
        (popular,) = self._allowed(finder.popular(_groups(asked, finder.trends, self._kinds), 0))
        left = {one.number: one for one in sorted(popular, key=lambda one: (-one.score, one.number))}
        gone = bearing(finder.engine, left, asked.reader.disliked) | self._pool.scores.keys()
        return {number: one for number, one in left.items() if number not in gone}

    def _by_use(self) -> tuple[list[Candidate], list[Candidate]]:
        """What those used who used what leads, and of the same what is popular."""
        asked = self._asked
        if asked.request.basis is Basis.CONTENT:
            return [], []
        # Beside a resource stands what belongs to it, not what is popular anyway.
        blend = self._parameters.blend if asked.item is None else self._parameters.blend.without_popularity()
        by_use, popular = self._finder.from_use(asked.leads, blend)
        return self._allowed(by_use)[0], popular

    def _add_alike_to_what_leads(self) -> None:
        asked, pool, finder = self._asked, self._pool, self._finder
        titled = finder.of_title(self._search, asked.item.title) if asked.item is not None else ()
        declaring = finder.declaring(
            self._search, map(pool.declared, asked.leading), self._profile, self._away
        )
        looked_up = {hit.number for hit in declaring}
        nearest = [hit for hit in self._nearest if hit.number not in looked_up]
        found = (finder.from_content(hits, self._most) for hits in (nearest, declaring))
        for source in self._alike(titled, *found):
            pool.add(source)
        pool.lift(self._of_their_makers())
        self._add_nearest_that_pass()
        if asked.item is None and len(asked.interests) > 1:
            newest = finder.like_newest(asked.interests, self._profile, self._nearest)
            pool.lift_near_the_best(*self._alike(finder.from_content(newest, self._most)))
            self._add_like_what_leads_to_nothing()

    def _allowed(self, *sources: Iterable[Candidate]) -> list[list[Candidate]]:
        """Of what each source gives what passes the filters and was neither used nor is unwanted."""
        asked, found = self._asked, [list(source) for source in sources]
        numbers = {one.number for source in found for one in source} - asked.hidden - asked.curated.excluded
        if numbers and asked.request.filters != NO_FILTERS:
            numbers = self._finder.engine.passing(list(numbers), asked.request.filters)
        return [[one for one in source if one.number in numbers] for source in found]

    def _alike(self, *sources: Iterable[Candidate]) -> list[list[Candidate]]:
        """Of what each source gives what is allowed and like something that leads, by more than chance; what their records
        declare in common counts on top."""
        # So many are told apart: reading more records than the list has places for takes longer than all else.
        most = max(_FEWEST_COMPARED, self._asked.request.size + _BEYOND_THE_LIST)
        allowed = [sorted(source, key=lambda one: -one.score)[:most] for source in self._allowed(*sources)]
        leading = list(dict.fromkeys(chain.from_iterable(self._asked.interests[:_NEWEST])))
        numbers = {one.number for source in allowed for one in source}
        found = self._pool.load(self._database, [*leading, *sorted(numbers)])
        known = compared(
            self._finder.engine,
            [one for number, one in found.items() if number in numbers],
            [found[number] for number in leading if number in found],
            self._pool.declared,
            self._finder.middles,
        )
        self._pool.likenesses |= known
        weight = self._parameters.candidates.content * self._parameters.candidates.declared
        return [
            [
                one._replace(score=one.score + weight * known[one.number].declared)
                for one in source
                if one.number in known
            ]
            for source in allowed
        ]

    def _of_their_makers(self) -> list[Candidate]:
        """What the makers of what leads made besides: who bears the same name may be another one, or have made nothing of it."""
        leading, pool = self._asked.leading, self._pool
        names = {name for resource in leading for name in creators(resource.data)}
        named = self._finder.of_makers(self._search, names, self._profile, self._away) if names else ()
        (allowed,) = self._allowed(named)
        for number, resource in pool.load(self._database, [one.number for one in allowed]).items():
            ours = pool.declared(resource)
            of_the_same = (of.number for of in leading if common_maker(pool.declared(of), ours))
            if (lead := next(of_the_same, None)) is not None:
                pool.by_maker_of[number] = lead
        return [one for one in allowed if one.number in pool.by_maker_of]

    def _add_alike(self, filters: Filters) -> None:
        """Take what is not there yet of what is alike and passes these filters."""
        hits = self._finder.alike(self._profile, self._away, filters)
        (alike,) = self._alike(self._finder.from_content(hits, self._most))
        self._pool.add(one for one in alike if one.number not in self._pool.scores)

    def _add_nearest_that_pass(self) -> None:
        """What is nearest of all that passes, and of all other kinds than the resource's, where hardly anything near is; tell
        those that are alike enough: more so than by chance."""
        asked, pool, engine = self._asked, self._pool, self._finder.engine
        filters, diversity = asked.request.filters, self._parameters.diversity
        if filters != NO_FILTERS and len(pool.scores) < min(asked.request.size, _ENOUGH):
            self._add_alike(filters)
        if asked.item is None or "kind" in filters.values:
            return
        own = engine.passing(list(pool.scores), Filters({"kind": (asked.item.kind,)}))
        if len(pool.scores) - len(own) < places_of_other_kinds(asked.request.size, diversity):
            others = tuple(kind for kind in self._kinds if kind != asked.item.kind)
            self._add_alike(replace(filters, values={**filters.values, "kind": others}))
        least = max(
            diversity.other_kind_from, self._finder.middles.chance / self._most if self._most else 0.0
        )
        enough = least * self._parameters.candidates.content
        pool.other_kinds = {n for n, points in pool.scores.items() if points >= enough} - own

    def _add_of_the_crowd(self, popular_by_use: Sequence[Candidate]) -> None:
        """What is new and what is popular, in lists that stand beside nothing."""
        asked, finder, leads = self._asked, self._finder, self._asked.leads
        groups = _groups(asked, finder.trends, self._kinds)
        popular = finder.popular(groups, len(leads))
        new, of_the_crowd = self._allowed(
            finder.new(leads, groups, self._profile), [*popular_by_use, *popular]
        )
        # For one of whom something is known the rest of the catalogue is no better than what the index finds.
        takes_any = not leads or asked.reader.liked
        self._pool.add_new(one for one in new if one.source is Source.NEW or takes_any)
        self._pool.add(of_the_crowd)

    def _give_to_what_is_near(self) -> None:
        """What the near institution has gets more, and what others of its province have; on its page they have places."""
        house, provinces = self._asked.house, self._finder.trends.provinces
        if house is None:
            return
        pool, engine, near = self._pool, self._finder.engine, self._parameters.candidates.near
        is_page = self._asked.item is None
        # Beside a resource only its own institution is near.
        around = tuple(code for code, of in provinces.items() if is_page and of == provinces.get(house))
        if is_page:
            self._tell_what_is_near([(house,), around])
        numbers = pool.best(2 * (self._asked.request.size + SPARE))
        own = engine.passing(numbers, Filters({"institution": (house,)}))
        region = engine.passing(numbers, Filters({"institution": around})) if around else set()
        pool.give(own, near.institution)
        pool.give(region - own, near.region)

    def _tell_what_is_near(self, circles: Sequence[tuple[str, ...]]) -> None:
        """Tell what the first of these circles of institutions has of what a history led to, of anything where there is none, and the
        next where that is too little; where the pool has too little of it, the nearest that it has is looked for."""
        pool, engine, filters = self._pool, self._finder.engine, self._asked.request.filters
        leads = self._asked.leads
        wanted = self._asked.request.size // self._parameters.diversity.near_every
        for codes in filter(None, circles):
            among = Filters({"institution": codes})
            near = engine.passing(list(pool.related() if leads else pool.scores), among)
            if leads and len(near) < wanted and "institution" not in filters.values:
                self._add_alike(replace(filters, values={**filters.values, **among.values}))
                near = engine.passing(list(pool.related()), among)
            pool.near |= near
            if len(pool.near) >= wanted:
                break


def _groups(asked: Asked, trends: Trends, every_kind: Sequence[str]) -> tuple[Group, ...]:
    """Where what is popular or new is looked for: near first, then everywhere, then in each kind that is not asked for."""
    house = asked.request.institution
    near: list[Group] = [("institution", house)] if house else []
    for name, codes in (("region", trends.provinces), ("type", trends.types)):
        if code := codes.get(house or ""):
            near.append((name, code))
    kinds = asked.request.filters.values.get("kind", ())
    others = () if kinds else every_kind
    return (*near, *(("kind", kind) for kind in kinds), EVERYBODY, *(("kind", kind) for kind in others))
