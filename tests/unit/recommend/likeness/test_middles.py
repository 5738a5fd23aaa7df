from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from recommend.likeness.middles import MiddlesInUse
from search.embedded.engine import EmbeddedEngine
from search.query import Filters

KINDS = ("book", "heritage")
EACH = 40
GARDENS = 4


class Written:
    """An index in which all records of a kind are written alike; every fourth of either kind is on gardens, the others on anything."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        sorts = {kind: 3 * np.eye(48, dtype=np.float32)[place] for place, kind in enumerate(KINDS)}
        gardens = 2 * np.eye(48, dtype=np.float32)[2]
        self.kinds: dict[int, str] = {}
        self._vectors: dict[int, NDArray[np.float32]] = {}
        for number in range(1, 2 * EACH + 1):
            kind = self.kinds[number] = KINDS[number % 2]
            about = (
                gardens if self.is_on_gardens(number) else 2 * np.eye(48, dtype=np.float32)[3 + number % 40]
            )
            vector = sorts[kind] + about + rng.normal(0, 0.1, 48).astype(np.float32)
            self._vectors[number] = (vector / np.linalg.norm(vector)).astype(np.float32)
        self.reads = 0

    @staticmethod
    def is_on_gardens(number: int) -> bool:
        return number // 2 % GARDENS == 0

    def some(self, count: int) -> list[int]:
        self.reads += 1
        return list(self._vectors)[:count]

    def vectors(self, numbers: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        return {n: self._vectors[n] for n in numbers if n in self._vectors}

    def passing(self, numbers: Sequence[int], filters: Filters) -> set[int]:
        return {n for n in numbers if self.kinds.get(n) in filters.values["kind"]}


def test_freed_of_its_kind_a_book_on_gardens_is_nearer_to_a_garden_than_to_another_book() -> None:
    written = Written()
    engine = cast(EmbeddedEngine, written)
    book, garden = (
        next(n for n in range(1, 99) if written.kinds[n] == kind and written.is_on_gardens(n))
        for kind in KINDS
    )
    other = next(n for n in range(1, 99) if written.kinds[n] == "book" and not written.is_on_gardens(n))
    plain = engine.vectors([book, garden, other])
    freed = MiddlesInUse(KINDS).now(engine).freed(engine, [book, garden, other])
    assert plain[book] @ plain[other] > plain[book] @ plain[garden]
    assert freed[book] @ plain[garden] > freed[book] @ plain[other]
    assert np.linalg.norm(freed[book]) == pytest.approx(1, abs=1e-5)


def test_chance_is_what_nine_of_ten_pairs_stay_below_and_close_what_one_in_a_thousand_reaches_or_a_cosine_of_a_half() -> (
    None
):
    written = Written()
    engine = cast(EmbeddedEngine, written)
    middles = MiddlesInUse(KINDS).now(engine)
    numbers = engine.some(999)
    freed = middles.freed(engine, numbers)
    cosines = np.array(
        [float(freed[one] @ freed[other]) for one in numbers for other in numbers if one < other]
    )
    assert 0 < middles.chance <= middles.near <= middles.close
    assert middles.near == pytest.approx(min(0.5, float(np.quantile(cosines, 0.98))), abs=1e-4)
    assert np.mean(cosines < middles.chance) == pytest.approx(0.9, abs=0.02)
    assert middles.close == 0.5 < np.quantile(cosines, 0.999)


def test_of_a_kind_of_few_and_of_a_small_catalogue_nothing_is_taken_off() -> None:
    written = Written()
    engine = cast(EmbeddedEngine, written)
    written.kinds = {number: "book" if number < 9 else "heritage" for number in written.kinds}
    middles = MiddlesInUse(KINDS).now(engine)
    assert {*middles.of_kind} == {"heritage"}
    assert (middles.freed(engine, [1])[1] == engine.vectors([1])[1]).all()
    assert middles.freed(engine, [999]) == {}


def test_it_is_worked_out_once_for_some_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    written, moment = Written(), [1000.0]
    monkeypatch.setattr("recommend.likeness.middles.monotonic", lambda: moment[0])
    in_use = MiddlesInUse(KINDS)
    first = in_use.now(cast(EmbeddedEngine, written))
    assert in_use.now(cast(EmbeddedEngine, written)) is first
    moment[0] += 3600
    assert in_use.now(cast(EmbeddedEngine, written)) is not first
