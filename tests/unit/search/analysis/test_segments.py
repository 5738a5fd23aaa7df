from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.fold import Folding
from search.analysis.segments import _LEAD, Marker, Segment

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TERMS = st.sets(st.sampled_from(["戏曲", "石", "云冈", "museum", "a", "28", "株"]))
PIECES = st.lists(
    st.sampled_from(["戲曲", "雲\u0301岡", "石窟", "Museums", "㈱", "Ａ", "，", "\ud800", "28"])
)


def highlight(terms: set[str], folding: Folding, text: str) -> list[Segment]:
    ((title, _),) = Marker(terms, folding).mark([text], [""])
    return title


def excerpt(folding: Folding, text: str, length: int = 120) -> list[Segment]:
    """Of a text that 戏曲 is looked for in."""
    ((_, body),) = Marker({"戏曲"}, folding).mark([""], [text], length)
    return body


def test_simplified_terms_mark_traditional_text(folding: Folding) -> None:
    assert highlight({"戏曲"}, folding, "中國戯曲史") == [
        Segment("中國", False),
        Segment("戯曲", True),
        Segment("史", False),
    ]


def test_overlapping_terms_mark_one_stretch(folding: Folding) -> None:
    assert highlight({"云冈", "冈石", "石窟"}, folding, "云冈石窟") == [Segment("云冈石窟", True)]


def test_latin_terms_mark_whole_words_in_any_number(folding: Folding) -> None:
    marked = [s.text for s in highlight({"museum", "art"}, folding, "Art museums, artful") if s.match]
    assert marked == ["Art", "museums"]


def test_a_character_that_folds_to_several_is_marked_whole(folding: Folding) -> None:
    assert highlight({"株"}, folding, "A㈱B")[1] == Segment("㈱", True)


@pytest.mark.parametrize(
    ("term", "text", "marked"),
    [
        ("葛", "葛\U000e0100飾区", "葛\U000e0100"),
        ("葛饰", "葛\U000e0100飾区", "葛\U000e0100飾"),
        ("cafe", "cafe\u0301 noir", "cafe\u0301"),
        ("葛", "葛\U000e0100", "葛\U000e0100"),
        ("株", "㈱\u0301B", "㈱\u0301"),
    ],
)
def test_what_belongs_to_a_character_is_marked_with_it(
    folding: Folding, term: str, text: str, marked: str
) -> None:
    assert highlight({term}, folding, text)[0] == Segment(marked, True)


@given(text=ANY_TEXT, terms=TERMS)
def test_segments_join_to_the_original(folding: Folding, text: str, terms: set[str]) -> None:
    assert "".join(segment.text for segment in highlight(terms, folding, text)) == text


@given(pieces=PIECES, terms=TERMS)
def test_segments_alternate_and_are_never_empty(folding: Folding, pieces: list[str], terms: set[str]) -> None:
    segments = highlight(terms, folding, "".join(pieces))
    assert "".join(segment.text for segment in segments) == "".join(pieces)
    assert all(segment.text for segment in segments)
    assert all(one.match != two.match for one, two in pairwise(segments))


@given(text=st.text("戲曲。，石a ", max_size=300), length=st.integers(1, 150))
def test_an_excerpt_is_a_stretch_of_the_original(folding: Folding, text: str, length: int) -> None:
    joined = "".join(segment.text for segment in excerpt(folding, text, length))
    assert joined in text
    assert len(joined) <= length
    assert joined or not text


def test_an_excerpt_shows_the_part_that_matches_from_its_clause(folding: Folding) -> None:
    text = "这里什么也没有，" * 30 + "後來有了戲曲。" + "再往后也没有。" * 30
    shown = excerpt(folding, text, 40)
    assert shown[1] == Segment("戲曲", True)
    assert shown[0].text.endswith("後來有了")
    assert shown[0].text.startswith(("这里", "後來"))


def test_each_of_several_texts_is_marked_by_itself(folding: Folding) -> None:
    texts = ["戏", "曲㈱戲曲", ""]
    marked = [[s.text for s in title if s.match] for title, _ in Marker({"戏曲"}, folding).mark(texts, texts)]
    assert marked == [[], ["戲曲"], []]


@given(text=st.text("戲曲石", max_size=200), length=st.integers(20, 80))
def test_no_stretch_of_the_length_has_more_matches_but_for_what_the_lead_takes(
    folding: Folding, text: str, length: int
) -> None:
    matched = [s.match for s in highlight({"戏曲"}, folding, text) for _ in s.text]
    most = max((sum(matched[n : n + length]) for n in range(len(text))), default=0)
    shown = sum(len(segment.text) for segment in excerpt(folding, text, length) if segment.match)
    assert shown >= most - _LEAD


def test_an_excerpt_is_looked_for_in_the_first_part_of_a_book(folding: Folding) -> None:
    shown = excerpt(folding, "无" * 20_000 + "戏曲" * 9)
    assert shown == [Segment("无" * 120, False)]


@given(pieces=st.lists(PIECES, max_size=4), terms=TERMS)
def test_texts_are_marked_together_as_they_are_apart(
    folding: Folding, pieces: list[list[str]], terms: set[str]
) -> None:
    texts = ["".join(one) for one in pieces]
    marker = Marker(terms, folding)
    apart = [next(marker.mark([text], [text])) for text in texts]
    assert list(marker.mark(texts, texts)) == apart
