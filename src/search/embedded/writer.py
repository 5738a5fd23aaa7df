"""Writes one generation: in bulk when it is built, change by change when it follows the feed.

Order of a commit: code book, vector log, the log's length in the code book, keyword index, each durable before the next.
Whoever calls records the position in the feed last; repeating a commit changes nothing.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy
from tantivy import Occur

from catalog.durable import sync_directory
from catalog.errors import Conflict
from search.embedded import keyword_query as kq
from search.embedded import layout
from search.embedded.checksums import check_files, reading
from search.embedded.codes import CodeBook
from search.embedded.columns import NO_YEARS, Codes, Rows
from search.embedded.completion import TitleCounts, completion_weight
from search.embedded.vector_base import row_count, write_base
from search.embedded.vector_log import VectorLogWriter, entry_count
from search.preparation import Prepared

_BULK_HEAP_BYTES = 256_000_000
_FOLLOW_HEAP_BYTES = 50_000_000
# Tantivy merges so many segments of about one size into one. Committed in equal parts, a power of it, a whole catalogue
# ends as one segment: each segment more costs every query as many more look-ups as it has terms.
_MERGED = 8
_MOST_AT_ONCE = 20_000


class Writer:
    """Opens the generation in `directory` for writing; one writer at a time.

    Raises Unavailable, naming the file, where there is one whose keyword index is damaged.
    """

    def __init__(self, directory: Path, dimension: int) -> None:
        self._directory = directory
        self._keyword = directory / "keyword"
        self._vectors = directory / "vectors"
        self._dimension = dimension
        if self._keyword.exists() or self._vectors.exists():
            # Opening makes an empty index in place of one whose list of segments is gone.
            check_files(self._keyword)
        self._index = self._opened()
        self._schema = layout.schema()
        self._log: VectorLogWriter | None = None
        # The list of segments as this writer left it.
        self._left: tuple[int, int] | None = None

    def load(self, blocks: Iterable[Prepared], expected: int) -> int:
        """Write a new generation from blocks in ascending order of number; returns how many documents it has.

        So many are `expected`; where they turn out more or fewer, the index has some segments more. Raises OSError where the
        disk takes no more.
        """
        writer, codes = self._open(_BULK_HEAP_BYTES)
        behind = TitleCounts()
        parts, expected = _equal_parts(expected), max(1, expected)
        count = 0

        def rows() -> Iterator[Rows]:
            nonlocal count
            for block in blocks:
                yield self._add(writer, codes, block, lambda key, _: behind.add(key))
                before, count = count, count + len(block.numbers)
                if before * parts // expected < count * parts // expected:
                    with self._written():
                        writer.commit()

        try:
            write_base(self._vectors, self._dimension, rows())
            self._commit(writer, codes)
        finally:
            # Its threads write files until they have ended, also where the load failed and its files are deleted next.
            with self._written():
                writer.wait_merging_threads()
        return count

    def apply(self, block: Prepared, gone: Sequence[int]) -> None:
        """Put these documents in place of what was there, and take out the numbers that are `gone`.

        Raises Unavailable, naming the file, where the keyword index or the log of vectors is damaged, OSError where the disk
        takes no more.
        """
        if self._stamp() != self._left:
            # At first, and where another process wrote since. A merge would give what is damaged a fresh checksum.
            check_files(self._keyword)
            self._index = self._opened()
        self._index.reload()
        writer, codes = self._open(_FOLLOW_HEAP_BYTES)
        try:
            # A writer that was killed may have left a file of deletes under the very name that this commit will give its own.
            writer.garbage_collect_files()
            # A writer's first operation has the stamp of the last commit. A merge that begins before ours, of segments that a
            # killed writer left, would take a deletion with that stamp for one of the last commit, done in some of them and
            # not in others, and lose it. So the first one deletes nothing.
            writer.delete_documents_by_query(kq.any_of([]))
            # Not `delete_documents_by_term`: it takes a number for a signed one and deletes nothing, silently.
            writer.delete_documents_by_query(kq.exact(self._schema, "number", [*gone, *block.numbers]))
            rows = self._add(writer, codes, block, self._living)
            codes.save()
            codes.logged = self._logged(rows, gone, codes.logged)
            self._commit(writer, codes)
        finally:
            with self._written():
                writer.wait_merging_threads()
        self._left = self._stamp()

    def _logged(self, rows: Rows, gone: Sequence[int], least: int) -> int:
        """Write to the vector log, which has `least` entries by the last commit; returns how many it has then."""
        if self._log is None or self._log.entries != least:
            # A long log takes long to read, and is read only at first, and where another process or a failed commit wrote.
            self._log = VectorLogWriter(self._vectors / "log.bin", self._dimension, least)
        self._log.append(rows)
        self._log.bury(gone)
        return self._log.entries

    def _living(self, key: str, number: int) -> int:
        """How many records have a title of this key, with the one of this number.

        The index's own frequencies count what was deleted, too, so that every revision of a record would weigh more.
        """
        titled = kq.exact(self._schema, "title_key", [key])
        others = tantivy.Query.boolean_query(
            [(Occur.Must, titled), (Occur.MustNot, kq.exact(self._schema, "number", [number]))]
        )
        counted = self._index.searcher().aggregate(
            others, {"records": {"value_count": {"field": "scattered"}}}
        )
        return int(counted["records"]["value"]) + 1

    def _add(
        self, writer: tantivy.IndexWriter, codes: CodeBook, block: Prepared, behind: Callable[[str, int], int]
    ) -> Rows:
        """Add the documents of a block to the keyword index; returns its rows for the vectors.

        `behind` says how many records have a title of this key, with the one of this number.
        """
        coded: list[Codes] = []
        for fields, facets in zip(block.fields, block.codes, strict=True):
            numbers = {name: codes.numbers(name, values) for name, values in facets.items() if values}
            key = next(iter(fields.get("title_key", ())), "")
            weights = {
                "completion_weight": layout.spread(
                    fields["number"], completion_weight(behind(key, fields["number"]), len(key))
                ),
                "title_hash": zlib.crc32(key.encode()),
            }
            document = tantivy.Document.from_dict({**fields, **numbers, **weights}, self._schema)
            with self._written():
                writer.add_document(document)
            coded.append(numbers)
        years = [
            (fields.get("year_from", NO_YEARS[0]), fields.get("year_to", NO_YEARS[1]))
            for fields in block.fields
        ]
        works = [fields["work"] for fields in block.fields]
        return Rows(block.numbers, block.revisions, coded, years, works, block.available, block.vectors)

    def _commit(self, writer: tantivy.IndexWriter, codes: CodeBook) -> None:
        codes.save()
        with self._written():
            writer.commit()
        # A commit is not safe against a power cut until its directory is.
        sync_directory(self._keyword)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """What the keyword index says of a full disk, a lost folder and the like is a ValueError: raised as OSError."""
        try:
            yield
        except ValueError as error:
            raise OSError(f"the keyword index in {self._keyword} cannot be written: {error}") from error

    def _opened(self) -> tantivy.Index:
        index = layout.open_index(self._keyword)
        index.config_reader("manual")
        return index

    def _stamp(self) -> tuple[int, int]:
        with reading(self._keyword / "meta.json"):
            status = os.stat(self._keyword / "meta.json")
        return status.st_mtime_ns, status.st_ino

    def _open(self, heap_bytes: int) -> tuple[tantivy.IndexWriter, CodeBook]:
        """The keyword writer, whose lock guards the vector log and the code book too, so the book is read after it."""
        try:
            writer = self._index.writer(heap_bytes, 1)
        except ValueError as error:
            raise Conflict("another process is writing to this index generation") from error
        return writer, CodeBook(self._directory / "codes.json", self._index.searcher().num_docs)


def _equal_parts(count: int) -> int:
    """In how many parts to commit so many documents: a power of the segments that are merged into one."""
    parts = 1
    while count > parts * _MOST_AT_ONCE:
        parts *= _MERGED
    return parts


def log_sizes(directory: Path, dimension: int) -> tuple[int, int]:
    """(rows of the vector base, entries of the vector log) of a generation, from the sizes of its files."""
    vectors = directory / "vectors"
    return row_count(vectors), entry_count(vectors / "log.bin", dimension)
