"""One suite for every engine: equal match sets, equal counts, the same orders, whatever the engine is made of.

What must match is worked out here anew, document by document, from the analysis that all engines share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search.documents import IndexDocument
from search.embedded.engine import EmbeddedEngine
from search.embedded.writer import Writer
from search.engine import Engine, Vector
from search.expression import AllOf, AnyOf, Expression, Not, Text, Years
from search.preparation import prepare
from search.query import FACETS, Filters, Sort
from search.specification import Specification
from search.understanding import Reader, Understanding, Unit

WORDS = (
    "敦煌",
    "石窟",
    "壁画",
    "青花瓷",
    "昆曲",
    "牡丹亭",
    "古籍",
    "瓷",
    "长安",
    "曾国藩",
    "Yungang",
    "Grottoes",
    "重庆",
)
CODES = {
    "kind": ("book", "heritage", "virtual"),
    "region": ("110000", "620000", "320000"),
    "period": ("tang", "song", "ming"),
    "access": ("open", "on_site"),
}
COUNT = 80


def made_document(number: int, seed: int) -> IndexDocument:
    """A document of a few words, codes and years drawn by the seed; some have no years, some no codes."""
    dice = np.random.default_rng(seed)
    words = dice.choice(WORDS, size=6)
    year = int(dice.integers(-200, 2000)) or 1
    title = " ".join(words[: int(dice.integers(1, 4))])
    return IndexDocument(
        number=number,
        revision=1 + seed % 3,
        title=title,
        titles=[title],
        names=[str(words[3]), str(words[0])],
        subjects=[str(words[5])],
        body=[f"{words[4]}与{words[5]}"],
        identifiers=[f"97871010{number:05}"],
        codes={name: list(dict.fromkeys(dice.choice(codes, size=dice.integers(0, 3)))) for name, codes in CODES.items()},
        year_from=None if seed % 7 == 0 else year,
        year_to=None if seed % 7 == 0 else year + int(dice.integers(0, 300)),
    )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Case:
    """An engine with the documents that it should hold and their vectors."""

    engine: Engine
    documents: Mapping[int, IndexDocument]
    vectors: Mapping[int, Vector]
    specification: Specification

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.specification.analyzer, self.specification.pinyin, self.specification.synonyms)

    @cached_property
    def tokens(self) -> Mapping[int, tuple[set[str], set[str], set[str]]]:
        """Bigrams, characters and pinyin of each document."""
        pinyin = self.specification.pinyin.pinyin_tokens
        analysed = {n: self.specification.analyzer.analyze(d.text) for n, d in self.documents.items()}
        return {
            n: (
                set(a.bigrams),
                set(a.characters),
                {t for text in self.documents[n].titles for t in pinyin(text)},
            )
            for n, a in analysed.items()
        }

    def has(self, number: int, unit: Unit) -> bool:
        bigrams, characters, pinyin = self.tokens[number]
        written = bool(unit.bigrams) and bigrams.issuperset(unit.bigrams)
        spoken = bool(unit.pinyin) and pinyin.issuperset(unit.pinyin)
        year = self.documents[number].year_from
        dated = unit.years is not None and year is not None and unit.years[0] <= year <= unit.years[1]
        named = any(bigrams.issuperset(name) for name in unit.other_names)
        return written or spoken or dated or named or unit.character in characters

    def in_tier(self, text: str, tier: str, dropped: Sequence[str]) -> set[int]:
        read = self.reader.read(text)
        if tier == "everything":
            return set(self.documents)
        if tier == "identifier":
            return {n for n, d in self.documents.items() if read.identifier in d.identifiers}
        kept = [unit for unit in read.units if unit.label not in dropped]
        quantity = any if tier == "any" else all
        return {n for n in self.documents if kept and quantity(self.has(n, unit) for unit in kept)}

    def allowed(self, filters: Filters) -> set[int]:
        return {n for n, d in self.documents.items() if _allows(filters, d)}


def _allows(filters: Filters, document: IndexDocument) -> bool:
    for name, wanted in filters.values.items():
        if not set(wanted) & set(document.codes.get(name, ())):
            return False
    if filters.year_from is not None and (document.year_to is None or document.year_to < filters.year_from):
        return False
    return filters.year_to is None or (
        document.year_from is not None and document.year_from <= filters.year_to
    )


def writer(folder: Path, specification: Specification) -> Writer:
    return Writer(folder, specification.embedding.dimension)


def embedded(folder: Path, specification: Specification, documents: Sequence[IndexDocument]) -> Engine:
    """Built in bulk."""
    writer(folder, specification).load([prepare(specification, documents)])
    return opened(folder, specification)


def embedded_followed(
    folder: Path, specification: Specification, documents: Sequence[IndexDocument]
) -> Engine:
    """Built from other documents, and brought here change by change."""
    others = [made_document(number, 1000 + number) for number in range(1, COUNT + 20, 2)]
    embedded(folder, specification, others)
    engine = opened(folder, specification)
    for part in (documents[:30], documents[30:]):
        writer(folder, specification).apply(prepare(specification, part), [])
    gone = [document.number for document in others if document.number > COUNT]
    writer(folder, specification).apply(prepare(specification, []), gone)
    return engine


def opened(folder: Path, specification: Specification) -> EmbeddedEngine:
    return EmbeddedEngine(folder, specification.embedding.dimension, specification.ranking.fields)


ENGINES: dict[str, Callable[[Path, Specification, Sequence[IndexDocument]], Engine]] = {
    "embedded": embedded,
    "embedded, followed": embedded_followed,
}


@pytest.fixture(scope="module", params=ENGINES)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, specification: Specification
) -> Case:
    documents = [made_document(number, number) for number in range(1, COUNT + 1)]
    engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"), specification, documents)
    vectors = prepare(specification, documents).vectors
    return Case(
        engine,
        {document.number: document for document in documents},
        {document.number: vector for document, vector in zip(documents, vectors, strict=True)},
        specification,
    )


texts = st.lists(
    st.sampled_from((*WORDS, "哪里", "不存在的", "yungang", "x", "明代", "乾隆时期", "昆剧", "青花")),
    max_size=5,
).map(" ".join)
filter_values = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from((*codes, "unknown")), min_size=1, max_size=2).map(tuple) for name, codes in CODES.items()}
)  # fmt: skip
years = st.none() | st.integers(-300, 2200)
filters = st.builds(Filters, filter_values, years, years)


@given(text=texts, wanted=filters)
def test_the_total_counts_what_has_the_words_and_passes_the_filters(
    case: Case, text: str, wanted: Filters
) -> None:
    tally = case.engine.tally(case.reader.read(text), wanted, [])
    assert tally.total == len(case.in_tier(text, tally.tier, tally.dropped) & case.allowed(wanted))


terms = st.sampled_from(
    (
        "敦煌", "石窟", "青花瓷", '"石窟"', '"花瓷"', '"与昆曲"', '"壁画敦煌"', "题名:敦煌", "作者:重庆", "主题:瓷", "年:1000..1500",
        "年:..0", "yungang", "哪里", '"窟 壁"', "题名:青花瓷",
    )
)  # fmt: skip
expressions = st.recursive(
    terms,
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT {text}" if not text.startswith("NOT") else text),
        st.builds(lambda a, b, op: f"({a}{op}{b})", inner, inner, st.sampled_from([" AND ", " OR ", " "])),
    ),
    max_leaves=6,
)


def meets(case: Case, number: int, text: Understanding, part: Expression) -> bool:
    """Whether a document meets a part of an expression, decided on its plain texts."""
    document = case.documents[number]
    if isinstance(part, Not):
        return not meets(case, number, text, part.part)
    if isinstance(part, AllOf | AnyOf):
        return (all if isinstance(part, AllOf) else any)(meets(case, number, text, p) for p in part.parts)
    if isinstance(part, Text) and not part.required:
        return True
    if isinstance(part, Years):
        return _allows(Filters({}, part.start, part.end), document)
    groups = {"title": document.titles, "names": document.names, "subjects": document.subjects}
    values = groups[part.field] if part.field else document.text.split("\n")
    read = case.specification.analyzer
    rows = ["\t".join(read.characters(read.fold(value))) for value in values]
    sought = dict(text.leaves)[part]
    return all(case.has(number, unit) for unit in sought.units) and all(
        any(f"\t{chr(9).join(phrase)}\t" in f"\t{row}\t" for row in rows) for phrase in sought.phrases
    )


@given(typed=expressions, wanted=filters)
@settings(max_examples=150)
def test_an_expression_matches_what_meets_it(case: Case, typed: str, wanted: Filters) -> None:
    text = case.reader.read(typed)
    assume(text.expression is not None)
    expected = {n for n in case.documents if meets(case, n, text, text.expression)} & case.allowed(wanted)
    assert case.engine.tally(text, wanted, []).total == len(expected)
    assert {hit.number for hit in case.engine.rank(text, wanted, COUNT).hits} == expected
    assert case.engine.in_tier(text, list(case.documents)) >= expected


@given(text=texts, wanted=filters)
def test_each_facet_counts_as_if_its_own_filter_were_not_there(
    case: Case, text: str, wanted: Filters
) -> None:
    tally = case.engine.tally(case.reader.read(text), wanted, FACETS)
    tier = case.in_tier(text, tally.tier, tally.dropped)
    assert set(tally.facets) == set(FACETS)
    for facet in FACETS:
        numbers = tier & case.allowed(wanted.without(facet))
        codes = Counter(code for n in numbers for code in case.documents[n].codes.get(facet, ()))
        assert {code: count for code, count in tally.facets[facet].items() if count} == dict(codes)


@given(text=texts, wanted=filters, more=filters)
def test_adding_a_filter_never_raises_a_total(case: Case, text: str, wanted: Filters, more: Filters) -> None:
    read = case.reader.read(text)
    both = Filters(
        {**more.values, **wanted.values},
        wanted.year_from if wanted.year_from is not None else more.year_from,
        wanted.year_to if wanted.year_to is not None else more.year_to,
    )
    few, many = case.engine.tally(read, both, []), case.engine.tally(read, wanted, [])
    assert few.total <= many.total
    assert (few.tier, few.dropped) == (many.tier, many.dropped)


@given(text=texts)
def test_a_tier_is_wide_enough_unless_nothing_more_can_be_left_out(case: Case, text: str) -> None:
    read = case.reader.read(text)
    tally = case.engine.tally(read, Filters(), [])
    assert tally.total >= 10 or tally.tier in ("any", "identifier", "nothing") or len(read.units) == 1
    if tally.tier in ("most", "half"):
        assert len(case.in_tier(text, "all", ())) < 10
    if tally.tier == "all":
        assert tally.dropped == ()


@given(text=texts, numbers=st.lists(st.integers(1, COUNT + 5), unique=True))
def test_an_item_is_in_the_tier_if_it_is_counted(case: Case, text: str, numbers: list[int]) -> None:
    read = case.reader.read(text)
    tally = case.engine.tally(read, Filters(), [])
    expected = case.in_tier(text, tally.tier, tally.dropped) & set(numbers)
    assert case.engine.in_tier(read, numbers) == expected


@given(text=texts, wanted=filters, limit=st.integers(1, 100))
def test_ranking_gives_the_best_first_among_what_shares_a_token_and_passes(
    case: Case, text: str, wanted: Filters, limit: int
) -> None:
    read = case.reader.read(text)
    hits = case.engine.rank(read, wanted, limit).hits
    tokens = {*read.bigrams, *read.characters, *read.pinyin}
    sharing = {n for n, sets in case.tokens.items() if tokens & set().union(*sets)}
    assert len(hits) == min(limit, len(sharing & case.allowed(wanted)))
    assert {hit.number for hit in hits} <= sharing & case.allowed(wanted)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)


@given(text=texts, wanted=filters)
def test_the_keyword_leg_is_sure_of_what_it_found_and_less_where_the_text_asks_for_more(
    case: Case, text: str, wanted: Filters
) -> None:
    ranked = case.engine.rank(case.reader.read(text), wanted, 1)
    longer = case.engine.rank(case.reader.read(text + " 魑魅魍魉"), wanted, 1)
    assert (ranked.sureness > 0) == bool(ranked.hits)
    assert longer.sureness < ranked.sureness or not ranked.hits


@given(text=st.sampled_from(WORDS), wanted=filters)
def test_filters_do_not_change_a_score(case: Case, text: str, wanted: Filters) -> None:
    read = case.reader.read(text)
    free = {hit.number: hit.score for hit in case.engine.rank(read, Filters(), COUNT).hits}
    for hit in case.engine.rank(read, wanted, COUNT).hits:
        assert hit.score == pytest.approx(free[hit.number], rel=1e-4)


@given(text=texts, wanted=filters, limit=st.integers(1, 100))
def test_the_nearest_are_those_of_a_brute_force_search_within_the_filters(
    case: Case, text: str, wanted: Filters, limit: int
) -> None:
    vector = case.specification.embedding.encode([text])[0]
    hits = case.engine.nearest(vector, wanted, limit)
    cosines = {n: float(case.vectors[n] @ vector) for n in case.allowed(wanted)} if vector.any() else {}
    best = sorted(cosines.values(), reverse=True)[:limit]
    # Vectors are kept rounded, so near-ties may change places.
    assert [hit.score for hit in hits] == pytest.approx(best, abs=0.02)
    assert [cosines[hit.number] for hit in hits] == pytest.approx(best, abs=0.04)


def test_a_cosine_is_told_for_those_that_have_a_vector(case: Case) -> None:
    found = case.engine.cosines(case.vectors[5], [5, 6, COUNT + 1])
    assert set(found) == {5, 6}
    assert found[5] == pytest.approx(1, abs=0.02)
    assert case.engine.vectors([5])[5] == pytest.approx(case.vectors[5], abs=0.02)


@pytest.mark.parametrize(("sort", "turned"), [(Sort.OLDEST, False), (Sort.NEWEST, True)])
@given(text=texts, wanted=filters)
@settings(max_examples=30)
def test_sorting_by_date_puts_those_without_one_last(
    case: Case, sort: Sort, turned: bool, text: str, wanted: Filters
) -> None:
    years = [case.documents[n].year_from for n in ordered(case, text, wanted, sort)]
    known = [year for year in years if year is not None]
    assert years[: len(known)] == sorted(known, reverse=turned)


@pytest.mark.parametrize(("sort", "turned"), [(Sort.TITLE, False), (Sort.TITLE_REVERSED, True)])
@given(text=texts, wanted=filters)
@settings(max_examples=30)
def test_sorting_by_title_is_by_its_sound(
    case: Case, sort: Sort, turned: bool, text: str, wanted: Filters
) -> None:
    key = case.specification.pinyin.sort_key
    keys = [key(case.documents[n].title) for n in ordered(case, text, wanted, sort)]
    assert keys == sorted(keys, reverse=turned)


def ordered(case: Case, text: str, wanted: Filters, sort: Sort) -> list[int]:
    """The tier in this order, checked to be the whole tier and each of its members once."""
    read = case.reader.read(text)
    tally = case.engine.tally(read, wanted, [])
    hits = case.engine.ordered(read, wanted, sort, COUNT)
    assert len(hits) == len({hit.number for hit in hits}) == tally.total
    assert {hit.score for hit in hits} <= {0.0}
    return [hit.number for hit in hits]


def test_an_identifier_that_is_known_answers_alone_however_it_is_written(case: Case) -> None:
    for text in ("9787101000017", "978-7-1010-0001-7", "978 7 1010 00017"):
        read = case.reader.read(text)
        tally = case.engine.tally(read, Filters(), [])
        assert (tally.tier, tally.total) == ("identifier", 1)
        assert [hit.number for hit in case.engine.ordered(read, Filters(), Sort.RELEVANCE, 5)] == [17]


@given(number=st.integers(1, COUNT), wanted=filters)
def test_a_title_is_found_by_its_whole_text_alone(case: Case, number: int, wanted: Filters) -> None:
    title = case.documents[number].title
    same = {n for n, d in case.documents.items() if d.title.casefold() == title.casefold()}
    found = case.engine.titled(case.reader.read(f"《{title.upper()}》"), wanted, COUNT)
    assert set(found) == same & case.allowed(wanted)
    assert case.engine.titled(case.reader.read(title + "外"), wanted, COUNT) == []


@pytest.mark.parametrize("prefix", ["敦煌", "敦", "dunhuang", "dunh", "dh"])
def test_a_completion_begins_a_title_its_sound_or_its_initials(case: Case, prefix: str) -> None:
    found = case.engine.complete([prefix], COUNT)
    starting = {n for n, d in case.documents.items() if d.title.startswith("敦煌")}
    assert starting
    assert starting <= set(found)
    others = set(found) - starting
    assert all(
        "".join(case.specification.pinyin.syllables(case.documents[n].title))[0] == "d" for n in others
    )


def test_nothing_typed_completes_nothing(case: Case) -> None:
    assert case.engine.complete([], 5) == []
    assert case.engine.complete(["不存在"], 5) == []


def test_a_following_engine_is_seen_by_a_view_that_was_open_before(
    tmp_path: Path, specification: Specification
) -> None:
    first = made_document(1, 1)
    engine = embedded(tmp_path, specification, [first])
    changed = replace(
        first, revision=9, title="重庆", titles=["重庆"], codes={"kind": ["a kind never seen before"]}
    )
    writer(tmp_path, specification).apply(prepare(specification, [changed]), [])
    reader = Reader(specification.analyzer, specification.pinyin, specification.synonyms)
    tally = engine.tally(reader.read("重庆"), Filters(), ["kind"])
    assert tally.total == 1
    assert tally.facets["kind"] == {"a kind never seen before": 1}


@given(text=texts, wanted=filters, number=st.integers(0, COUNT + 5), limit=st.integers(1, 30))
def test_a_walk_gives_the_next_of_what_is_counted(
    case: Case, text: str, wanted: Filters, number: int, limit: int
) -> None:
    read = case.reader.read(text)
    tally = case.engine.tally(read, wanted, [])
    counted = case.in_tier(text, tally.tier, tally.dropped) & case.allowed(wanted)
    assert case.engine.after(read, wanted, number, limit) == sorted(n for n in counted if n > number)[:limit]
