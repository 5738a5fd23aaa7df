from __future__ import annotations

import pytest

from catalog.intake.chunks import Pace, chunks
from catalog.intake.records import RawRecord


def record(number: int, size: int = 1) -> RawRecord:
    return RawRecord(number, None, b"x" * size)


@pytest.mark.parametrize(
    ("seconds", "size"), [(0.06, 200), (0.12, 100), (0.24, 50), (0.0, 200), (9.0, 50), (0.1, 120)]
)
def test_a_chunk_grows_or_shrinks_to_the_time_a_transaction_may_take(seconds: float, size: int) -> None:
    pace = Pace(first=100)
    pace.took(100, seconds)
    assert pace.size == size


def test_a_chunk_never_falls_below_a_few_records() -> None:
    pace = Pace(first=20)
    pace.took(20, 60.0)
    assert pace.size == 16


def test_every_record_is_in_one_chunk_in_order() -> None:
    pace = Pace(first=7)
    found = list(chunks((record(number) for number in range(20)), pace))
    assert [len(chunk) for chunk in found] == [7, 7, 6]
    assert [entry.number for chunk in found for entry in chunk] == list(range(20))


def test_large_records_make_small_chunks() -> None:
    found = list(chunks((record(number, 3 << 20) for number in range(5)), Pace(first=100)))
    assert [len(chunk) for chunk in found] == [3, 2]
