"""How much it says that two records declare the same subject: what every other record declares says little."""

from __future__ import annotations

import threading
from time import monotonic

from search.service import SearchService

# So many seconds what was worked out stands for.
_KEPT_SECONDS = 600.0


class Rarity:
    """Knows how rare subjects are in the catalogue, by the texts of all records. Safe to share between threads."""

    def __init__(self, search: SearchService) -> None:
        self._search = search
        self._lock = threading.Lock()
        self._known: dict[str, float] = {}
        self._until = 0.0

    def __call__(self, subject: str) -> float:
        """From 0 for what all records have to 1 for what few have: the square of its inverse document frequency as a share of the
        greatest, as two texts that share a word are weighed (Salton, Buckley, 1988)."""
        with self._lock:
            if monotonic() > self._until:
                self._known, self._until = {}, monotonic() + _KEPT_SECONDS
            known = self._known.get(subject)
        if known is None:
            known = self._search.seldom(subject) ** 2
            with self._lock:
                self._known[subject] = known
        return known
