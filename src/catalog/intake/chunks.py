"""How many records go into one transaction: as many as fit into the time that a publish may have to wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalog.intake.records import RawRecord

# An import holds the one write lock of SQLite; measured with a full commit this keeps it under 200 ms.
_TARGET_SECONDS: Final = 0.12
_SMALLEST, _LARGEST = 16, 4000
# A chunk is held in memory as a whole.
_CHUNK_BYTES = 8 << 20


class Pace:
    """The size of the next chunk, from the time that the last one took to write."""

    def __init__(self, first: int = 100) -> None:
        self.size = first

    def took(self, records: int, seconds: float) -> None:
        """Learn from one transaction; the size at most doubles or halves."""
        fitting = records * _TARGET_SECONDS / max(seconds, 1e-4)
        bounded = min(max(fitting, self.size / 2), self.size * 2)
        self.size = int(min(max(bounded, _SMALLEST), _LARGEST))


def chunks(records: Iterator[RawRecord], pace: Pace) -> Iterator[list[RawRecord]]:
    """The records in lists of at most `pace.size`, asked anew for each, and of about 8 MB at most."""
    chunk: list[RawRecord] = []
    held = 0
    for record in records:
        chunk.append(record)
        held += len(record.raw)
        if len(chunk) >= pace.size or held >= _CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk
