from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from search.analysis.fold import Folding
from search.analysis.segments import Marker, Segment

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TERMS = st.sets(st.sampled_from(["戏曲", "石", "云冈", "museum", "a", "28", "株"]))
PIECES = st.lists(
    st.sampled_from(["戲曲", "雲\u0301岡", "石窟", "Museums", "㈱", "Ａ", "，", "\ud800", "28"])
)


def highlight(terms: set[str], folding: Folding, text: str) -> list[Segment]:
    return next(Marker(terms, folding).highlights([text]))


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
    joined = "".join(segment.text for segment in next(Marker({"戏曲"}, folding).excerpts([text], length)))
    assert joined in text
    assert len(joined) <= length
    assert joined or not text


def test_an_excerpt_shows_the_part_that_matches_from_its_clause(folding: Folding) -> None:
    text = "这里什么也没有，" * 30 + "後來有了戲曲。" + "再往后也没有。" * 30
    shown = next(Marker({"戏曲"}, folding).excerpts([text], 40))
    assert shown[1] == Segment("戲曲", True)
    assert shown[0].text.endswith("後來有了")
    assert shown[0].text.startswith(("这里", "後來"))


def test_each_of_several_texts_is_marked_by_itself(folding: Folding) -> None:
    marked = [
        [s.text for s in one if s.match]
        for one in Marker({"戏曲"}, folding).highlights(["戏", "曲㈱戲曲", ""])
    ]
    assert marked == [[], ["戲曲"], []]
