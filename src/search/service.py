"""Search as a reader asks for it: understand, count, rank by both legs, fuse, hydrate, highlight."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import islice
from time import perf_counter
from typing import Any

from catalog import institutions, resources
from catalog.database import Database
from catalog.errors import WenmaiError
from catalog.lifecycle import State
from catalog.resources import Resource
from search.analysis.segments import Marker
from search.correction import Corrector
from search.embedded.engine import EmbeddedEngine
from search.engine import Engine, Hit, Tally
from search.fusion import Fused, fuse
from search.generations import Generations
from search.places import Places
from search.query import FIRST, VOCABULARIES, Filters, Mode, Query, QueryError, Sort
from search.results import FacetValue, Item, SearchResult, Suggestion
from search.specification import Specification
from search.understanding import Reader, Understanding

_log = logging.getLogger(__name__)
# Candidates that each leg gives to the fusion.
_CANDIDATES = 100
# Hits among which the one is sought that has most of the text.
_FIRST = 10
_TITLES = 20
# A title of which the text is half gets a sixteenth of what an exact one gets: enough to lead among equals.
_TITLE_STEEPNESS = 4
_SHORTEST_MEANT = 2
# Records looked at for each completion wanted: several may have one title.
_COMPLETIONS = 3
# Different characters of a text that is more than a name: what it shares with a resource may be chance.
_LONGER_THAN_NAMES = 7
# Words of a text that asks for something in a place, not for the place.
_MORE_THAN_A_PLACE = 2
# The commonest values of a facet are told; a province has more institutions than a reader looks through.
_FACET_VALUES = 50
# A province has hundreds of institutions, and their names change once in years.
_NAMES_KEPT_SECONDS = 5.0


class SearchService:
    """Answers queries from the active generation. Safe to share between threads."""

    def __init__(self, database: Database, generations: Generations, specification: Specification) -> None:
        self._database = database
        self._generations = generations
        self._specification = specification
        self._reader = Reader(specification.analyzer, specification.pinyin, specification.synonyms)
        self._corrector = Corrector(specification.analyzer, specification.pinyin, specification.resemblance)
        self._places = Places(specification.schemas.vocabulary("region"), specification.analyzer.fold)
        self._lock = threading.Lock()
        self._opened: tuple[str, EmbeddedEngine] | None = None
        self._refused = ""
        self._names: tuple[float, Mapping[str, tuple[str, str]]] = (0.0, {})

    def ready(self) -> None:
        """Raises Unavailable when no generation is active or the active one cannot be read."""
        self.engine()

    def engine(self) -> EmbeddedEngine:
        """The engine of the active generation; another one soon after the pointer file names it.

        The former one answers while the new one is opened, and for as long as that one cannot be read.
        """
        active = self._generations.active_id()
        opened = self._opened
        if opened is None:
            with self._lock:
                if self._opened is None:
                    self._opened = (active, self.open_engine(active))
                return self._opened[1]
        if opened[0] != active and self._refused != active and self._lock.acquire(blocking=False):
            try:
                opened = self._opened = (active, self.open_engine(active))
            except WenmaiError as error:
                self._refused = active
                _log.error("the former index generation goes on answering: %s", error)
            finally:
                self._lock.release()
        return opened[1]

    def open_engine(self, generation_id: str) -> EmbeddedEngine:
        """A generation open for reading, active or not."""
        return EmbeddedEngine(
            self._generations.path(generation_id),
            self._specification.embedding.dimension,
            self._specification.ranking.fields,
        )

    def search(self, query: Query) -> SearchResult:
        """One page of results with the tier's total and facets. Raises Unavailable without an active index."""
        started = perf_counter()
        engine = self.engine()
        text, tally, notes = self._understood(engine, query)
        notes |= self._offered(engine, text, query.filters)
        if query.cursor is not None:
            page = self._walked(engine, text, query, query.cursor)
        else:
            page = self._ranked(engine, text, query, tally)[query.offset : query.offset + query.size]
        items = self._items(engine, text, page, query)
        return SearchResult(
            total=tally.total,
            tier=tally.tier,
            mode=query.mode.value,
            took_ms=round((perf_counter() - started) * 1000, 2),
            interpreted_as=text.as_json()
            | ({"dropped": list(tally.dropped)} if tally.dropped else {})
            | notes,
            items=items,
            facets=self._facets(tally, query.filters),
            cursor=self._next_cursor(page) if query.cursor is not None and len(page) == query.size else None,
        )

    def _understood(self, engine: Engine, query: Query) -> tuple[Understanding, Tally, dict[str, Any]]:
        """What is searched for instead of what was typed, where that finds nothing as it stands, and a note of it."""
        text = self._reader.read(query.text)
        tally = engine.tally(text, query.filters, query.facets)
        if text.expression:
            if tally.total or engine.tally(text, Filters(), ()).total:
                return text, tally, {}
            # An expression that nothing meets helps nobody: the words of it may.
            plain = self._reader.read(query.text, plain=True)
            return (
                plain,
                engine.tally(plain, query.filters, query.facets),
                {"unmet_query": str(text.expression)},
            )
        if not tally.whole and (spelt := self._corrector.correct(text, engine, self._titles)):
            corrected = self._reader.read(spelt, plain=True)
            if engine.tally(corrected, Filters(), ()).whole:
                tally = engine.tally(corrected, query.filters, query.facets)
                return corrected, tally, {"corrected_from": text.text}
        return text, tally, {}

    def _offered(self, engine: Engine, text: Understanding, filters: Filters) -> dict[str, Any]:
        """Filters that the text suggests: the regions that it names, where something of the text is to be found."""
        if text.expression or "region" in filters.values or len(text.units) < _MORE_THAN_A_PLACE:
            return {}
        offered = [
            {"text": place.text, "facet": "region", "value": place.region, "total": total}
            for place in self._places.find(text.sequence)
            if (total := engine.tally(text, filters.having("region", place.region), ()).total)
        ]
        return {"filters": offered} if offered else {}

    def _titles(self, numbers: Sequence[int]) -> list[str]:
        return [resource.title for resource in self._hydrated(numbers)]

    def suggest(self, text: str, size: int) -> list[Suggestion]:
        """Titles that begin with the text, in characters, pinyin or initials, those of many records first.

        Where they are too few, titles that hold the text follow. Each title once.
        """
        read = self._reader.read(text, plain=True)
        if not read.title_key:
            return []
        engine = self.engine()
        keys = [read.title_key, *self._reader.half_converted(read.folded)]
        titles = self._by_title(engine.complete(keys, size * _COMPLETIONS))
        if len(titles) < size:
            titles = titles | self._by_title(
                engine.title_shares(read, Filters(), size * _COMPLETIONS), titles
            )
        return [Suggestion(title, resource) for title, resource in islice(titles.items(), size)]

    def _by_title(self, numbers: Iterable[int], known: Collection[str] = ()) -> dict[str, Resource]:
        """The first published resource of each title that is not known yet, in their order."""
        titles: dict[str, Resource] = {}
        for resource in self._hydrated(list(numbers)):
            if resource.title not in known:
                titles.setdefault(resource.title, resource)
        return titles

    def similar(self, resource_id: str, size: int) -> list[Item]:
        """Published resources nearest in meaning, never one of the same title. Raises NotFound."""
        with self._database.read() as session:
            resource = resources.get(session, resource_id)
        engine = self.engine()
        vector = engine.vectors([resource.number]).get(resource.number)
        if vector is None:
            return []
        hits = engine.nearest(vector, Filters(), size * 3)
        found = self._hydrated([hit.number for hit in hits])
        scores = {hit.number: hit.score for hit in hits}
        others = [other for other in found if other.title != resource.title]
        return [Item(other, scores[other.number]) for other in others[:size]]

    def _ranked(self, engine: Engine, text: Understanding, query: Query, tally: Tally) -> list[Fused]:
        wanted = query.offset + query.size
        if query.sort is not Sort.RELEVANCE or not text.text or tally.tier == "identifier":
            return [Fused(h.number) for h in engine.ordered(text, query.filters, query.sort, wanted)]
        limit = max(_CANDIDATES, wanted)
        hits, coverage = self._written(engine, text, query, limit)
        cosines = self._cosines(engine, text, query, [hit.number for hit in hits], limit)
        ranking = self._specification.ranking
        weights = {Mode.KEYWORD: 0.0, Mode.VECTOR: 1.0, Mode.HYBRID: ranking.vector.weight(coverage)}
        if query.mode is Mode.VECTOR and not text.expression:
            # What words alone found was but a candidate.
            hits = []
        candidates = list({*(hit.number for hit in hits), *cosines})
        return fuse(
            hits,
            cosines,
            weights[query.mode] if cosines else 0.0,
            {} if query.mode is Mode.VECTOR else self._title_bonus(engine, text, query, coverage),
            dict.fromkeys(self._dated(engine, text, candidates), ranking.period),
            wanted,
        )

    def _title_bonus(
        self, engine: Engine, text: Understanding, query: Query, coverage: float
    ) -> dict[int, float]:
        """The nearer a title comes to being the text, the more; a long title that holds it gets next to nothing.

        Of a question that no resource covers, the title that is most of what it asks about.
        """
        whole, sure = self._specification.ranking.exact_title, self._specification.ranking.vector.sure
        asked = engine.titled(text.names if coverage < sure else (), query.filters, _TITLES)
        shares = engine.title_shares(text, query.filters, _TITLES)
        bonus = {n: whole * min(1.0, length / text.content_length) ** 2 for n, length in asked.items()}
        for number, share in shares.items():
            bonus[number] = max(bonus.get(number, 0.0), whole * share**_TITLE_STEEPNESS)
        return bonus | dict.fromkeys(engine.titled([text.title_key], query.filters, _TITLES), whole)

    def _walked(self, engine: Engine, text: Understanding, query: Query, cursor: str) -> list[Fused]:
        number = 0
        if cursor != FIRST:
            with self._database.read() as session:
                found = resources.numbers_of(session, [cursor])
            if cursor not in found:
                raise QueryError(f"{cursor!r} is no cursor: begin with {FIRST}", field="cursor")
            number = found[cursor]
        return [Fused(n) for n in engine.after(text, query.filters, number, query.size)]

    def _next_cursor(self, page: list[Fused]) -> str:
        """The id of the last one, whether or not it is still shown."""
        with self._database.read() as session:
            return resources.load(session, [page[-1].number])[page[-1].number].id

    def _written(
        self, engine: Engine, text: Understanding, query: Query, limit: int
    ) -> tuple[list[Hit], float]:
        """The keyword leg's hits and its coverage of the text.

        Where none of the first has much of it, a shared word is chance: characters alone rank. Of each time that was typed
        its own best are added: they may bear its years and not its name.
        """
        hits = engine.rank(text, query.filters, limit)
        coverage = engine.coverage(text, [hit.number for hit in hits[:_FIRST]])
        unsure = coverage < self._specification.ranking.loose_below
        loosely = unsure and len(text.characters) >= _LONGER_THAN_NAMES
        if loosely:
            hits = engine.rank(text, query.filters, limit, loosely=True)
        found = {hit.number: hit for hit in hits}
        for period in text.periods:
            within = query.filters.within(period.start, period.end)
            if within is not None:
                dated = engine.rank(text, within, limit, loosely=loosely)
                found = {hit.number: hit for hit in dated} | found
        return list(found.values()), coverage

    def _dated(self, engine: Engine, text: Understanding, candidates: Sequence[int]) -> set[int]:
        """Which candidates are of a time that was typed."""
        spans = (Filters(year_from=period.start, year_to=period.end) for period in text.periods)
        return {number for span in spans for number in engine.passing(candidates, span)}

    def _cosines(
        self, engine: Engine, text: Understanding, query: Query, candidates: Sequence[int], limit: int
    ) -> Mapping[int, float]:
        # What every result must meet is for the keyword leg to say.
        if query.mode is Mode.KEYWORD or text.expression or len(text.folded) < _SHORTEST_MEANT:
            return {}
        vector = self._specification.embedding.encode([text.text])[0]
        found = {hit.number: hit.score for hit in engine.nearest(vector, query.filters, limit)}
        missing = [number for number in candidates if number not in found]
        return found | engine.cosines(vector, missing) if found else {}

    def _items(self, engine: Engine, text: Understanding, page: list[Fused], query: Query) -> list[Item]:
        found = {resource.number: resource for resource in self._hydrated([c.number for c in page])}
        counted = engine.in_tier(text, list(found))
        marker = Marker({*text.words, *text.bigrams}, self._specification.analyzer.folding)
        return [
            Item(
                resource=found[candidate.number],
                score=round(candidate.score, 6),
                outside_tier=candidate.number not in counted,
                highlights=self._highlights(found[candidate.number], marker),
                explain=candidate.as_json() if query.explain else None,
            )
            for candidate in page
            if candidate.number in found
        ]

    def _highlights(self, resource: Resource, marker: Marker) -> dict[str, Any]:
        marked = {"title": marker.highlight(resource.title)}
        description = resource.data.get("description") or resource.data.get("contents")
        if description:
            marked["description"] = marker.excerpt(description)
        return marked

    def _hydrated(self, numbers: Sequence[int]) -> list[Resource]:
        """The published ones in the same order: what was withdrawn a moment ago is not shown any more."""
        with self._database.read() as session:
            found = resources.load(session, numbers)
        return [r for n in numbers if (r := found.get(n)) and r.state is State.PUBLISHED]

    def _facets(self, tally: Tally, filters: Filters) -> dict[str, list[FacetValue]]:
        names = self._institution_names() if "institution" in tally.facets else {}
        return {
            name: [
                self._facet_value(
                    name, code, counts.get(code, 0), code in filters.values.get(name, ()), names
                )
                for code in self._shown(name, counts, filters.values.get(name, ()))
            ]
            for name, counts in tally.facets.items()
        }

    def _shown(self, facet: str, counts: Mapping[str, int], selected: Sequence[str]) -> list[str]:
        """The commonest codes by falling count, and what is selected.

        Of the tree of regions only its top, and what lies under a selected region.
        """
        codes: Collection[str] = counts
        if facet == "region":
            regions = self._specification.schemas.vocabulary("region")
            parents = {code: term.parent if (term := regions.get(code)) else None for code in counts}
            codes = [code for code in counts if parents[code] is None or parents[code] in selected]
        commonest = nsmallest(_FACET_VALUES, codes, key=lambda code: (-counts[code], code))
        rest = sorted({*selected}.difference(commonest), key=lambda code: (-counts.get(code, 0), code))
        return commonest + rest

    def _facet_value(
        self, facet: str, code: str, count: int, selected: bool, names: Mapping[str, tuple[str, str]]
    ) -> FacetValue:
        if facet == "institution":
            zh, en = names.get(code, (code, code))
        else:
            term = self._specification.schemas.vocabulary(VOCABULARIES.get(facet, facet)).get(code)
            zh, en = (term.zh, term.en or term.zh) if term else (code, code)
        return FacetValue(code, zh, en, count, selected)

    def _institution_names(self) -> Mapping[str, tuple[str, str]]:
        read_at, names = self._names
        if names and perf_counter() - read_at < _NAMES_KEPT_SECONDS:
            return names
        with self._database.read() as session:
            names = institutions.names(session)
        self._names = (perf_counter(), names)
        return names
