"""What an engine gives to the ranking beside its legs: the tier, makers, years, and what is nearly spelt so."""

from __future__ import annotations

from engine_cases import COUNT, Case, filters, texts
from hypothesis import given
from hypothesis import strategies as st

from search.query import Filters


@given(text=texts, wanted=filters, limit=st.integers(1, COUNT))
def test_the_best_of_the_tier_and_of_what_has_all_words_are_all_of_them(
    case: Case, text: str, wanted: Filters, limit: int
) -> None:
    read = case.reader.read(text)
    tally = case.engine.tally(read, wanted, [])
    tier = case.in_tier(text, tally.tier, tally.dropped) & case.allowed(wanted)
    assert {hit.number for hit in case.engine.best_in_tier(read, wanted, COUNT)} == tier
    first = case.engine.best_in_tier(read, wanted, limit)
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)
    whole = case.in_tier(text, "all", ()) if tally.tier not in ("everything", "identifier") else tier
    found = case.engine.best_in_tier(read, wanted, COUNT, whole=True)
    assert {hit.number for hit in found} == whole & case.allowed(wanted)
    numbers = list(case.documents)
    assert case.engine.in_tier(read, numbers) >= tier | {hit.number for hit in found}


def test_the_years_of_a_resource_are_told_where_it_has_any(case: Case) -> None:
    expected = {
        n: (document.year_from, document.year_to)
        for n, document in case.documents.items()
        if document.year_from is not None
    }
    assert case.engine.years([*case.documents, COUNT + 1]) == expected


def test_what_somebody_made_is_found_by_the_whole_name_alone(case: Case) -> None:
    name = next(name for d in case.documents.values() for name in d.names if 2 <= len(name) <= 4)
    made = {n for n, d in case.documents.items() if name in d.names}
    found = {hit.number for hit in case.engine.made_by(case.reader.read(name), Filters(), COUNT)}
    assert made <= found
    sounds = case.specification.pinyin.whole_name
    for number in found - made:
        document = case.documents[number]
        assert sounds(name) in {sounds(other) for other in (*document.titles, *document.names)}
    assert case.engine.made_by(case.reader.read(""), Filters(), COUNT) == []


def test_of_resources_with_a_title_those_of_one_maker_are_found(case: Case) -> None:
    number, name, title = next(
        (n, d.names[0], d.title) for n, d in case.documents.items() if d.names and 2 <= len(d.names[0]) <= 4
    )
    read = case.reader.read(f"{name} {title}")
    keys = [case.reader.read(title).title_key]
    assert number in case.engine.titled(keys, Filters(), COUNT, makers=read.makers)
    stranger = case.reader.read("某某某").makers
    assert stranger
    assert case.engine.titled(keys, Filters(), COUNT, makers=stranger) == {}


def test_titles_with_a_word_or_a_reading_a_slip_away_are_near(case: Case) -> None:
    number, title = next((n, d.title) for n, d in case.documents.items() if len(d.title) >= 4)
    reading = "".join(case.specification.pinyin.syllables(title))
    slipped = reading[:3] + reading[4] + reading[3] + reading[5:]
    assert number in case.engine.near(slipped[:9], COUNT)
    assert case.engine.near("qqqqqqqqqqqq", COUNT) == []


@given(number=st.integers(1, COUNT), wanted=filters, place=st.integers(0, 9))
def test_what_has_a_text_but_for_a_slip_is_misquoted_where_nothing_has_it_just_so(
    case: Case, number: int, wanted: Filters, place: int
) -> None:
    title = case.documents[number].title
    slipped = _with_neighbours_exchanged(title, place % max(1, len(title) - 1))
    found = case.engine.misquoted(case.reader.read(slipped), wanted, COUNT, surely=False)
    assert found.keys() <= case.allowed(wanted)
    everything = [
        text for d in case.documents.values() for text in (*d.titles, *d.names, *d.subjects, *d.body)
    ]
    if any(slipped in text for text in everything):
        assert not found
    assert case.engine.misquoted(case.reader.read(title), wanted, COUNT, surely=False) == {}


def _with_neighbours_exchanged(text: str, place: int) -> str:
    return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]


@given(number=st.integers(1, COUNT), wanted=filters)
def test_a_title_is_found_by_its_whole_reading_and_its_initials(
    case: Case, number: int, wanted: Filters
) -> None:
    title = case.documents[number].title
    syllables = case.specification.pinyin.syllables(title)
    for key in ("".join(syllables), "".join(syllable[0] for syllable in syllables)):
        if key:
            found = case.engine.titled_in_pinyin(key, wanted, COUNT)
            assert found <= case.allowed(wanted)
            assert (number in found) is (number in case.allowed(wanted))
            assert number not in case.engine.titled_in_pinyin(key + "x", wanted, COUNT)
