from __future__ import annotations

from recommend.candidates.crowd import Crowd
from recommend.candidates.popular import EVERYBODY, Trends

HOUSE = ("institution", "nlc")
CROWD = Crowd(
    Trends({EVERYBODY: {1: 1.0, 2: 0.5}, HOUSE: {2: 1.0, 3: 0.1}}, {EVERYBODY: (9, 8), HOUSE: (8,)})
)


def test_what_is_popular_in_several_groups_is_named_once_in_the_one_that_gives_it_most() -> None:
    found = CROWD.popular((HOUSE, EVERYBODY), 1.0, 60)
    assert {one.number: one.group for one in found} == {2: HOUSE, 3: HOUSE, 1: EVERYBODY}
    assert {one.number: round(one.score, 3) for one in found} == {2: 1.0, 3: 0.1, 1: 0.95}


def test_so_many_of_each_group_are_taken() -> None:
    assert {one.number for one in CROWD.popular((HOUSE, EVERYBODY), 1.0, 1)} == {1, 2}


def test_what_is_new_is_of_the_first_group_that_has_it() -> None:
    assert CROWD.newest((HOUSE, EVERYBODY)) == {8: HOUSE, 9: EVERYBODY}


def test_the_same_groups_are_put_together_once() -> None:
    assert CROWD.popular((HOUSE,), 0.5, 60) is CROWD.popular((HOUSE,), 0.5, 60)
