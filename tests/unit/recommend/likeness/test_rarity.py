from __future__ import annotations

from collections import Counter
from typing import cast

import pytest

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.likeness.declared import Declared, common_subject, share
from recommend.likeness.rarity import Rarity
from search.service import SearchService


class Counted:
    """A search that knows how seldom two names are, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def seldom(self, name: str) -> float:
        self.asked[name] += 1
        return {"世界遗产": 0.5, "园林": 0.9}[name]


def made(*subjects: str) -> Resource:
    data = {"subjects": [{"label": one} for one in subjects]}
    return Resource(1, "1" * 26, "book", "nlc", State.PUBLISHED, 1, data, now(), now())


def test_what_many_have_says_little_and_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, moment = Counted(), [1000.0]
    monkeypatch.setattr("recommend.likeness.rarity.monotonic", lambda: moment[0])
    rarity = Rarity(cast(SearchService, counted))
    assert [rarity(name) for name in ("世界遗产", "园林", "园林")] == pytest.approx([0.25, 0.81, 0.81])
    assert counted.asked["园林"] == 1
    moment[0] += 3600
    rarity("园林")
    assert counted.asked["园林"] == 2


def test_the_rarest_subject_of_two_records_is_told_and_weighs_most() -> None:
    rarity = Rarity(cast(SearchService, Counted()))
    both, many = (Declared(made(*names), rarity) for names in (("世界遗产", "园林"), ("世界遗产",)))
    assert common_subject(both, both) == "园林"
    assert common_subject(both, many) == "世界遗产"
    assert share(both, both) > share(both, many) > 0
