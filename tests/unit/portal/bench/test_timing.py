from __future__ import annotations

import time

import pytest

from portal.bench.timing import peak_rss_bytes, timed


def test_each_argument_is_called_once_and_its_time_told_as_percentiles() -> None:
    called: list[float] = []

    def sleep(seconds: float) -> None:
        called.append(seconds)
        time.sleep(seconds)

    figures = timed(sleep, [0.0, 0.0, 0.02])
    assert called == [0.0, 0.0, 0.02]
    assert list(figures) == ["wall_ms", "cpu_ms"]
    assert list(figures["wall_ms"]) == ["p50", "p95", "p99"]
    assert figures["wall_ms"]["p50"] < 15 < figures["wall_ms"]["p99"]
    assert figures["cpu_ms"]["p99"] == pytest.approx(0, abs=15)


def test_the_most_memory_is_told_in_bytes() -> None:
    assert 10_000_000 < peak_rss_bytes() < 100_000_000_000
