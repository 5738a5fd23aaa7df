"""Titles that readers use most, by how they begin: completions weigh use beside the records behind a title."""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from catalog import resources
from catalog.database import Database

_log = logging.getLogger(__name__)
_READ_AT_ONCE = 500
_LAST = "\U0010ffff"
_NOT_READ = "the titles that are used most could not be read; trying again at the next request"
NO_USE: Mapping[int, float] = {}


@dataclass(frozen=True, slots=True)
class _Known:
    """The completion keys of used titles in order, each with its resource, and the uses that they were read for."""

    used: Mapping[int, float]
    keys: Sequence[tuple[str, int]]


class UsedTitles:
    """Looks up used titles by their beginnings. Safe to share between threads.

    `used` gives the resources that are used most, each with how much, in another mapping whenever that has changed;
    `keys` gives the completion keys of the titles of one.
    """

    def __init__(
        self,
        database: Database,
        keys: Callable[[Sequence[str]], Iterable[str]],
        used: Callable[[], Mapping[int, float]],
    ) -> None:
        self._database, self._keys, self._used = database, keys, used
        self._known = _Known(NO_USE, ())
        self._lock = threading.Lock()

    def beginning(self, prefixes: Sequence[str], limit: int) -> list[int]:
        """Resources with a completion key that begins with one of these, the most used first.

        Titles that came into use are read in the background, while requests go on with what was known.
        """
        known, used = self._known, self._used()
        if used is not known.used and self._lock.acquire(blocking=False):
            self._refresh_in_background()
        found = {number for prefix in prefixes for number in _beginning(known.keys, prefix)}
        # What was withdrawn or erased since its titles were read is used no more.
        return nsmallest(limit, found & used.keys(), key=lambda number: (-used[number], number))

    def read(self) -> None:
        """Read the titles that are used now."""
        used = self._used()
        self._known = _Known(used, sorted(self._each_key(list(used))))

    def _refresh_in_background(self) -> None:
        """Read on a thread of its own, whose end releases the lock; where none can start, it is released at once."""
        try:
            threading.Thread(target=self._refresh, name="used titles", daemon=True).start()
        except RuntimeError:
            self._lock.release()
            _log.exception(_NOT_READ)

    def _refresh(self) -> None:
        try:
            self.read()
        except Exception:
            _log.exception(_NOT_READ)
        finally:
            self._lock.release()

    def _each_key(self, numbers: Sequence[int]) -> Iterator[tuple[str, int]]:
        for start in range(0, len(numbers), _READ_AT_ONCE):
            with self._database.read() as session:
                found = resources.load(session, numbers[start : start + _READ_AT_ONCE])
            for number, resource in found.items():
                titles = [title["value"] for title in resource.data.get("titles") or ()]
                yield from ((key, number) for key in self._keys(titles))


def _beginning(keys: Sequence[tuple[str, int]], prefix: str) -> Iterator[int]:
    """The resources of the keys that begin with the prefix."""
    first, behind = bisect_left(keys, (prefix, 0)), bisect_left(keys, (prefix + _LAST, 0))
    return (number for _, number in keys[first:behind])
