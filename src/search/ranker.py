"""Ranking: both legs' candidates, how sure the keyword leg is, what title and time add, and one of each work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search.engine import Engine, Hit, Tally
from search.fusion import Fused, Fusion, one_of_each_work, work_of
from search.query import ANY_LEVEL, LEVELS, WINDOW, Filters, Mode, Query, Sort
from search.reading.expression import Text
from search.reading.known_names import Mention
from search.reading.periods import BEGUN, Period, nearness
from search.reading.understanding import Sought, Understanding, Unit
from search.specification import Specification
from search.title_bonus import TitleBonus

CANDIDATES = 100
"""What each leg gives to the fusion."""
# So many of the first, and so many times a page, are looked at again: do they belong to the tier? Behind them comes the
# rest of the tier.
_SHORTLIST, _SHORTLISTED = 60, 3
# Hits among which the one is sought that has most of the text.
_FIRST = 10
# Times, institutions, levels and places of one text whose own best are looked for, at most.
_MOST_NARROWER = 8
# What more have nearly as it was typed is no quotation.
_QUOTED = 20
_SHORTEST_MEANT = 2
# So near a time that was typed alone is what meets it, however long it lasted itself.
_SPANS = 0.6
# Tiers that may leave words out: what has all of them is another set.
_PARTIAL = ("most", "half", "any")
# Different characters of a text that is more than a name: what it shares with a resource may be chance.
_LONGER_THAN_NAMES = 7
_PROVINCE = "0000"
_NOTHING = Understanding("", "")


@dataclass(frozen=True, slots=True)
class _Own:
    """The best of the tier, all of it where it is `complete`, of what has all words besides, of a maker's, and of a number's."""

    tier: Sequence[Hit] = ()
    whole: Sequence[Hit] = ()
    made: Sequence[Hit] = ()
    numbered: Sequence[Hit] = ()
    complete: bool = False


def is_ranked(text: Understanding, query: Query, tally: Tally) -> bool:
    """Whether the answer is in order of relevance; else it is a list that leaves nothing out."""
    listed = query.cursor is not None or query.sort is not Sort.RELEVANCE
    return not listed and bool(text.text) and tally.tier != "identifier"


def length_of(ranked: Sequence[Fused], text: Understanding, query: Query, tally: Tally) -> int:
    """How many results there are to page through, one of each work, if up to the end of this page they are these; so many at
    most where not all were looked at."""
    if not is_ranked(text, query, tally):
        return tally.total
    is_all = tally.total <= CANDIDATES or len(ranked) < query.offset + query.size
    if is_all and query.mode is not Mode.VECTOR:
        return len(ranked)
    return tally.total + sum(one.outside for one in ranked)


class Ranker:
    """Ranks what an engine finds. One object serves all requests."""

    def __init__(self, specification: Specification) -> None:
        self._weights = specification.ranking
        self._embedding = specification.embedding
        self._titles = TitleBonus(
            self._weights.exact_title, self._weights.vector.sure, specification.analyzer.folding
        )

    def ranked(self, engine: Engine, text: Understanding, query: Query, tally: Tally) -> list[Fused]:
        """The results up to the end of the page that is asked for, best first or in the order of its `sort`.

        All of the tier is among them sooner or later, and of what is outside of it a page at most.
        """
        wanted = query.offset + query.size
        if not is_ranked(text, query, tally):
            return [Fused(h.number) for h in engine.ordered(text, query.filters, query.sort, wanted)]
        found = self._fused(engine, text, query, tally)
        if len(found) >= wanted:
            return found
        return found + self._others(engine, text, query, found)

    def _others(
        self, engine: Engine, text: Understanding, query: Query, found: Sequence[Fused]
    ) -> list[Fused]:
        """What was no candidate, of the tier, or by meaning the nearest: one of each work that was not found yet.

        The same whatever page is asked for, or pages would not follow each other.
        """
        by_meaning = query.mode is Mode.VECTOR and not text.expression
        if by_meaning and not self._has_meaning(text, query):
            return []
        rest = (
            engine.nearest(self._embedding.encode_query(text.text), query.filters, WINDOW)
            if by_meaning
            else engine.best_in_tier(text, query.filters, WINDOW)
        )
        known = {one.number for one in found}
        numbers = [hit.number for hit in rest if hit.number not in known]
        editions = engine.editions(numbers) if query.filters.work is None else {}
        others = list(one_of_each_work(numbers, editions, {one.work for one in found if one.work}))
        counted = engine.in_tier(text, others) if by_meaning else {*others}
        return [Fused(n, work=work_of(n, editions), outside=n not in counted) for n in others]

    def _fused(self, engine: Engine, text: Understanding, query: Query, tally: Tally) -> list[Fused]:
        """The best of the candidates of each leg."""
        by_meaning = query.mode is Mode.VECTOR
        first = CANDIDATES if by_meaning else max(_SHORTLIST, _SHORTLISTED * query.size)
        hits, coverage = self._written(engine, text, query, tally)
        loosely = self._is_loose(text, tally, coverage)
        own = _Own() if by_meaning else self._own(engine, text, query, tally, loosely=loosely)
        own_hits = (*own.numbered, *own.made, *own.whole, *own.tier)
        hits = list({hit.number: hit for hit in (*own_hits, *hits)}.values())
        weights = {Mode.KEYWORD: 0.0, Mode.VECTOR: 1.0, Mode.HYBRID: self._weights.vector.weight(coverage)}
        apart = by_meaning or not _outdo(hits, weights[query.mode])
        cosines = self._cosines(engine, text, query, [hit.number for hit in hits], nearest=apart)
        if by_meaning and not text.expression:
            # What words alone found was but a candidate.
            hits = []
        titled, called = (
            ({}, set[int]())
            if by_meaning
            else self._titles.bonus(engine, text, query.filters, tally, coverage)
        )
        if text.expression:
            # A title may be the words that are wanted, and its resource not meet the rest.
            titled = {hit.number: titled[hit.number] for hit in hits if hit.number in titled}
        misquoted = {} if by_meaning else self._misquoted(engine, text, query.filters, tally)
        candidates = list({*(hit.number for hit in hits), *cosines, *titled, *misquoted})
        fusion = Fusion(
            hits,
            cosines,
            weights[query.mode] if cosines else 0.0,
            {"title": titled, "misquoted": misquoted, **dict(self._met(engine, text, candidates, own))},
            # Who asks for a work wants all of it.
            engine.editions(candidates) if query.filters.work is None else {},
        )
        if called:
            fusion.led_by(self._titles.called(engine, text, query.filters))
        counted = {hit.number for hit in own.tier}
        # What is counted is looked at, however far behind it is.
        order = fusion.best(first, counted, called)
        if not own.complete:
            counted |= engine.in_tier(text, order)
        if by_meaning:
            return fusion.results(order, counted, None, query.explain)
        # What is of a level that was typed, which no score tells, comes before what is not.
        is_of_level = any(level.label not in tally.dropped for level in text.levels)
        has_all = tally.tier == "all" and (tally.whole or tally.by_long_name)
        if has_all or is_of_level or _is_time_left(text, tally):
            # All words of a misremembered verse may be scattered over something else.
            order = fusion.raised(order, counted | misquoted.keys(), self._weights.whole)
        return fusion.results(order, counted, _room_outside(tally, query.size), query.explain)

    def _misquoted(
        self, engine: Engine, text: Understanding, filters: Filters, tally: Tally
    ) -> dict[int, float]:
        """What a text that has a slip, as a verse is remembered, gives to what it may be quoted from.

        Where something has all of its words, only what has them, too, is meant rather.
        """
        found = engine.misquoted(text, filters, _QUOTED, surely=tally.whole)
        return {number: self._weights.misquoted * sure for number, sure in found.items()}

    def _own(self, engine: Engine, text: Understanding, query: Query, tally: Tally, *, loosely: bool) -> _Own:
        """What belongs to the tier and what has all words, where that is little or a level was typed, which no score tells:
        by their scores they may be far behind."""
        complete = tally.total <= CANDIDATES
        tier = (
            engine.best_in_tier(text, query.filters, CANDIDATES, loosely=loosely)
            if complete or text.is_one_thing or text.levels
            else []
        )
        apart = tally.whole and tally.tier in _PARTIAL
        whole = (
            engine.best_in_tier(text, query.filters, CANDIDATES, whole=True, loosely=loosely) if apart else []
        )
        made = engine.made_by(text, query.filters, CANDIDATES, loosely=loosely)
        numbered = [
            hit
            for unit in text.units
            # An expression says itself what every result must meet.
            if unit.identifier and not text.expression
            for hit in engine.best_in_tier(_alone(unit), query.filters, CANDIDATES)
        ]
        return _Own(tier, whole, made, numbered, complete)

    def _written(
        self, engine: Engine, text: Understanding, query: Query, tally: Tally
    ) -> tuple[list[Hit], float]:
        """The keyword leg's hits and its coverage of the text.

        Where none of the first has much of it, a shared word is chance: characters alone rank. Of each time and
        institution that was typed its own best are added: they may be of it and not bear its name.
        """
        hits = engine.rank(text, query.filters, CANDIDATES)
        coverage = engine.coverage(text, [hit.number for hit in hits[:_FIRST]])
        loosely = self._is_loose(text, tally, coverage)
        if loosely:
            hits = engine.rank(text, query.filters, CANDIDATES, loosely=True)
        found = {hit.number: hit for hit in hits}
        narrower: list[Filters] = []
        for within in self._narrower(text, query.filters):
            if within not in narrower and len(narrower) < _MOST_NARROWER:
                narrower.append(within)
        for within in narrower:
            own = engine.rank(text, within, CANDIDATES, loosely=loosely)
            found = {hit.number: hit for hit in own} | found
        if text.time_alone or (text.units and all(unit.institution or unit.is_level for unit in text.units)):
            # Nothing but a time, an institution or a level was typed: whatever is of it is meant, the newest first.
            for within in narrower:
                own = engine.ordered(_NOTHING, within, Sort.RELEVANCE, CANDIDATES)
                found = {hit.number: hit for hit in own} | found
        return list(found.values()), coverage

    def _is_loose(self, text: Understanding, tally: Tally, coverage: float) -> bool:
        # What has all words is no chance, though among very many it may not be of the first.
        return (
            not tally.whole
            and coverage < self._weights.loose_below
            and len(text.characters) >= _LONGER_THAN_NAMES
        )

    def _narrower(self, text: Understanding, filters: Filters) -> Iterator[Filters]:
        """The filters, narrowed to each time, where nothing else was typed to its kinds too, each institution, level and place."""
        kinds = tuple(mention.code for mention in text.mentions if mention.facet == "kind")
        narrow = replace(filters, values={"kind": kinds} | dict(filters.values)) if kinds else filters
        for period in text.periods:
            if period.dynasty:
                if "period" not in filters.values:
                    yield filters.having("period", period.dynasty)
            elif within := (narrow if text.time_alone else filters).within(period.start, period.end):
                yield within
        if "institution" not in filters.values:
            for unit in text.units:
                if unit.institution:
                    yield filters.having("institution", unit.institution)
        for facet, codes in _coded(text):
            if facet not in filters.values and len(text.units) > 1:
                yield replace(filters, values={**filters.values, facet: codes})
        for mention in text.mentions:
            if (
                (mention.facet in LEVELS or _narrows(text, mention))
                and mention.facet not in filters.values
                and mention.code != ANY_LEVEL
            ):
                yield filters.having(mention.facet, mention.code)

    def _met(
        self, engine: Engine, text: Understanding, candidates: Sequence[int], own: _Own
    ) -> Iterator[tuple[str, Mapping[int, float]]]:
        """What a time, a thing, an institution, a place and a kind that were typed, and all words, add to a candidate."""
        weights = self._weights
        if text.periods:
            nearness = self._nearness(engine, text.periods, candidates)
            # Where a time is all that was typed, what is of a whole dynasty is of one of its years less than what is of that
            # alone, and more than what bears but a part of its name; beside other words, whatever meets it may be meant.
            least, weight = (_SPANS, weights.time_alone) if text.time_alone else (BEGUN, weights.period)
            yield "period", {n: weight * (least + (1 - least) * near) for n, near in nearness.items() if near}
        # Whatever bears one of the names of the one thing that was typed is meant; what bears a number is called so, too.
        named = dict.fromkeys((hit.number for hit in own.tier), weights.name) if text.is_one_thing else {}
        yield (
            "name",
            named | dict.fromkeys((hit.number for hit in own.numbered), weights.exact_title + weights.name),
        )
        maker = weights.maker_alone if len(text.units) == 1 else weights.maker
        yield "maker", dict.fromkeys((hit.number for hit in own.made), maker)
        yield "whole", dict.fromkeys((hit.number for hit in own.whole), weights.whole)
        # Of an institution alone, whatever it has is meant.
        house = weights.time_alone if text.institution_alone else weights.institution
        for facet, weight in (("institution", house), ("region", weights.region)):
            codes = tuple(mention.code for mention in text.mentions if mention.facet == facet)
            # A kind or a place alone (书) asks for nothing in particular, but a province for what is there.
            if codes and (facet == "institution" or len(text.units) > 1 or codes[0].endswith(_PROVINCE)):
                yield facet, dict.fromkeys(engine.passing(candidates, Filters({facet: codes})), weight)
        kinds = _kinds(text) if len(text.units) > 1 else []
        met = Counter(number for kind in kinds for number in engine.passing(candidates, kind))
        kind = weights.time_alone if text.time_alone else weights.kind
        yield "kind", {number: kind * count for number, count in met.items()}

    def _nearness(
        self, engine: Engine, periods: Sequence[Period], candidates: Sequence[int]
    ) -> Mapping[int, float]:
        """How near each candidate is to a time that was typed, by years, or by the name of the dynasty that it bears."""
        by_years = [Period(one.text, *one.beginnings) for one in periods if one.beginnings]
        dynasties = tuple(period.dynasty for period in periods if period.dynasty)
        spans = engine.years(candidates) if by_years else {}
        near = {number: nearness(span, by_years) for number, span in spans.items()}
        bearing = engine.passing(candidates, Filters({"period": dynasties})) if dynasties else ()
        return near | dict.fromkeys(bearing, 1.0)

    def _cosines(
        self, engine: Engine, text: Understanding, query: Query, candidates: Sequence[int], *, nearest: bool
    ) -> Mapping[int, float]:
        """The cosines of the candidates and of the `nearest`; none where there are no vectors."""
        if not self._has_meaning(text, query):
            return {}
        vector = self._embedding.encode_query(text.text)
        if not nearest:
            return engine.cosines(vector, candidates)
        found = {hit.number: hit.score for hit in engine.nearest(vector, query.filters, CANDIDATES)}
        missing = [number for number in candidates if number not in found]
        return found | engine.cosines(vector, missing) if found else {}

    def _has_meaning(self, text: Understanding, query: Query) -> bool:
        """Whether the vector leg has a say; what every result must meet is for the keyword leg to say."""
        return not (query.mode is Mode.KEYWORD or text.expression or len(text.folded) < _SHORTEST_MEANT)


def _alone(unit: Unit) -> Understanding:
    """What looks for one word and nothing else."""
    leaf = Text(unit.label)
    return Understanding(unit.label, unit.label, expression=leaf, leaves=((leaf, Sought(units=(unit,))),))


def _narrows(text: Understanding, mention: Mention) -> bool:
    """Whether a place is one beside other words, or a province, whose name is in other words, too (四海南奔)."""
    return mention.facet == "region" and (len(text.units) > 1 or mention.code.endswith(_PROVINCE))


def _is_time_left(text: Understanding, tally: Tally) -> bool:
    """Whether of a time and what only says a kind of things (去年的展览) the kind was left out: what is of the time is meant."""
    kept = [unit for unit in text.units if unit.label not in tally.dropped]
    generic = all(unit.is_work or unit.is_kind for unit in text.units if unit.label in tally.dropped)
    return bool(kept and tally.dropped) and generic and all(unit.years for unit in kept)


def _kinds(text: Understanding) -> list[Filters]:
    """What bears the code of each kind of things that was typed: a kind of resources (书), or another one (书法, 儿童)."""
    codes = tuple(mention.code for mention in text.mentions if mention.facet == "kind")
    return [*([Filters({"kind": codes})] if codes else []), *(Filters({f: own}) for f, own in _coded(text))]


def _coded(text: Understanding) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Facet and codes of each word that stands for whatever has one of these, but for kinds of resources and levels."""
    for unit in text.units:
        if not unit.is_level:
            yield from ((facet, codes) for facet, codes in unit.codes.items() if facet != "kind")


def _room_outside(tally: Tally, size: int) -> int:
    """How many from outside the tier may stand between: a short tier is filled up to a page, a longer one has a page of them.

    Half a page where words were left out: what has the others is on the first page.
    """
    if 2 * tally.total <= size:
        return size - tally.total
    return size // 2 if tally.tier in ("most", "half") else size


def _outdo(hits: Sequence[Hit], vector_weight: float) -> bool:
    """Whether a page and more of these stand before whatever the vector leg alone could find: its best gets its weight."""
    if len(hits) < CANDIDATES:
        return False
    scores = sorted((hit.score for hit in hits), reverse=True)
    return (1 - vector_weight) * scores[:_SHORTLIST][-1] >= vector_weight * scores[0]
