"""Recommendations as an app asks for them: candidates, filters, diversity, and for each its reason."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy.orm import Session

from catalog import resources
from catalog.clock import new_id
from catalog.database import Database
from catalog.errors import NotFound, Unavailable
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend import curation, readers
from recommend.asked import Asked
from recommend.candidates import SPARE, Candidate, Finder, Pool, Source
from recommend.comparison import compared
from recommend.curation import Curated
from recommend.diversity import places_of_other_kinds
from recommend.hyperparameters import Hyperparameters
from recommend.listing import Listing
from recommend.popular import EVERYBODY, Group, Trends, TrendWatch
from recommend.pseudonyms import Pseudonyms
from recommend.readers import History, Label, Reader
from recommend.reasons import creators, same_maker
from recommend.request import Context, Recommendations, Recommended, Request, Scope
from recommend.table import Table, open_table
from recommend.versions import Versions
from search.embedded.engine import EmbeddedEngine
from search.engine import Hit, Vector
from search.query import Filters, QueryError
from search.service import SearchService

_log = logging.getLogger(__name__)
# So many of the newest of a visit count.
MAX_SESSION = 100
# With a filter the nearest that pass are looked for where fewer do: that takes several times as long.
_ENOUGH = 10
# So many of the newest uses lead to most of a list: they are loaded, and the other works of their makers sought.
_NEWEST = 5
_FEWEST_COMPARED, _BEYOND_THE_LIST = 16, 4
_COLLECTION = "collection"


class RecommendationService:
    """Answers from the active version and the active index generation. Safe to share between threads."""

    def __init__(
        self,
        database: Database,
        search: SearchService,
        versions: Versions,
        parameters: Hyperparameters,
        pseudonyms: Pseudonyms,
        watch: TrendWatch,
        kinds: Sequence[str],
    ) -> None:
        self._database, self._search, self._versions = database, search, versions
        self._parameters, self._pseudonyms, self._watch = parameters, pseudonyms, watch
        self._kinds = kinds
        self._lock = threading.Lock()
        self._opened: tuple[str, Table] | None = None
        self._refused = self._problem = ""

    def table(self) -> tuple[str, Table] | None:
        """The active version and its table; None before anything was learnt. A damaged one leaves the former in use."""
        active = self._versions.active_id()
        if (
            active is not None
            and self._is_unread(active)
            and self._lock.acquire(blocking=self._opened is None)
        ):
            # While one request reads it, the others go on with the former one.
            try:
                if self._is_unread(active):
                    self._open(active)
            finally:
                self._lock.release()
        return self._opened

    def _is_unread(self, active: str) -> bool:
        return active != self._refused and (self._opened is None or self._opened[0] != active)

    def _open(self, active: str) -> None:
        try:
            self._opened = (active, open_table(self._versions.path(active)))
        except Unavailable as error:
            self._problem = str(error)
            self._opened = self._instead_of(active)
            self._refused = active
            instead = (
                "what was learnt before goes on being used" if self._opened else "and there is no former one"
            )
            _log.error("version %s cannot be used, %s: %s", active, instead, error)

    def damage(self) -> tuple[str, str] | None:
        """The active version and what is wrong with its files; None where nothing is."""
        self.table()
        active = self._versions.active_id()
        return (active, self._problem) if active is not None and active == self._refused else None

    def _instead_of(self, damaged: str) -> tuple[str, Table] | None:
        """What is in use, else the newest other version that can be read, if it knows nothing that readers had deleted."""
        with self._database.read() as session:
            versions = [one.id for one in self._versions.usable(session) if one.id != damaged]
        if self._opened is not None and self._opened[0] in versions:
            return self._opened
        for version_id in reversed(versions):
            with suppress(Unavailable):
                return version_id, open_table(self._versions.path(version_id))
        return None

    def trends(self) -> Trends:
        """What is popular and new."""
        return self._watch.trends()

    def look_again(self) -> None:
        """Look up what is popular and new at the next request."""
        self._watch.look_again()

    def forget_uses(self, numbers: Collection[int]) -> None:
        """Let these, uses of which were deleted, be popular nowhere until they are looked up again."""
        self._watch.forget(numbers)

    def recommend(self, request: Request) -> Recommendations:
        """A list, best first; never empty while something that can be had and that the reader did not dismiss passes the filters.

        Raises NotFound for an unknown item.
        """
        with self._database.read() as session:
            asked = self._look_up(session, request)
        return self._answer(asked)

    def _answer(self, asked: Asked) -> Recommendations:
        """Made without a session: whoever holds one while waiting for another keeps others from theirs."""
        opened = self.table()
        table = opened[1] if opened else None
        finder = Finder(
            table, self._search.engine(), self._watch.trends(), self._parameters, asked.request.size
        )
        pool = self._candidates(finder, asked)
        items = Listing(self._database, self._search, finder, asked, pool, self._kinds).made()
        return Recommendations(new_id(), opened[0] if opened else None, asked.strategy, items)

    def similar(
        self, resource: Resource, size: int, scope: Scope = Scope.BLEND, *, by_use: bool = True
    ) -> list[Recommended]:
        """Published resources like this one, of other works, whatever their kind; by content alone if not `by_use`."""
        local = Filters({"institution": (resource.institution,)}) if scope is Scope.LOCAL else Filters()
        request = Request(
            Context.ITEM, resource.id, filters=local, size=size, near=scope is Scope.BLEND, by_use=by_use
        )
        with self._database.read() as session:
            members = tuple(resources.members(session, resource, MAX_SESSION))
        found = self._answer(Asked(request, resource, Reader(), History(), (), Curated(), members))
        return [one for one in found.items if one.reason.because is not None]

    def _look_up(self, session: Session, request: Request) -> Asked:
        item = _published(session, request.item) if request.item is not None else None
        reader, history = Reader(), History()
        if request.personalised and request.subject is not None:
            found = readers.find(session, self._pseudonyms.of(request.subject))
            # Who wants nothing personal gets what everyone gets, whatever labels are kept.
            reader = found if found.personalised else Reader(personalised=False)
            history = readers.history(session, reader, self._parameters.candidates.shown)
        # Of one who wants no profile, not even this visit counts.
        followed = request.personalised and reader.is_followed
        visit = list(dict.fromkeys(request.session[:MAX_SESSION])) if followed else []
        found_by_id = resources.named(session, visit[:_NEWEST]) if visit else {}
        earlier = resources.numbers_of(session, visit[_NEWEST:]) if visit[_NEWEST:] else {}
        known = {one: resource.number for one, resource in found_by_id.items()} | earlier
        numbers = tuple(known[one] for one in visit if one in known and known[one] not in history.unwanted)
        if request.context is Context.COLLECTION and item is not None and item.kind != _COLLECTION:
            raise QueryError(f"{item.id} is of the kind {item.kind}, no collection", field="item")
        curated = curation.curated(session, request.institution)
        members = tuple(resources.members(session, item, MAX_SESSION)) if item is not None else ()
        # Beside a resource that one leads.
        used = list(numbers) if item is not None else list(dict.fromkeys([*numbers, *history.used]))
        let_be = frozenset(_bearing(self._search, [*numbers, *history.used], reader.deleted))
        used = [number for number in used if number not in let_be]
        newest = _published_of(session, used[:_NEWEST], found_by_id.values())
        return Asked(request, item, reader, history, numbers, curated, members, newest, let_be)

    def _candidates(self, finder: Finder, asked: Asked) -> Pool:
        """Candidates that the filters let pass and that were neither used nor are unwanted."""
        used, groups, pool = asked.used, _groups(asked, finder.trends, self._kinds), Pool()
        # Beside a resource stands what belongs to it, not what is popular anyway.
        blend = self._parameters.blend if asked.item is None else self._parameters.blend.without_popularity()
        from_use, popular = finder.from_use(used, blend) if asked.request.by_use else ([], [])
        titled = finder.of_title(self._search, asked.item.title) if asked.item is not None else ()
        profile = finder.profile(used)
        # Without the filters: looking for the nearest that pass takes several times as long.
        alike = finder.alike(profile, asked.away, Filters())
        from_content = finder.from_content(alike, _most(alike))
        for source in (
            *_allowed(finder, asked, from_use),
            *self._alike(finder, asked, pool, titled, from_content),
        ):
            pool.add(source)
        makers = {name for resource in asked.leading for name in creators(resource.data)}
        (of_makers,) = _allowed(finder, asked, finder.of_makers(self._search, makers, profile, asked.away))
        pool.lift(self._made_by_them(asked, pool, of_makers))
        self._add_nearest(finder, asked, pool, profile, _most(alike))
        if asked.item is None and len(used) > 1:
            like_newest = finder.from_content(finder.like_newest(used, profile, alike), _most(alike))
            pool.lift_near_the_best(*self._alike(finder, asked, pool, like_newest))
        if asked.item is None:
            new, *others = _allowed(
                finder, asked, finder.new(used, groups, profile),
                [*popular, *finder.popular(groups, len(used))],
            )  # fmt: skip
            # For one of whom something is known the rest of the catalogue is no better than what the index finds.
            is_open = not used or asked.reader.liked
            pool.add_new(one for one in new if one.source is Source.NEW or is_open)
            pool.add(*others)
        self._by_place(finder, asked, pool, profile, _most(alike))
        _by_labels(finder.engine, asked.reader, pool, self._parameters.candidates.liked)
        pool.scale(finder.away_from(asked.history.unwanted, pool.scores))
        return pool

    def _alike(
        self, finder: Finder, asked: Asked, pool: Pool, *sources: Iterable[Candidate]
    ) -> list[list[Candidate]]:
        """Of what each source gives what is allowed and like something that was used, by more than chance; what their records
        declare in common counts on top."""
        # So many are told apart: reading more records than the list has places for takes longer than all else.
        most = max(_FEWEST_COMPARED, asked.request.size + _BEYOND_THE_LIST)
        allowed = [
            sorted(source, key=lambda one: -one.score)[:most] for source in _allowed(finder, asked, *sources)
        ]
        leading = asked.used[:_NEWEST]
        numbers = {one.number for source in allowed for one in source}
        found = pool.load(self._database, [*leading, *sorted(numbers)])
        known = compared(
            finder.engine,
            [one for number, one in found.items() if number in numbers],
            [found[number] for number in leading if number in found],
            pool.declared,
        )
        pool.because |= {number: one.because for number, one in known.items()}
        weight = self._parameters.candidates.content * self._parameters.candidates.declared
        return [
            [
                one._replace(score=one.score + weight * known[one.number].declared)
                for one in source
                if one.number in known
            ]
            for source in allowed
        ]

    def _add_alike(self, finder: Finder, asked: Asked, pool: Pool, hits: Sequence[Hit], most: float) -> None:
        """Take what is not there yet of what is alike."""
        (alike,) = self._alike(finder, asked, pool, finder.from_content(hits, most))
        pool.add(one for one in alike if one.number not in pool.scores)

    def _made_by_them(self, asked: Asked, pool: Pool, of_a_name: Sequence[Candidate]) -> list[Candidate]:
        """Of what bears the name of a maker what that maker made: another one may be called so, or have made nothing of it."""
        if not of_a_name:
            return []
        found = pool.load(self._database, [one.number for one in of_a_name])
        return [
            one
            for one in of_a_name
            if one.number in found
            and any(same_maker(leading.data, found[one.number].data) for leading in asked.leading)
        ]

    def _add_nearest(
        self, finder: Finder, asked: Asked, pool: Pool, profile: Vector | None, most: float
    ) -> None:
        """What is nearest of all that passes, and of all other kinds than the resource's, where hardly anything near is; tell
        those that are alike enough: more so than by chance. `most` is the likeness of what is nearest of all."""
        filters = asked.request.filters
        if filters != Filters() and len(pool.scores) < min(asked.request.size, _ENOUGH):
            alike = finder.alike(profile, asked.away, filters)
            self._add_alike(finder, asked, pool, alike, most)
        if asked.item is None or "kind" in filters.values:
            return
        own = finder.engine.passing(list(pool.scores), Filters({"kind": (asked.item.kind,)}))
        wanted = places_of_other_kinds(asked.request.size, self._parameters.diversity)
        if len(pool.scores) - len(own) < wanted:
            others = tuple(kind for kind in self._kinds if kind != asked.item.kind)
            alike = finder.alike(
                profile, asked.away, replace(filters, values={**filters.values, "kind": others})
            )
            self._add_alike(finder, asked, pool, alike, most)
        parameters = self._parameters
        least = max(parameters.diversity.other_kind_from, finder.engine.chance() / most if most else 0.0)
        enough = least * parameters.candidates.content
        pool.other_kinds = {n for n, points in pool.scores.items() if points >= enough} - own

    def _by_place(
        self, finder: Finder, asked: Asked, pool: Pool, profile: Vector | None, most: float
    ) -> None:
        """What the near institution has gets more, and what others of its province have; on its page they have places."""
        house, provinces = asked.house, finder.trends.provinces
        if house is None:
            return
        around = tuple(code for code, of in provinces.items() if of == provinces.get(house))
        if asked.item is None:
            self._add_near(finder, asked, pool, profile, most, [(house,), around])
        numbers, near = pool.best(2 * (asked.request.size + SPARE)), self._parameters.candidates.near
        own = finder.engine.passing(numbers, Filters({"institution": (house,)}))
        # Beside a resource only its own institution is near.
        is_around = asked.item is None and around
        region = finder.engine.passing(numbers, Filters({"institution": around})) if is_around else set()
        pool.give(own, near.institution)
        pool.give(region - own, near.region)

    def _add_near(
        self, finder: Finder, asked: Asked, pool: Pool, profile: Vector | None, most: float,
        circles: Sequence[tuple[str, ...]],
    ) -> None:  # fmt: skip
        """Tell what the first of these circles of institutions has of what a history led to, and the next where that is too
        little; where the pool has too little of it, the nearest that it has is looked for."""
        wanted = asked.request.size // self._parameters.diversity.near_every
        filters = asked.request.filters
        for codes in filter(None, circles):
            among = Filters({"institution": codes})
            near = finder.engine.passing(list(pool.related()), among)
            if len(near) < wanted and "institution" not in filters.values:
                values = {**filters.values, **among.values}
                hits = finder.alike(profile, asked.away, replace(filters, values=values))
                self._add_alike(finder, asked, pool, hits, most)
                near = finder.engine.passing(list(pool.related()), among)
            pool.near |= near
            if len(pool.near) >= wanted:
                break


def _bearing(search: SearchService, numbers: list[int], labels: Iterable[Label]) -> set[int]:
    """Which of these bear one of the labels."""
    return {n for facet, code in labels for n in search.engine().passing(numbers, Filters({facet: (code,)}))}


def _allowed(finder: Finder, asked: Asked, *sources: Iterable[Candidate]) -> list[list[Candidate]]:
    """Of what each source gives what passes the filters and was neither used nor is unwanted."""
    found = [list(source) for source in sources]
    numbers = {one.number for source in found for one in source} - asked.hidden - asked.curated.excluded
    if numbers and asked.request.filters != Filters():
        numbers = finder.engine.passing(list(numbers), asked.request.filters)
    return [[one for one in source if one.number in numbers] for source in found]


def _most(alike: Sequence[Hit]) -> float:
    return max((hit.score for hit in alike), default=0.0)


def _groups(asked: Asked, trends: Trends, every_kind: Sequence[str]) -> list[Group]:
    """Where what is popular or new is looked for: near first, then everywhere, then in each kind that is not asked for."""
    house = asked.request.institution
    near: list[Group] = [("institution", house)] if house else []
    for name, codes in (("region", trends.provinces), ("type", trends.types)):
        if code := codes.get(house or ""):
            near.append((name, code))
    kinds = asked.request.filters.values.get("kind", ())
    others = () if kinds else every_kind
    return [*near, *(("kind", kind) for kind in kinds), EVERYBODY, *(("kind", kind) for kind in others)]


def _published_of(session: Session, numbers: Sequence[int], known: Iterable[Resource]) -> dict[int, Resource]:
    """The published ones of these, in their order, by number; those that are not `known` are loaded."""
    found = {resource.number: resource for resource in known}
    missing = [number for number in numbers if number not in found]
    found |= resources.load(session, missing) if missing else {}
    return {n: found[n] for n in numbers if n in found and found[n].state is State.PUBLISHED}


def _published(session: Session, resource_id: str) -> Resource:
    """The published resource of this id. Raises NotFound."""
    numbers = resources.numbers_of(session, [resource_id])
    found = resources.load(session, list(numbers.values())).get(numbers.get(resource_id, 0))
    if found is None or found.state is not State.PUBLISHED:
        raise NotFound(f"there is no published resource {resource_id!r}", field="item")
    return found


def _by_labels(engine: EmbeddedEngine, reader: Reader, pool: Pool, bonus: float) -> None:
    """What bears a label that the reader likes gets more; what bears one that the reader struck out goes."""
    for facet, code in reader.disliked:
        pool.drop(engine.passing(list(pool.scores), Filters({facet: (code,)})))
    for facet, code in reader.liked:
        liked = engine.passing(list(pool.scores), Filters({facet: (code,)}))
        pool.like(liked, (facet, code), bonus)
