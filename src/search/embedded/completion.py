"""What completions are weighted by: how many records stand behind a title, then how short it is."""

from __future__ import annotations

import zlib

import numpy as np

_SLOTS = 1 << 24
_LENGTHS = 1024


class TitleCounts:
    """Counts titles in 64 MB of memory, however many there are: two that share a slot count for one another."""

    def __init__(self) -> None:
        self._counts = np.zeros(_SLOTS, dtype=np.uint32)

    def add(self, key: str) -> int:
        """How many records with a title of this key there are now, this one included."""
        slot = zlib.crc32(key.encode()) % _SLOTS
        self._counts[slot] += 1
        return int(self._counts[slot])


def completion_weight(records: int, length: int) -> int:
    """A number that grows with the records behind a title and, among equals, falls with its characters.

    Every record of a title counts those before it, so the newest bears the weight of all.
    """
    return records * _LENGTHS + max(0, _LENGTHS - 1 - length)
