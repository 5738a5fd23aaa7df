from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.analysis.spelling import join_runs, spelling_of, split_syllables

VALID = frozenset(("xi", "an", "xian", "fan", "fang", "gan", "a"))


def test_words_apart_by_blanks_or_apostrophes_belong_together() -> None:
    assert join_runs("xi'an cheng, qiang") == [["xi", "an", "cheng"], ["qiang"]]


def test_v_stands_for_u_with_dots() -> None:
    assert spelling_of("nvlvyou") == "nuluyou"


def test_the_cut_with_fewest_syllables_wins() -> None:
    assert split_syllables("xian", VALID) == ["xian"]


def test_among_equal_cuts_inner_vowel_beginnings_lose() -> None:
    assert split_syllables("fangan", VALID) == ["fan", "gan"]


@given(st.lists(st.sampled_from(sorted(VALID)), min_size=1, max_size=8))
def test_what_is_made_of_syllables_is_cut_into_no_more_syllables(syllables: list[str]) -> None:
    cut = split_syllables("".join(syllables), VALID)
    assert cut is not None
    assert "".join(cut) == "".join(syllables)
    assert len(cut) <= len(syllables)


def test_a_very_long_word_is_not_cut() -> None:
    assert split_syllables("an" * 1000, VALID) is None
