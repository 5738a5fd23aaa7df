"""Writes one generation: in bulk when it is built, change by change when it follows the feed.

Order of a commit: vector log, code book, keyword index, each durable before the next. Whoever calls records the
position in the feed last; repeating a commit changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import tantivy

from catalog.durable import sync_directory
from catalog.errors import Conflict
from search.documents import IndexDocument
from search.embedded import keyword_query as kq
from search.embedded import layout
from search.embedded.codes import CodeBook
from search.embedded.vector_base import row_count, write_base
from search.embedded.vector_log import VectorLogWriter, entry_count
from search.engine import Vector
from search.specification import Specification

_BULK_HEAP_BYTES = 256_000_000
_FOLLOW_HEAP_BYTES = 50_000_000

Block = tuple[list[IndexDocument], Vector]


class Writer:
    """Opens the generation in `directory` for writing; one writer at a time."""

    def __init__(self, directory: Path, specification: Specification) -> None:
        self._directory = directory
        self._keyword = directory / "keyword"
        self._vectors = directory / "vectors"
        self._specification = specification
        self._dimension = specification.embedding.dimension
        self._index = layout.open_index(self._keyword)

    def load(self, blocks: Iterable[Block]) -> int:
        """Write a new generation from blocks in ascending order of number; returns how many documents it has."""
        writer, form = self._open(_BULK_HEAP_BYTES)
        count = 0

        def vectors() -> Iterator[tuple[list[int], list[int], Vector]]:
            nonlocal count
            for documents, block in blocks:
                for document in documents:
                    writer.add_document(form.document(document))
                count += len(documents)
                yield [d.number for d in documents], [d.revision for d in documents], block

        try:
            write_base(self._vectors, self._dimension, vectors())
            self._commit(writer, form)
        finally:
            # Its threads write files until they have ended, also where the load failed and its files are deleted next.
            writer.wait_merging_threads()
        return count

    def apply(self, documents: Sequence[IndexDocument], vectors: Vector, gone: Sequence[int]) -> None:
        """Put these documents in place of what was there, and take out the numbers that are `gone`."""
        writer, form = self._open(_FOLLOW_HEAP_BYTES)
        try:
            self._replace(writer, form, documents, vectors, gone)
        finally:
            writer.wait_merging_threads()

    def _replace(
        self,
        writer: tantivy.IndexWriter,
        form: layout.Layout,
        documents: Sequence[IndexDocument],
        vectors: Vector,
        gone: Sequence[int],
    ) -> None:
        log = VectorLogWriter(self._vectors / "log.bin", self._dimension)
        log.append([d.number for d in documents], [d.revision for d in documents], vectors)
        log.bury(list(gone))
        # Not `delete_documents_by_term`: it takes a number for a signed one and deletes nothing, silently.
        replaced = [*gone, *(d.number for d in documents)]
        writer.delete_documents_by_query(kq.exact(form.schema, "number", replaced))
        for document in documents:
            writer.add_document(form.document(document))
        self._commit(writer, form)

    def _commit(self, writer: tantivy.IndexWriter, form: layout.Layout) -> None:
        form.codes.save()
        writer.commit()
        # A commit is not safe against a power cut until its directory is.
        sync_directory(self._keyword)

    def _open(self, heap_bytes: int) -> tuple[tantivy.IndexWriter, layout.Layout]:
        """The keyword writer, whose lock guards the vector log and the code book too, so the book is read after it."""
        try:
            writer = self._index.writer(heap_bytes, 1)
        except ValueError as error:
            raise Conflict("another process is writing to this index generation") from error
        codes = CodeBook(self._directory / "codes.json")
        parts = self._specification
        return writer, layout.Layout(layout.schema(), parts.analyzer, parts.pinyin, codes)


def log_sizes(directory: Path, dimension: int) -> tuple[int, int]:
    """(rows of the vector base, entries of the vector log) of a generation, from the sizes of its files."""
    vectors = directory / "vectors"
    return row_count(vectors), entry_count(vectors / "log.bin", dimension)
