from __future__ import annotations

from typing import Any

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.diversity import Choosable, diversified
from recommend.hyperparameters import load_hyperparameters

PARAMETERS = load_hyperparameters().diversity


def made(
    number: int,
    score: float,
    *,
    work: int | None = None,
    new: bool = False,
    only_new: bool = False,
    seldom: bool = False,
    other: bool = False,
    near: bool = False,
    strand: int | None = None,
    **data: Any,
) -> Choosable:
    kind, house = str(data.pop("kind", "book")), str(data.pop("house", f"house-{number}"))
    moment = now()
    resource = Resource(number, f"{number:026}", kind, house, State.PUBLISHED, 1, data, moment, moment)
    return Choosable(
        resource, score, work if work is not None else -number, new, seldom, other, near, only_new, strand
    )


def numbers(candidates: list[Choosable], count: int = 10) -> list[int]:
    return [one.resource.number for one in diversified(candidates, count, PARAMETERS)]


def test_without_repetition_the_order_is_that_of_the_scores() -> None:
    kinds = ("book", "virtual", "heritage")
    assert numbers([made(n, n / 10, kind=kinds[n % 3]) for n in range(3)]) == [2, 1, 0]


def test_each_work_is_there_once() -> None:
    assert numbers([made(1, 0.9, work=7), made(2, 0.8, work=7), made(3, 0.7)]) == [1, 3]


def test_another_creator_comes_before_the_same_one_again() -> None:
    same = [{"name": "鲁迅"}]
    listed = [
        made(1, 0.9, contributors=same),
        made(2, 0.85, contributors=same),
        made(3, 0.8, contributors=[{"name": "巴金"}]),
    ]
    assert numbers(listed) == [1, 3, 2]


def test_several_makers_in_common_weigh_no_more_than_one() -> None:
    trio = [{"name": name} for name in ("甲", "乙", "丙")]
    listed = [
        made(1, 0.9, contributors=trio),
        made(2, 0.85, contributors=trio),
        made(3, 0.7, contributors=[{"name": "丁"}]),
    ]
    assert numbers(listed) == [1, 2, 3]


def test_repetition_weighs_the_same_whatever_scores_are_made_of() -> None:
    houses = ("nlc", "nlc", "nlc", "dpm", "cfa")
    for scale in (0.01, 1.0, 100.0):
        listed = [made(n, scale * (1 - n / 100), house=house) for n, house in enumerate(houses)]
        assert numbers(listed) == [0, 3, 4, 1, 2]


def test_places_are_kept_for_the_new_and_the_seldom_used() -> None:
    usual = [made(n, 0.9) for n in range(20)]
    found = numbers([*usual, made(50, 0.1, new=True, only_new=True), made(60, 0.1, seldom=True)])
    assert found[PARAMETERS.new_every - 1] == 50
    assert found[PARAMETERS.seldom_every - 1] == 60


def test_what_is_but_new_takes_no_place_of_the_seldom_used() -> None:
    often = [made(n, 0.3) for n in range(8)]
    new = [made(100 + n, 0.35, new=True, only_new=True) for n in range(5)]
    assert [n >= 100 for n in numbers([*often, *new], 7)] == [False] * 5 + [True, False]


def test_every_third_place_beside_a_resource_is_for_another_kind_that_is_near_enough() -> None:
    books = [made(number, 1 - number / 100) for number in range(1, 6)]
    film, far_one = made(8, 0.5, kind="audiovisual", other=True), made(9, 0.1, kind="virtual")
    assert numbers([*books, film, far_one], 6) == [1, 2, 8, 3, 4, 5]


def test_a_place_for_another_kind_is_for_one_that_the_list_has_not_yet() -> None:
    tours = [made(number, 1 - number / 100, kind="virtual", other=True) for number in range(1, 6)]
    film = made(8, 0.5, kind="audiovisual", other=True)
    assert numbers([*tours, film], 4)[2] == 8


def test_on_the_page_of_an_institution_every_third_place_is_for_what_is_near() -> None:
    far = [made(number, 1 - number / 100) for number in range(1, 9)]
    near = [made(50, 0.2, near=True), made(51, 0.1, near=True)]
    assert numbers([*far, *near], 7) == [1, 2, 50, 3, 4, 51, 5]


def test_new_ones_fill_the_list_where_there_is_nothing_else() -> None:
    assert len(numbers([made(n, 0.5, new=True) for n in range(5)])) == 5


def test_equal_candidates_stand_in_the_order_of_their_numbers() -> None:
    assert numbers([made(n, 0.5, house="one") for n in (3, 1, 2)]) == [1, 2, 3]


def test_each_of_three_interests_has_a_place_among_six_and_the_newest_has_its_own() -> None:
    first = [made(n, 1 - n / 100, strand=1) for n in range(1, 9)]
    others = [made(20, 0.6, strand=2), made(30, 0.4, strand=3)]
    new = made(50, 0.1, new=True, only_new=True)
    assert numbers([*first, *others, new], 6) == [1, 2, 20, 3, 30, 50]


def test_an_interest_on_which_nothing_good_enough_follows_has_no_place() -> None:
    first = [made(n, 1 - n / 100, strand=1) for n in range(1, 9)]
    assert numbers([*first, made(20, 0.2, strand=2)], 4) == [1, 2, 3, 4]


def test_interests_that_have_their_places_anyway_change_nothing() -> None:
    listed = [made(n, 1 - n / 100, strand=n % 2) for n in range(1, 7)]
    assert numbers(listed, 6) == [1, 2, 3, 4, 5, 6]


def test_what_is_near_comes_first_and_an_interest_at_the_next_place() -> None:
    first = [made(n, 1 - n / 100, strand=1) for n in range(1, 6)]
    listed = [*first, made(20, 0.6, strand=2), made(40, 0.5, strand=1, near=True)]
    assert numbers(listed, 4) == [1, 2, 40, 20]
