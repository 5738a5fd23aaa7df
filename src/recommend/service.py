"""Recommendations as an app asks for them: a request is looked up, its candidates gathered, and a list made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog import resources
from catalog.clock import new_id
from catalog.database import Database
from catalog.errors import NotFound
from catalog.lifecycle import State
from catalog.records import members_now, named_now, numbers_now
from catalog.resources import Resource
from recommend import curation, readers
from recommend.asked import Asked
from recommend.candidates.crowd import Crowd
from recommend.candidates.finder import Finder
from recommend.candidates.gathering import Gathering
from recommend.candidates.popular import Trends, TrendWatch
from recommend.curation import Curated
from recommend.events.pseudonyms import Pseudonyms
from recommend.hyperparameters import Hyperparameters
from recommend.labels import bearing
from recommend.learning.table import Table
from recommend.learning.table_in_use import Opened, TableInUse
from recommend.learning.versions import Versions
from recommend.likeness.declared import Declarations
from recommend.likeness.middles import MiddlesInUse
from recommend.likeness.rarity import Rarity
from recommend.listing import Listing
from recommend.readers import Erased, History, Reader
from recommend.request import Basis, Context, Recommendations, Recommended, Request, Scope
from search.embedded.engine import EmbeddedEngine
from search.query import NO_FILTERS, Filters, QueryError
from search.service import SearchService

# So many of the newest of a visit count, and so much of a collection.
MAX_SESSION = 100
# So many of the newest uses are read: the other works of their makers are sought.
_NEWEST = 5
# So much of a collection leads beside other things that were used: more would drown them.
_OF_A_COLLECTION = 10
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
        self._database, self._search = database, search
        self._parameters, self._pseudonyms, self._watch = parameters, pseudonyms, watch
        self._kinds = kinds
        self._tables = TableInUse(database, versions)
        self._declared = Declarations(Rarity(search), search.words_of)
        self._crowd = Crowd(Trends())
        self._middles = MiddlesInUse(self._kinds)

    def table(self) -> tuple[str, Table] | None:
        """The active version and its table, waited for; None before anything was learnt. A damaged one leaves the former in use."""
        return self._tables.awaited()

    def damage(self) -> tuple[str, str] | None:
        """The active version and what is wrong with its files; None where nothing is."""
        return self._tables.damage()

    def trends(self) -> Trends:
        """What is popular and new."""
        return self._watch.trends()

    def look_again(self) -> None:
        """Look up what is popular, what is new and what was learnt at the next request, which waits for it."""
        self._watch.look_again()
        self._tables.look_again()

    def forget_uses(self, erased: Erased) -> None:
        """Let what a reader had deleted make nothing popular any more."""
        self._watch.forget(erased)

    def recommend(self, request: Request) -> Recommendations:
        """A list, best first; never empty while something that can be had passes the filters that the reader neither dismissed nor
        struck out.

        Raises NotFound for an unknown item.
        """
        # One state of the index and of what was learnt for the whole request.
        engine, opened = self._search.engine(), self._tables.at_once()
        return self._answer(engine, opened, self._look_up(engine, opened, request))

    def similar(
        self, resource: Resource, size: int, scope: Scope = Scope.BLEND, *, basis: Basis = Basis.BOTH
    ) -> list[Recommended]:
        """Published resources like this one, of other works, whatever their kind."""
        local = Filters({"institution": (resource.institution,)}) if scope is Scope.LOCAL else NO_FILTERS
        request = Request(
            Context.ITEM, resource.id, filters=local, size=size, near=scope is Scope.BLEND, basis=basis, filled=False
        )  # fmt: skip
        members = tuple(members_now(self._database, resource, MAX_SESSION))
        asked = Asked(request, resource, Reader(), History(), (), Curated(), members)
        found = self._answer(self._search.engine(), self._tables.at_once(), asked)
        return [one for one in found.items if one.reason.because is not None]

    def _answer(self, engine: EmbeddedEngine, opened: Opened | None, asked: Asked) -> Recommendations:
        """Made without a session: whoever holds one while waiting for another keeps others from theirs."""
        version, table = opened or (None, None)
        middles = self._middles.now(engine)
        finder = Finder(table, engine, self._crowd_now(), self._parameters, asked.request.size, middles)
        gathering = Gathering(self._database, self._search, finder, asked, self._kinds, self._declared)
        items = Listing(self._database, finder, asked, gathering.gathered(), self._kinds).made()
        return Recommendations(new_id(), version, asked.strategy, items)

    def _crowd_now(self) -> Crowd:
        trends, crowd = self._watch.trends(), self._crowd
        if crowd.trends is not trends:
            crowd = self._crowd = Crowd(trends)
        return crowd

    def _look_up(self, engine: EmbeddedEngine, opened: Opened | None, request: Request) -> Asked:
        item = _published(self._database, request.item) if request.item is not None else None
        if request.context is Context.COLLECTION and item is not None and item.kind != _COLLECTION:
            raise QueryError(f"{item.id} is of the kind {item.kind}, no collection", field="item")
        reader, history = self._known_of(request)
        # Of one who wants no profile, not even this visit counts.
        followed = request.personalised and reader.is_followed
        visit = list(dict.fromkeys(request.session[:MAX_SESSION])) if followed else []
        known, records = self._read_visit(visit, leads=item is None)
        numbers = tuple(known[one] for one in visit if one in known and known[one] not in history.unwanted)
        let_be = frozenset(bearing(engine, [*numbers, *history.used], reader.deleted))
        members = tuple(members_now(self._database, item, MAX_SESSION)) if item is not None else ()
        curated = curation.curated(self._database, request.institution)
        asked = Asked(request, item, reader, history, numbers, curated, members, let_be=let_be)
        return asked if item is not None else self._led(engine, opened, asked, records)

    def _led(
        self, engine: EmbeddedEngine, opened: Opened | None, asked: Asked, known: Iterable[Resource]
    ) -> Asked:
        """The same with what leads to a list for its reader. What is published no more leads only as far as something was learnt of it."""
        published = self._published_of(asked.read[:_NEWEST], known)
        lost = {*asked.read} - published.keys() - engine.editions(asked.read[_NEWEST:]).keys()
        if lost and opened is not None:
            lost -= opened[1].leading(sorted(lost))
        collections = [one for one in published.values() if one.kind == _COLLECTION]
        inside = {one.number: members_now(self._database, one, _OF_A_COLLECTION) for one in collections}
        members = {number for of in inside.values() for number in of}
        left = members - asked.history.unwanted - bearing(engine, members, asked.reader.deleted)
        leading = {number: tuple(one for one in of if one in left) for number, of in inside.items()}
        return asked.led_by(published, leading, lost)

    def _known_of(self, request: Request) -> tuple[Reader, History]:
        """Who asks, and what that reader did."""
        if request.subject is None or not request.personalised:
            return Reader(), History()
        with self._database.read() as session:
            reader = readers.find(session, self._pseudonyms.of(request.subject))
            # Who wants nothing personal gets what everyone gets, whatever labels are kept.
            reader = reader if reader.personalised else Reader(personalised=False)
            return reader, readers.history(session, reader, self._parameters.candidates.shown)

    def _read_visit(self, ids: Sequence[str], *, leads: bool) -> tuple[dict[str, int], list[Resource]]:
        """Number of each known id of a visit, and the records of its newest if it `leads` to a list."""
        newest = ids[:_NEWEST] if leads else []
        records = named_now(self._database, newest) if newest else {}
        others = ids[len(newest) :]
        numbers = numbers_now(self._database, others) if others else {}
        return {one: resource.number for one, resource in records.items()} | numbers, list(records.values())

    def _published_of(self, numbers: Sequence[int], known: Iterable[Resource]) -> dict[int, Resource]:
        """The published ones of these, in their order, by number; those that are not `known` are loaded."""
        found = {resource.number: resource for resource in known}
        missing = [number for number in numbers if number not in found]
        found |= resources.load_now(self._database, missing) if missing else {}
        return {n: found[n] for n in numbers if n in found and found[n].state is State.PUBLISHED}


def _published(database: Database, resource_id: str) -> Resource:
    """The published resource of this id. Raises NotFound."""
    found = named_now(database, [resource_id]).get(resource_id)
    if found is None or found.state is not State.PUBLISHED:
        raise NotFound(f"there is no published resource {resource_id!r}", field="item")
    return found
