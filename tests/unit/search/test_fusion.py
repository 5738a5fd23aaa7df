from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Edition, Hit
from search.fusion import Fused, Fusion, Leg, reciprocal_rank

numbers = st.integers(1, 50)
keyword_hits = st.dictionaries(numbers, st.floats(0.01, 100), max_size=20).map(
    lambda scores: sorted((Hit(n, s) for n, s in scores.items()), key=lambda hit: (-hit.score, hit.number))
)
cosine_scores = st.dictionaries(numbers, st.floats(-1, 1), max_size=20)
weights = st.floats(0, 1)


def told(fusion: Fusion) -> list[Fused]:
    """All candidates, best first, with what their scores are made of."""
    return fusion.results(fusion.best(), fusion.scores.keys(), None, told=True)


def test_a_keyword_score_counts_as_its_share_of_the_best_and_a_cosine_by_its_place() -> None:
    fused = told(Fusion([Hit(1, 8.0), Hit(2, 4.0)], {1: 0.2, 2: 0.6, 3: 0.4}, 0.25))
    shares = [(c.number, c.parts["keyword"], c.parts["vector"]) for c in fused if c.parts]
    assert shares == [(1, 0.75, 0.0), (2, 0.375, 0.25), (3, 0.0, pytest.approx(0.125))]


def test_what_each_leg_said_is_its_rank_and_a_score_that_times_its_weight_is_its_share() -> None:
    fusion = Fusion([Hit(1, 8.0), Hit(2, 4.0)], {1: 0.25, 2: 0.75, 3: 0.5}, 0.25)
    first, second, third = told(fusion)
    assert first.legs == {"keyword": Leg(1, 1.0, 0.75), "vector": Leg(3, 0.0, 0.25)}
    assert second.legs == {"keyword": Leg(2, 0.5, 0.75), "vector": Leg(1, 1.0, 0.25)}
    assert third.legs == {"vector": Leg(2, 0.5, 0.25)}


def test_what_a_score_is_made_of_is_told_only_where_it_is_asked_for() -> None:
    fusion = Fusion([Hit(1, 8.0)], {}, 0.0)
    assert fusion.results([1], {1}, None, told=False) == [Fused(1, 1.0)]


def test_ties_go_to_the_older_resource() -> None:
    assert Fusion([Hit(9, 1.0), Hit(3, 1.0), Hit(5, 1.0)], {}, 0.0).best() == [3, 5, 9]


def test_of_equals_the_one_that_readers_can_have_comes_first() -> None:
    editions = {3: Edition(-3, False), 5: Edition(-5, True)}
    assert Fusion([Hit(3, 1.0), Hit(5, 1.0)], {}, 0.0, editions=editions).best() == [5, 3]
    assert Fusion([Hit(3, 2.0), Hit(5, 1.0)], {}, 0.0, editions=editions).best() == [3, 5]


def test_of_one_work_only_the_best_edition_is_given() -> None:
    hits = [Hit(1, 4.0), Hit(2, 3.0), Hit(3, 2.0), Hit(4, 1.0)]
    editions = {1: Edition(7, True), 2: Edition(7, True), 3: Edition(-3, True), 4: Edition(7, True)}
    fusion = Fusion(hits, {}, 0.0, editions=editions)
    assert fusion.best() == [1, 3]
    assert fusion.best(1) == [1]
    assert fusion.best(1, {3}) == [1, 3]
    assert [one.work for one in fusion.results([1, 3], {1, 3}, None, told=False)] == [7, 0]


def test_of_one_work_an_edition_that_is_counted_is_given_in_the_place_of_the_best() -> None:
    hits = [Hit(1, 4.0), Hit(2, 3.0), Hit(3, 2.0), Hit(4, 1.0)]
    editions = {1: Edition(7, True), 2: Edition(-2, True), 3: Edition(7, True), 4: Edition(7, True)}
    fusion = Fusion(hits, {}, 0.0, editions=editions)
    assert fusion.best(always={3, 4}) == [3, 2]
    assert fusion.best(always={2}) == [1, 2]


def test_of_what_is_outside_the_tier_no_more_are_given_than_are_wanted() -> None:
    fusion = Fusion([Hit(1, 5.0), Hit(2, 4.0), Hit(3, 3.0), Hit(4, 2.0), Hit(5, 1.0)], {}, 0.0)
    kept = fusion.results(fusion.best(), {2, 5}, 2, told=False)
    assert [(c.number, c.outside) for c in kept] == [(1, True), (2, False), (3, True), (5, False)]
    assert [c.number for c in fusion.results(fusion.best(), {2, 5}, None, told=False)] == [1, 2, 3, 4, 5]


def test_what_has_all_words_comes_before_all_others_by_its_score() -> None:
    fusion = Fusion([Hit(1, 8.0), Hit(2, 6.0), Hit(3, 6.0), Hit(4, 4.0)], {}, 0.0)
    order = fusion.raised(fusion.best(), {3, 4}, 0.25)
    assert [(n, fusion.scores[n]) for n in order] == [(3, 1.25), (4, 1.0), (1, 1.0), (2, 0.75)]
    assert sum(dict(next(c for c in told(fusion) if c.number == 4).parts or {}).values()) == 1.0


def test_what_has_all_words_already_is_not_raised_twice() -> None:
    fusion = Fusion([Hit(1, 8.0), Hit(2, 4.0)], {}, 0.0, {"whole": {1: 0.25}})
    fusion.raised(fusion.best(), {1, 2}, 0.25)
    assert fusion.scores == {1: 1.25, 2: 0.75}
    assert [c.parts["whole"] for c in told(fusion) if c.parts] == [0.25, 0.25]


def test_the_best_of_what_is_called_so_comes_before_all_others_by_the_least_more_for_its_title() -> None:
    for hits, called in (
        ([Hit(1, 8.0), Hit(2, 4.0), Hit(3, 2.0)], {2, 3, 9}),
        ([Hit(1, 4.0), Hit(2, 8.0)], {2}),
    ):
        fusion = Fusion(hits, {}, 0.0, {"title": {2: 0.125}})
        fusion.led_by(called)
        first, *others = told(fusion)
        assert first.number == 2
        assert all(first.score > other.score for other in others)
        assert all(sum((one.parts or {}).values()) == pytest.approx(one.score) for one in (first, *others))
    assert fusion.scores == {1: 0.5, 2: 1.125}
    fusion.led_by({9})
    assert fusion.scores == {1: 0.5, 2: 1.125}


def test_one_cosine_alone_does_not_divide_by_nothing() -> None:
    assert Fusion([], {4: 0.5}, 1.0).scores == {4: 0.0}


def test_an_exact_title_is_raised_in_any_case_and_a_time_only_if_a_leg_found_it() -> None:
    bonuses = {"title": {2: 1.0, 7: 1.0}, "period": {1: 0.25, 9: 0.25}}
    fusion = Fusion([Hit(1, 2.0), Hit(2, 1.0)], {}, 0.0, bonuses)
    assert [(n, fusion.scores[n]) for n in fusion.best()] == [(2, 1.5), (1, 1.25), (7, 1.0)]


def test_what_was_typed_adds_to_a_score_and_is_told_as_a_part_of_it() -> None:
    names = ("title", "misquoted", "period", "institution", "region", "kind", "name", "maker", "whole")
    (one,) = told(Fusion([Hit(1, 2.0)], {}, 0.0, {name: {1: 0.125} for name in names}))
    assert one.parts == {"keyword": 1.0, "vector": 0.0} | dict.fromkeys(names, 0.125)
    assert sum(one.parts.values()) == one.score == 2.125


def test_nothing_fuses_to_nothing() -> None:
    assert Fusion([], {}, 0.2).best() == []


@given(keyword_hits, cosine_scores, weights)
def test_the_parts_of_a_score_add_up_and_the_order_is_by_score(
    hits: list[Hit], cosines: dict[int, float], weight: float
) -> None:
    fusion = Fusion(hits, cosines, weight)
    fused = told(fusion)
    assert {c.number for c in fused} == {hit.number for hit in hits} | cosines.keys()
    assert len({c.number for c in fused}) == len(fused)
    for candidate in fused:
        assert candidate.parts
        assert sum(candidate.parts.values()) == pytest.approx(candidate.score)
        assert 0 <= candidate.parts["keyword"] <= 1 - weight + 1e-9
        assert 0 <= candidate.parts["vector"] <= weight + 1e-9
    assert fused == sorted(fused, key=lambda candidate: (-candidate.score, candidate.number))
    assert fusion.best(3) == fusion.best()[:3]


@given(keyword_hits, cosine_scores)
def test_without_weight_for_the_vectors_the_order_is_that_of_the_keywords(
    hits: list[Hit], cosines: dict[int, float]
) -> None:
    order = [c.number for c in told(Fusion(hits, cosines, 0.0)) if c.parts and c.parts["keyword"]]
    assert order == [hit.number for hit in hits]


@given(cosine_scores)
def test_with_all_weight_for_the_vectors_the_order_is_that_of_the_cosines(cosines: dict[int, float]) -> None:
    order = [cosines[number] for number in Fusion([], cosines, 1.0).best()]
    assert order == pytest.approx(sorted(order, reverse=True), abs=1e-9)


@given(keyword_hits, cosine_scores, weights)
def test_the_order_in_which_candidates_come_makes_no_difference(
    hits: list[Hit], cosines: dict[int, float], weight: float
) -> None:
    turned = dict(reversed(cosines.items()))
    assert told(Fusion(hits[::-1], turned, weight)) == told(Fusion(hits, cosines, weight))


def test_orders_whose_scores_cannot_be_compared_are_joined_by_rank() -> None:
    assert reciprocal_rank([[1, 2, 3], [2, 4]]) == [2, 1, 4, 3]
    assert reciprocal_rank([[1], [2]]) == [2, 1]
    assert reciprocal_rank([[], []]) == []


def test_a_score_is_summed_in_the_order_of_what_it_is_made_of() -> None:
    names = ("period", "name", "maker", "whole", "institution", "region", "kind")
    shares = dict(zip(names, (0.1, 0.7, 1e16, -1e16, 0.2, 0.3, 1e-9), strict=True))
    expected = 1.0
    for share in shares.values():
        expected += share
    fusion = Fusion([Hit(1, 8.0)], {}, 0.0, {name: {1: share} for name, share in shares.items()})
    assert fusion.scores == {1: expected}
