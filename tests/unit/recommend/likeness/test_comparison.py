from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.likeness.comparison import Likeness, compared
from recommend.likeness.declared import Declared
from recommend.likeness.middles import Middles
from search.embedded.engine import EmbeddedEngine
from search.engine import Vector

CHANCE = 0.25
OPERA, HISTORY = {"content_types": ["opera"]}, {"content_types": ["history"]}


class Plane:
    """An index of unit vectors in a plane: each resource lies at the cosine to the first one that is given here."""

    def __init__(self, *cosines: float, chance: float = CHANCE) -> None:
        self._cosines, self._chance = cosines, chance

    @property
    def middles(self) -> Middles:
        return Middles({}, self._chance, 2 * self._chance, (1 + self._chance) / 2)

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vector]:
        places = {0: 1.0, **dict(enumerate(self._cosines, 1))}
        return {
            n: np.array([places[n], (1 - places[n] ** 2) ** 0.5], dtype=np.float32)
            for n in numbers
            if n in places
        }


def made(number: int, **data: Any) -> Resource:
    return Resource(number, "1" * 26, "book", "nlc", State.PUBLISHED, 1, data, now(), now())


def likeness(plane: Plane, first: dict[str, Any], *others: dict[str, Any]) -> dict[int, Likeness]:
    found = [made(number, **data) for number, data in enumerate(others, 1)]
    return dict(compared(cast(EmbeddedEngine, plane), found, [made(0, **first)], Declared, plane.middles))


@pytest.mark.parametrize(("cosine", "is_alike"), [(0.1, False), (CHANCE + 0.01, True)])
def test_where_a_record_declares_nothing_it_must_be_nearer_than_by_chance(
    cosine: float, is_alike: bool
) -> None:
    plane = Plane(cosine)
    for first, other in (({}, {}), ({}, OPERA), (OPERA, {})):
        assert (1 in likeness(plane, first, other)) is is_alike


@pytest.mark.parametrize(("cosine", "is_alike"), [(0.5, False), (0.7, True)])
def test_where_both_declare_something_and_nothing_in_common_they_must_be_far_nearer(
    cosine: float, is_alike: bool
) -> None:
    assert (1 in likeness(Plane(cosine), OPERA, HISTORY)) is is_alike


def test_what_declares_something_telling_in_common_is_alike_and_it_is_known_whether_it_is_near() -> None:
    yue = {"subjects": [{"label": "越剧"}]}
    found = likeness(Plane(0.1, 0.7), yue, yue, yue)
    assert [(one.because, one.is_near) for one in found.values()] == [(0, False), (0, True)]
    assert all(one.declared > 0 for one in found.values())


@pytest.mark.parametrize(("cosine", "is_alike"), [(0.4, False), (0.55, True)])
def test_what_has_no_more_in_common_than_with_many_must_be_near(cosine: float, is_alike: bool) -> None:
    assert (1 in likeness(Plane(cosine), OPERA, OPERA)) is is_alike


def test_what_has_no_vector_is_near_to_nothing_even_where_chance_is_not_known() -> None:
    assert likeness(Plane(chance=0.0), {}, {}) == {}


def test_where_all_of_a_catalogue_are_much_alike_what_says_the_same_is_alike() -> None:
    assert 1 in likeness(Plane(0.95, chance=0.99), {}, {})


def test_nothing_is_like_itself() -> None:
    same, other = made(1, **OPERA), made(2, **OPERA)
    plane = Plane(0.9, 0.9)
    found = compared(cast(EmbeddedEngine, plane), [same], [same, other], Declared, plane.middles)
    assert found[1].because == 2
    assert compared(cast(EmbeddedEngine, plane), [same], [same], Declared, plane.middles) == {}
