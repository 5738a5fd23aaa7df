"""Wall and processor time of many calls, as percentiles."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

_PERCENTILES = (50, 95, 99)


def timed(call: Callable[[Any], object], arguments: Iterable[Any]) -> dict[str, dict[str, float]]:
    """Call once for each argument; milliseconds as {"wall_ms": {"p50", "p95", "p99"}, "cpu_ms": {…}}."""
    wall, cpu = [], []
    for argument in arguments:
        began, began_cpu = time.perf_counter(), time.process_time()
        call(argument)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - began_cpu) * 1000)
    return {"wall_ms": percentiles(wall), "cpu_ms": percentiles(cpu)}


def peak_rss_bytes() -> int:
    """The most memory that this process had resident, mapped files included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def percentiles(values: list[float]) -> dict[str, float]:
    """{"p50", "p95", "p99"} of some values."""
    return {
        f"p{q}": round(float(v), 3)
        for q, v in zip(_PERCENTILES, np.percentile(values, _PERCENTILES), strict=True)
    }
