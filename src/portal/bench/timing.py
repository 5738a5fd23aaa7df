"""Wall and processor time of many calls, as percentiles."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

_PERCENTILES = (50, 95, 99)


def timed(
    call: Callable[[Any], object],
    arguments: Iterable[Any],
    cpu_seconds: Callable[[], float] = time.process_time,
) -> dict[str, dict[str, float]]:
    """Call once for each argument; milliseconds as {"wall_ms": {"p50", "p95", "p99"}, "cpu_ms": {…}}.

    `cpu_seconds` says what the process that does the work has used so far: this one, or another.
    """
    wall, cpu = [], []
    for argument in arguments:
        began_cpu, began = cpu_seconds(), time.perf_counter()
        call(argument)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((cpu_seconds() - began_cpu) * 1000)
    return {"wall_ms": percentiles(wall), "cpu_ms": percentiles(cpu)}


def peak_rss_bytes() -> int:
    """The most memory that this process had resident, mapped files included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def memory_bytes() -> dict[str, int]:
    """What this process has resident now: memory of its own, and pages of mapped files. Empty where nothing tells.

    Source: `/proc/self/status` of Linux.
    """
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    resident = dict(line.split(":", 1) for line in lines if line.startswith(("RssAnon", "RssFile")))
    names = {"RssAnon": "rss_anon_bytes", "RssFile": "rss_file_bytes"}
    return {names[name]: int(size.split()[0]) * 1024 for name, size in resident.items()}


def percentiles(values: list[float]) -> dict[str, float]:
    """{"p50", "p95", "p99"} of some values."""
    return {
        f"p{q}": round(float(v), 3)
        for q, v in zip(_PERCENTILES, np.percentile(values, _PERCENTILES), strict=True)
    }
