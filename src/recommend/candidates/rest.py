"""The rest of the catalogue, which fills a list up where too little is recommended."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from recommend.labels import bearing, without_kinds
from recommend.readers import Label
from search.embedded.engine import EmbeddedEngine
from search.query import MAX_SIZE, Filters, Sort
from search.reading.understanding import Understanding

# Of the rest so many of the newest are looked through, then so many in the order of entry, and so often.
_NEWEST, _PAGE, _MOST_PAGES = MAX_SIZE, 1000, 2
_EVERYTHING = Understanding("", "")


class Rest:
    """Numbers of what passes the filters and bears no label that a reader struck out, some at a time: the newest first, then all
    in the order of entry, so many at most. Each page is looked up once, however often it is gone through.
    """

    def __init__(
        self,
        engine: EmbeddedEngine,
        filters: Filters,
        struck_out: Collection[Label],
        every_kind: Collection[str],
    ) -> None:
        self._engine, self._struck_out = engine, struck_out
        self._filters = without_kinds(filters, struck_out, every_kind)
        self._known: list[list[int]] = []
        self._walk = self._walked()

    def pages(self) -> Iterator[list[int]]:
        """The pages, each looked up when it comes to it."""
        place = 0
        while place < len(self._known) or self._goes_on():
            yield self._known[place]
            place += 1

    def _goes_on(self) -> bool:
        """Look the next page up, if there is one."""
        page = next(self._walk, None)
        if page is None:
            return False
        gone = bearing(self._engine, page, self._struck_out)
        self._known.append([number for number in page if number not in gone])
        return True

    def _walked(self) -> Iterator[list[int]]:
        if self._filters is None:
            return
        newest = self._engine.ordered(_EVERYTHING, self._filters, Sort.RELEVANCE, _NEWEST)
        yield [hit.number for hit in newest]
        last, found = 0, len(newest)
        for _ in range(_MOST_PAGES if found == _NEWEST else 0):
            page = self._engine.after(_EVERYTHING, self._filters, last, _PAGE)
            yield page
            if len(page) < _PAGE:
                return
            last = page[-1]
