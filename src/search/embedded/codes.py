"""Numbers for facet codes: integer columns are counted much faster than texts (measured: docs/performance.md)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path

from catalog.durable import replace_file
from catalog.errors import Unavailable
from search.embedded.checksums import reading
from search.query import ANY_LEVEL


class CodeBook:
    """Gives each code of each facet a number, in order of first sight, and keeps the book in a file.

    The book tells what else a commit rests on: how many entries of the vector log were on disk before it (`logged`). Raises
    Unavailable, naming the file, if it is damaged, or missing though there are `documents` that use it.
    """

    def __init__(self, path: Path, documents: int = 0) -> None:
        if documents and not path.exists():
            raise Unavailable(f"the index file {path} is missing: build the index again")
        self._path = path
        self.logged, self._codes = _read(path) if path.exists() else (0, {})
        self._numbers = {
            name: {code: n for n, code in enumerate(codes)} for name, codes in self._codes.items()
        }
        self._saved = self._state()

    def numbers(self, facet: str, codes: Iterable[str]) -> list[int]:
        """The numbers of these codes; a new code gets the next number."""
        known = self._numbers.setdefault(facet, {})
        written = self._codes.setdefault(facet, [])
        for code in codes:
            if code not in known:
                known[code] = len(written)
                written.append(code)
        return [known[code] for code in dict.fromkeys(codes)]

    def find(self, facet: str, codes: Iterable[str]) -> list[int]:
        """The numbers of those of the codes that the book knows; of `ANY_LEVEL` those of all."""
        known = self._numbers.get(facet, {})
        if ANY_LEVEL in (codes := list(codes)):
            return list(known.values())
        return [known[code] for code in codes if code in known]

    def named(self, facet: str, counts: Iterable[tuple[int, int]]) -> dict[str, int]:
        """Codes to counts, from numbers to counts; without those written after this book was read."""
        codes = self._codes.get(facet, [])
        return {codes[number]: count for number, count in counts if number < len(codes)}

    def size(self, facet: str) -> int:
        """How many codes the facet has."""
        return len(self._codes.get(facet, []))

    def save(self) -> None:
        """Write the book durably, if it changed or is new. To be called before the documents that use it are committed."""
        if self._state() != self._saved or not self._path.exists():
            content = b"%d\n" % self.logged + json.dumps(self._codes, ensure_ascii=False).encode()
            replace_file(self._path, b"%08x\n" % zlib.crc32(content) + content)
            self._saved = self._state()

    def _state(self) -> tuple[int, int]:
        return self.logged, sum(map(len, self._codes.values()))


def _read(path: Path) -> tuple[int, dict[str, list[str]]]:
    """What a file holds: the CRC-32 of the rest, the number of entries of the log, and the codes, a line each.

    The number is missing where nothing was logged since such numbers are kept.
    """
    with reading(path):
        checksum, _, content = path.read_bytes().partition(b"\n")
        logged, _, written = content.rpartition(b"\n")
        codes = json.loads(written)
        if checksum != b"%08x" % zlib.crc32(content) or not _is_book(codes):
            raise ValueError("not what was written")
        return int(logged or 0), codes


def _is_book(codes: object) -> bool:
    return isinstance(codes, dict) and all(
        isinstance(of_facet, list) and all(isinstance(code, str) for code in of_facet)
        for of_facet in codes.values()
    )
