"""Search as a reader asks for it: understand, count, rank by both legs, fuse, hydrate, highlight."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from time import perf_counter
from typing import Any

from catalog import resources
from catalog.assets import asset
from catalog.database import Database
from catalog.errors import Unavailable, WenmaiError
from catalog.identifiers import normal_identifier
from catalog.lifecycle import State
from catalog.resources import Resource
from search.analysis.segments import Marker, Segment
from search.correction import Corrector
from search.directory import Directory, fixed_names
from search.embedded.engine import EmbeddedEngine
from search.embedded.layout import Layout
from search.embedded.open_generation import OpenGeneration
from search.engine import Engine, Hit, Tally
from search.facets import Facets
from search.fusion import Fused
from search.generations import READY, Generations
from search.query import ANY_LEVEL, FIRST, LEVELS, NO_FILTERS, Filters, Query, QueryError
from search.ranker import Ranker, is_ranked, length_of
from search.reading.expression import Text, leaves, phrases_alone, positive_text, pruned
from search.reading.reader import Reader
from search.reading.understanding import Understanding, bare_title, title_key
from search.results import Item, SearchResult, Suggestion
from search.specification import Specification
from search.suggestions import Suggester
from search.used_titles import NO_USE, UsedTitles

_log = logging.getLogger(__name__)
# Filters that one text suggests, at most.
_MOST_OFFERED = 8
# Words of a text that asks for something in a place, not for the place.
_MORE_THAN_A_PLACE = 2
# Read for what reading it loads.
_ANY_TEXT = "唐代"


class SearchService:
    """Answers queries from the active generation. Safe to share between threads.

    `used` gives the resources that readers use most, each with how much: completions weigh that.
    """

    def __init__(
        self,
        database: Database,
        generations: Generations,
        specification: Specification,
        used: Callable[[], Mapping[int, float]] = lambda: NO_USE,
    ) -> None:
        self._database = database
        self._generations = generations
        self._specification = specification
        self._reader = Reader(
            specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
        )
        self._corrector = Corrector(specification.analyzer, specification.pinyin, specification.resemblance)
        self._directory = Directory(
            database,
            fixed_names(asset("index_config"), specification.schemas.vocabulary("region")),
            lambda name: specification.analyzer.words(specification.analyzer.fold(name)),
        )
        self._ranker = Ranker(specification)
        self._facets = Facets(self._directory, specification.schemas)
        layout = Layout(specification.analyzer, specification.pinyin)
        self._used_titles = UsedTitles(database, layout.completion_keys, used)
        self._suggester = Suggester(
            specification, self._reader, self._used_titles, self._hydrated,
            lambda text, engine: self._corrector.correct(text, engine, self._spellings),
        )  # fmt: skip
        self._lock = threading.Lock()
        self._opened: tuple[str, OpenGeneration] | None = None
        # The pointer file as it named the generation that answers, and as it named one that could not be read.
        self._pointer: tuple[int, int] | None = None
        self._refused: tuple[int, int] | None = None

    def ready(self) -> None:
        """Raises Unavailable when no generation is active or the active one cannot be read.

        Afterwards what is read once only, names and times, does not keep the first reader waiting.
        """
        self.engine()
        self._read(_ANY_TEXT)

    def engine(self) -> EmbeddedEngine:
        """The newest state of the active generation: whoever answers a request takes it once and asks nothing else."""
        return self._active().engine()

    def _active(self) -> OpenGeneration:
        """The active generation; another one soon after the pointer file names it.

        The former one answers while the new one is opened, and for as long as that one cannot be read.
        """
        opened = self._opened
        if opened is None:
            with self._lock:
                if self._opened is None:
                    self._opened = self._opened_first(self._generations.named_id())
                    self._tell_if_built_otherwise(self._opened[0])
                return self._opened[1]
        pointer = self._generations.pointer()
        if pointer in (self._pointer, self._refused) or not self._lock.acquire(blocking=False):
            return opened[1]
        try:
            active = self._generations.active_id()
            if active != opened[0]:
                opened = self._opened = (active, self._open(active))
                self._tell_if_built_otherwise(active)
            self._pointer = pointer
        except Exception as error:
            # Whatever is wrong with the new one, the former one is whole.
            self._refused = pointer
            _log.error(
                "the former index generation goes on answering: %s", error, exc_info=_unforeseen(error)
            )
        finally:
            self._lock.release()
        return opened[1]

    def _opened_first(self, active: str) -> tuple[str, OpenGeneration]:
        """The active generation, or where it is damaged the newest other one that was built alike and can be read."""
        try:
            return active, self._open(active)
        except Exception as error:
            with self._database.read() as session:
                ready = [g for g in self._generations.all(session) if g.state == READY and g.id != active]
            for generation in reversed(ready):
                if generation.fingerprint == self._specification.fingerprint:
                    with suppress(Unavailable):
                        opened = self._open(generation.id)
                        _log.error(
                            "generation %s answers in place of the active one: %s", generation.id, error,
                            exc_info=_unforeseen(error),
                        )  # fmt: skip
                        self._refused = self._generations.pointer()
                        return generation.id, opened
            raise

    def _tell_if_built_otherwise(self, generation_id: str) -> None:
        """Log that a generation was built by another configuration: its vectors may be of another embedding."""
        with self._database.read() as session:
            known = {one.id: one.fingerprint for one in self._generations.all(session)}
        if known.get(generation_id, self._specification.fingerprint) != self._specification.fingerprint:
            _log.warning(
                "the index generation %s was built by another configuration or embedding, so that answers may be wrong, and are by "
                "words alone where its vectors have another dimension: "
                "`wenmai index build --activate` builds it anew, as `wenmai serve` does by itself",
                generation_id,
            )

    def open_engine(self, generation_id: str) -> EmbeddedEngine:
        """The newest state of a generation, active or not. Raises Unavailable if it cannot be read."""
        return self._open(generation_id).engine()

    def _open(self, generation_id: str) -> OpenGeneration:
        return OpenGeneration(self._generations.path(generation_id), self._specification.ranking.fields)

    def search(self, query: Query) -> SearchResult:
        """One page of results with the tier's total and facets. Raises Unavailable without an active index."""
        started = perf_counter()
        engine = self.engine()
        query = self._within_work(engine, query)
        text, tally, notes = self._understood(engine, query)
        notes |= self._offered(engine, text, query.filters, tally.total)
        if query.cursor is not None:
            ranked = page = self._walked(engine, text, query, query.cursor)
        else:
            ranked = self._ranker.ranked(engine, text, query, tally)
            page = ranked[query.offset : query.offset + query.size]
        # A list, and all that is of one work, leave no edition out.
        left_out = is_ranked(text, query, tally) and not query.editions_of
        others = self._other_editions(engine, page) if left_out else {}
        items = self._items(text, page, query.explain, others)
        return SearchResult(
            total=tally.total,
            tier=tally.tier,
            mode=query.mode.value,
            took_ms=round((perf_counter() - started) * 1000, 2),
            interpreted_as=text.as_json()
            | ({"identifier": text.identifier} if tally.tier == "identifier" else {})
            | ({"dropped": list(tally.dropped)} if tally.dropped else {})
            | notes,
            items=items,
            facets=self._facets.values(tally, query.filters),
            cursor=self._next_cursor(page) if query.cursor is not None and len(page) == query.size else None,
            length=length_of(ranked, text, query, tally),
        )

    def _within_work(self, engine: Engine, query: Query) -> Query:
        """The query, filtered by the work of the resource whose editions it asks for."""
        if not query.editions_of:
            return query
        with self._database.read() as session:
            number = resources.numbers_of(session, [query.editions_of]).get(query.editions_of)
        edition = engine.editions([number]).get(number) if number else None
        if edition is None:
            raise QueryError(f"there is no published resource {query.editions_of!r}", field="editions_of")
        return replace(query, filters=replace(query.filters, work=edition.work))

    def _understood(self, engine: Engine, query: Query) -> tuple[Understanding, Tally, dict[str, Any]]:
        """What is searched for instead of what was typed, where that finds nothing as it stands, and a note of it."""
        text = self._without_role(engine, self._read(query.text))
        tally = engine.tally(text, query.filters, query.facets)
        if text.expression:
            if tally.total or engine.tally(text, Filters(), ()).total:
                return text, tally, {}
            if loosened := self._loosened(engine, text):
                words = [one.text for one in leaves(text.expression) if isinstance(one, Text)]
                tally = engine.tally(loosened, query.filters, query.facets)
                return loosened, tally, {"dropped": words}
            wanted = positive_text(text.expression)
            # What was asked for so exactly is not exchanged for something else: its words are offered.
            return text, tally, {"unmet_query": str(text.expression), "plain_text": wanted} if wanted else {}
        # The name of a level is known, whether or not there is anything of it.
        is_known = tally.whole or text.levels
        if not is_known and (spelt := self._corrector.correct(text, engine, self._spellings)):
            corrected = self._read(spelt, plain=True)
            if engine.tally(corrected, Filters(), ()).whole:
                tally = engine.tally(corrected, query.filters, query.facets)
                return corrected, tally, {"corrected_from": text.text}
        return text, tally, {}

    def _without_role(self, engine: Engine, text: Understanding) -> Understanding:
        """The text without 导演 or 译者 at its end, where a whole title stands before it: who that was is asked, not looked for."""
        title = text.before_a_role
        if not title or text.expression or not engine.titled([title_key(title)], Filters(), 1):
            return text
        return replace(self._read(title, plain=True), text=text.text, typed=text.typed)

    def _loosened(self, engine: Engine, text: Understanding) -> Understanding | None:
        """The same text, but the words beside its phrases only rank; None where nothing has the phrases."""
        written = phrases_alone(text.text)
        phrases = pruned(written, dict(text.leaves).__contains__) if written else None
        loosened = replace(text, expression=phrases) if phrases else None
        return loosened if loosened and engine.tally(loosened, Filters(), ()).total else None

    def _read(self, text: str, *, plain: bool = False) -> Understanding:
        return self._reader.read(text, plain=plain, known=self._directory.known())

    def _offered(self, engine: Engine, text: Understanding, filters: Filters, of: int) -> dict[str, Any]:
        """Filters that the text suggests: what it names, where something of the text is to be found, `of` so many all in all."""
        offered = [
            {"text": name, "facet": facet, "value": code, "total": total}
            for (facet, code), name in _named_filters(text).items()
            if facet not in filters.values and facet != "kind" and code != ANY_LEVEL
            if facet in ("institution", *LEVELS) or len(text.units) >= _MORE_THAN_A_PLACE
            if (total := engine.tally(text, filters.having(facet, code), ()).total)
            # Of 科幻片 all are films.
            if total < of or facet in ("institution", "region", *LEVELS)
        ]
        return {"filters": offered} if offered else {}

    def seldom(self, name: str) -> float:
        """How seldom a name stands in what the catalogue has, from 0 for everywhere to 1 for in few records."""
        analyzer = self._specification.analyzer
        return self.engine().seldom(analyzer.bigrams(analyzer.fold(name)))

    def words_of(self, name: str) -> list[str]:
        """The words that a name is made of, folded."""
        analyzer = self._specification.analyzer
        return analyzer.words(analyzer.fold(name))

    def institution_names(self, code: str) -> tuple[str, ...]:
        """The names of an institution: Chinese, English, others; none for an unknown one."""
        return self._directory.institutions().get(code, ())

    def _spellings(self, numbers: Sequence[int]) -> list[str]:
        """The titles of these resources and the names of their makers."""
        found = self._hydrated(numbers)
        titles = (title["value"] for resource in found for title in resource.data.get("titles") or ())
        names = (maker["name"] for resource in found for maker in resource.data.get("contributors") or ())
        return [*titles, *dict.fromkeys(names)]

    def suggest(self, text: str, size: int, filters: Filters = NO_FILTERS) -> list[Suggestion]:
        """Completions of what is being typed, of what the filters let pass, best first: titles, and names of makers. Each once."""
        return self._suggester.suggest(self.engine(), text, size, filters)

    def alike_titles(self, engine: Engine, title: str, limit: int) -> list[Hit]:
        """Resources whose titles share most with this one, but for what stands in brackets behind it, best first; those that
        bear just this one have the score of the best, unless many do: 浣溪沙 names nothing."""
        analyzer = self._specification.analyzer
        bare = analyzer.fold(bare_title(title))
        hits = engine.alike_titles(analyzer.bigrams(bare), limit)
        best = max((hit.score for hit in hits), default=1.0)
        exact = engine.titled([title_key(bare)], Filters(), limit)
        if len(exact) == limit:
            return hits
        return [*(Hit(n, best) for n in exact), *(hit for hit in hits if hit.number not in exact)][:limit]

    def works_of(self, engine: Engine, makers: Collection[str], limit: int) -> list[int]:
        """Resources that bear one of these names, in whatever role, the newest first; names beyond four characters are not known."""
        return engine.works_of(self._reader.makers(makers), limit)

    def declaring(
        self, engine: Engine, names: Iterable[str], classes: Iterable[str], limit: int
    ) -> list[int]:
        """Resources that have one of these names as a subject or are part of what bears it, or are of one of these classes, the newest
        first."""
        folded = map(self._specification.analyzer.fold, names)
        characters = filter(None, map(self._specification.analyzer.characters, folded))
        return engine.declaring(characters, [*map(normal_identifier, classes)], limit)

    def read_used_titles(self) -> None:
        """Read now which titles are used most, which suggestions otherwise have done in the background."""
        self._used_titles.read()

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

    def _items(
        self, text: Understanding, page: list[Fused], explain: bool, others: Mapping[int, int]
    ) -> list[Item]:
        candidates = {candidate.number: candidate for candidate in page}
        shown = self._hydrated(list(candidates))
        return [
            Item(
                resource=resource,
                score=round(candidate.score, 6),
                outside_tier=candidate.outside,
                other_editions=others.get(candidate.number, 0),
                highlights=highlights,
                explain=(candidate.parts or {}) if explain else None,
                legs=(candidate.legs or {}) if explain else None,
            )
            for resource, highlights in zip(shown, self._highlights(text, shown), strict=True)
            for candidate in (candidates[resource.number],)
        ]

    def _other_editions(self, engine: Engine, page: list[Fused]) -> dict[int, int]:
        """How many other editions and copies there are of those that have any."""
        sizes = engine.work_sizes([candidate.work for candidate in page if candidate.work])
        return {c.number: sizes[c.work] - 1 for c in page if c.work in sizes}

    def _highlights(
        self, text: Understanding, shown: Sequence[Resource]
    ) -> Iterator[dict[str, list[Segment]]]:
        """What of title and description of each resource the text matched."""
        folding = self._specification.analyzer.folding
        marker = Marker(text.telling_tokens.union(map(folding.fold, text.synonyms)), folding)
        titles = [resource.title for resource in shown]
        bodies = [one.data.get("description") or one.data.get("contents") or "" for one in shown]
        for title, body in marker.mark(titles, bodies):
            yield {"title": title, "description": body} if body else {"title": title}

    def _hydrated(self, numbers: Sequence[int]) -> list[Resource]:
        """The published ones in the same order: what was withdrawn a moment ago is not shown any more."""
        found = resources.load_now(self._database, numbers)
        return [r for n in numbers if (r := found.get(n)) and r.state is State.PUBLISHED]


def _unforeseen(error: Exception) -> Exception | None:
    """The error, where it does not say in a sentence what is wrong."""
    return None if isinstance(error, WenmaiError) else error


def _named_filters(text: Understanding) -> dict[tuple[str, str], str]:
    """Facet and code of each place, institution, level and language that is named, and the name; so many at most: each costs a count."""
    named = [(one.facet, one.code, one.text) for one in text.mentions]
    named += [(*unit.any_of[0], unit.label) for unit in text.units if len(unit.any_of) == 1]
    found: dict[tuple[str, str], str] = {}
    for facet, code, name in named:
        found.setdefault((facet, code), name)
    return dict(islice(found.items(), _MOST_OFFERED))
