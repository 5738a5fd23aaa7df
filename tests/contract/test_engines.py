"""One suite for every engine: equal match sets, equal counts, the same orders, whatever the engine is made of.

What must match is worked out here anew, document by document, from the analysis that all engines share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from engine_cases import (
    COUNT,
    WORDS,
    Case,
    embedded,
    filters,
    made_document,
    opened,
    reader_of,
    texts,
    writer,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from search.preparation import prepare
from search.query import FACETS, Filters, Sort
from search.specification import Specification


@given(text=texts, wanted=filters)
def test_the_total_counts_what_has_the_words_and_passes_the_filters(
    case: Case, text: str, wanted: Filters
) -> None:
    tally = case.engine.tally(case.reader.read(text), wanted, [])
    assert tally.total == len(case.in_tier(text, tally.tier, tally.dropped) & case.allowed(wanted))


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
    kept = len(read.units) - len(tally.dropped)
    spelt = all(unit.pinyin and unit.label.isascii() for unit in read.units)
    few = len(read.units) <= 3 or spelt or read.typed_apart
    left_out = [unit for unit in read.units if unit.label in tally.dropped]
    nowhere = bool(left_out) and not any(case.has(n, unit) for unit in left_out for n in case.documents)
    meant = tally.total and (
        (few and kept == len(read.units)) or (kept > 1 and (tally.tier == "half" or nowhere))
    )
    alone = tally.tier in ("any", "identifier", "nothing") or len(read.units) == 1
    assert tally.total >= 10 or alone or meant or (tally.tier == "all" and case.stands(read.phrase))
    if tally.tier in ("most", "half"):
        assert len(case.in_tier(text, "all", ())) < (1 if few else 10)
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
    hits = case.engine.rank(read, wanted, limit)
    tokens = {*read.bigrams, *read.characters, *read.pinyin, *read.other_parts}
    words = {n: set(case.specification.analyzer.analyze(d.text).words) for n, d in case.documents.items()}
    sharing = {
        n
        for n, sets in case.tokens.items()
        if tokens & set().union(*sets) or words[n].intersection(read.synonym_words)
    }
    assert len(hits) == min(limit, len(sharing & case.allowed(wanted)))
    assert {hit.number for hit in hits} <= sharing & case.allowed(wanted)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)


def test_a_latin_word_that_nothing_has_finds_what_has_a_word_that_begins_with_it(case: Case) -> None:
    having = {n for n, (bigrams, *_) in case.tokens.items() if "grottoes" in bigrams}
    assert having
    assert {hit.number for hit in case.engine.rank(case.reader.read("Grott"), Filters(), COUNT)} == having
    assert case.engine.rank(case.reader.read("Gr"), Filters(), COUNT) == []


def test_a_word_of_one_character_as_rare_as_the_rarest_other_leads(
    tmp_path: Path, specification: Specification
) -> None:
    texts = ["铌的用途", "世界经济的发展动态", "世界音乐的发展", "发展动态", "世界的经济"]
    documents = [
        replace(made_document(n, n), title="无题", titles=["无题"], names=[], subjects=[], body=[text])
        for n, text in enumerate(texts, 1)
    ]
    engine = embedded(tmp_path, specification, documents)
    reader = reader_of(specification)
    assert engine.rank(reader.read("世界铌的发展"), Filters(), 1)[0].number == 1


@given(text=texts, wanted=filters, loosely=st.booleans())
def test_what_is_found_covers_part_of_the_text_and_less_where_the_text_asks_for_more(
    case: Case, text: str, wanted: Filters, loosely: bool
) -> None:
    read, longer = case.reader.read(text), case.reader.read(text + " 魑魅魍魉")
    found = [hit.number for hit in case.engine.rank(read, wanted, 1, loosely=loosely)]
    coverage = case.engine.coverage(read, found)
    assert coverage == 0 or found
    assert case.engine.coverage(longer, found) < coverage or coverage == 0
    assert case.engine.coverage(read, []) == 0


@given(text=texts)
def test_the_coverage_of_several_is_that_of_the_best_by_characters(case: Case, text: str) -> None:
    read = case.reader.read(text)
    best = [hit.number for hit in case.engine.rank(read, Filters(), 5, loosely=True)]
    each = [case.engine.coverage(read, [number]) for number in best]
    assert each == pytest.approx(sorted(each, reverse=True))
    assert case.engine.coverage(read, best) == pytest.approx(max(each, default=0.0))


@given(text=texts)
def test_ranking_loosely_counts_characters_and_sounds_and_no_words(case: Case, text: str) -> None:
    read = case.reader.read(text)
    loose = case.engine.rank(read, Filters(), COUNT, loosely=True)
    without_words = replace(read, words=(), bigrams=(), synonym_words=())
    assert loose == case.engine.rank(without_words, Filters(), COUNT)


@given(text=st.sampled_from(WORDS), wanted=filters)
def test_filters_do_not_change_a_score(case: Case, text: str, wanted: Filters) -> None:
    read = case.reader.read(text)
    free = {hit.number: hit.score for hit in case.engine.rank(read, Filters(), COUNT)}
    for hit in case.engine.rank(read, wanted, COUNT):
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
    key = case.reader.read(f"《{title.upper()}》").title_key
    found = case.engine.titled([key, "不存在"], wanted, COUNT)
    assert found == {n: len(key) for n in same & case.allowed(wanted)}
    assert case.engine.titled([key + "外"], wanted, COUNT) == {}
    assert case.engine.called([key, "不存在"], wanted, COUNT) == same & case.allowed(wanted)


@pytest.mark.parametrize("prefix", ["敦煌", "敦", "dunhuang", "dunhu", "dh"])
def test_a_completion_begins_a_title_its_sound_or_its_initials(case: Case, prefix: str) -> None:
    found = case.engine.complete([prefix], Filters(), COUNT)
    begun = {n: d.title for n, d in case.documents.items() if d.title.startswith("敦煌")}
    titles = Counter(case.documents[n].title for n in found)
    assert begun
    assert set(titles) >= set(begun.values())
    assert max(titles.values()) <= 2
    others = set(found) - set(begun)
    assert all(
        "".join(case.specification.pinyin.syllables(case.documents[n].title))[0] == "d" for n in others
    )


@given(wanted=filters)
def test_only_what_the_filters_let_pass_completes(case: Case, wanted: Filters) -> None:
    allowed = case.allowed(wanted)
    found = case.engine.complete(["敦"], wanted, COUNT)
    assert {*found} <= allowed
    begun = {d.title for n, d in case.documents.items() if n in allowed and d.title.startswith("敦")}
    assert begun <= {case.documents[n].title for n in found}


def test_of_what_begins_alike_the_title_of_most_records_comes_first(
    tmp_path: Path, specification: Specification
) -> None:
    titles = ["红楼梦", "红", "红楼梦", "红岩", "红楼梦", "红旗谱", "红岩"]
    documents = [
        replace(made_document(n, n), title=title, titles=[title]) for n, title in enumerate(titles, 1)
    ]
    embedded(tmp_path, specification, documents[:5])
    writer(tmp_path, specification).apply(prepare(specification, documents[5:]), [])
    engine = opened(tmp_path, specification)
    found = [titles[n - 1] for n in engine.complete(["红", "hong"], Filters(), 10)]
    assert list(dict.fromkeys(found)) == ["红楼梦", "红岩", "红", "红旗谱"]
    assert len(engine.complete(["红"], Filters(), 3)) == 3


def test_revising_a_record_adds_nothing_to_the_weight_of_its_title(
    tmp_path: Path, specification: Specification
) -> None:
    titles = ["红岩", "红楼梦", "红楼梦"]
    documents = [
        replace(made_document(n, n), title=title, titles=[title]) for n, title in enumerate(titles, 1)
    ]
    embedded(tmp_path, specification, documents)
    for revision in range(10, 15):
        revised = replace(documents[0], revision=revision)
        writer(tmp_path, specification).apply(prepare(specification, [revised]), [])
    engine = opened(tmp_path, specification)
    assert titles[engine.complete(["红"], Filters(), 10)[0] - 1] == "红楼梦"


def test_nothing_typed_completes_nothing(case: Case) -> None:
    assert case.engine.complete([], Filters(), 5) == []
    assert case.engine.complete(["不存在"], Filters(), 5) == []


@given(text=texts, wanted=filters, number=st.integers(0, COUNT + 5), limit=st.integers(1, 30))
def test_a_walk_gives_the_next_of_what_is_counted(
    case: Case, text: str, wanted: Filters, number: int, limit: int
) -> None:
    read = case.reader.read(text)
    tally = case.engine.tally(read, wanted, [])
    counted = case.in_tier(text, tally.tier, tally.dropped) & case.allowed(wanted)
    assert case.engine.after(read, wanted, number, limit) == sorted(n for n in counted if n > number)[:limit]


@given(number=st.integers(1, COUNT), length=st.integers(1, 12), wanted=filters, limit=st.integers(1, COUNT))
def test_the_share_of_a_title_that_a_text_makes_up_is_told_for_the_shortest_that_hold_its_parts(
    case: Case, number: int, length: int, wanted: Filters, limit: int
) -> None:
    text = case.reader.read(case.documents[number].title[:length])
    analyze = case.specification.analyzer.analyze
    shares = {}
    for other in case.allowed(wanted):
        parts = analyze(case.documents[other].title)
        if (
            text.phrase
            and set(text.bigrams) <= set(parts.bigrams)
            and set(text.characters) <= set(parts.characters)
        ):
            size = len(case.reader.read(case.documents[other].title).title_key)
            shares[other] = min(1.0, len(text.title_key) / size)
    found = case.engine.title_shares(text, wanted, limit)
    assert sorted(found.values(), reverse=True) == pytest.approx(
        sorted(shares.values(), reverse=True)[:limit]
    )
    assert {n: shares[n] for n in found} == pytest.approx(found)


@given(number=st.integers(1, COUNT), limit=st.integers(1, COUNT))
def test_resembling_titles_and_names_share_a_character_or_a_sound(
    case: Case, number: int, limit: int
) -> None:
    title = case.documents[number].title
    characters = case.specification.analyzer.characters
    fold = case.specification.analyzer.fold
    sounds = case.specification.pinyin.pinyin_tokens
    found = case.engine.resembling(tuple(characters(fold(title))), tuple(sounds(title)), limit)
    sharing = {
        n
        for n, document in case.documents.items()
        for name in (*document.titles, *document.names)
        if set(characters(fold(name))) & set(characters(fold(title)))
        or set(sounds(name)) & set(sounds(title))
    }
    assert set(found) <= sharing
    assert len(found) >= min(limit, len(sharing))


def test_editions_of_one_work_have_a_number_that_nothing_else_has(case: Case) -> None:
    editions = case.engine.editions([*case.documents, COUNT + 1])
    assert set(editions) == set(case.documents)
    works = {n: case.documents[n].work or n for n in case.documents}
    for one in case.documents:
        same = {n for n in case.documents if editions[n].work == editions[one].work}
        assert same == {n for n in case.documents if works[n] == works[one]}
        assert editions[one].available == case.documents[one].available
    assert case.engine.editions([]) == {}


def test_a_filter_by_work_lets_all_of_it_pass_and_nothing_else(case: Case) -> None:
    editions = case.engine.editions(list(case.documents))
    for work in {edition.work for edition in editions.values()}:
        expected = {n for n, edition in editions.items() if edition.work == work}
        wanted, nothing = Filters(work=work), case.reader.read("")
        assert case.engine.tally(nothing, wanted, []).total == len(expected)
        assert {hit.number for hit in case.engine.ordered(nothing, wanted, Sort.NEWEST, COUNT)} == expected
        near = case.engine.nearest(case.vectors[min(expected)], wanted, COUNT)
        assert {hit.number for hit in near} == {n for n in expected if case.vectors[n].any()}
        assert case.engine.work_sizes([work]) == {work: len(expected)}
    assert case.engine.work_sizes([]) == {}


@given(text=texts, wanted=filters, limit=st.integers(1, 30))
def test_a_filter_takes_away_from_a_ranking_and_changes_nothing_else(
    case: Case, text: str, wanted: Filters, limit: int
) -> None:
    read = case.reader.read(text)
    every = case.engine.rank(read, Filters(), COUNT)
    passing = case.engine.passing([hit.number for hit in every], wanted)
    assert passing == {hit.number for hit in every} & case.allowed(wanted)
    expected = [hit for hit in every if hit.number in passing][:limit]
    found = case.engine.rank(read, wanted, limit)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected])
    assert len({hit.number for hit in found}) == len(found)
