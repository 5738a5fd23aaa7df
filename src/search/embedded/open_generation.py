"""A generation of the embedded engine, open for reading: it notices what the writer committed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import tantivy

from catalog.errors import Unavailable
from search.embedded import layout
from search.embedded.checksums import check_files, reading
from search.embedded.codes import CodeBook
from search.embedded.engine import EmbeddedEngine
from search.embedded.vectors import VectorIndex

_log = logging.getLogger(__name__)
_Stamp = tuple[int, int]


class OpenGeneration:
    """Gives the newest state of the generation in `directory`. Safe to share between threads.

    `weights` has the share of each field in the ranking. Raises Unavailable, naming the file, when one is damaged.
    """

    def __init__(self, directory: Path, weights: Mapping[str, float]) -> None:
        self._directory = directory
        self._commits = str(directory / "keyword" / "meta.json")
        self._weights = weights
        self._lock = threading.Lock()
        self._index = _open(directory / "keyword")
        self._index.config_reader("manual")
        self._vectors = VectorIndex.open(directory / "vectors")
        stamp = self._stamp()
        # Of the state that was read last, and of one that could not be read.
        self._read, self._refused = stamp, stamp
        self._engine = self._newest()

    def engine(self) -> EmbeddedEngine:
        """The newest state; the former one while another thread reads a newer one, or where that cannot be read."""
        stamp = self._stamp()
        if stamp in (self._read, self._refused) or not self._lock.acquire(blocking=False):
            return self._engine
        try:
            self._engine = self._newest()
            self._read = stamp
        except Unavailable as error:
            self._refused = stamp
            _log.error("the former state of the index goes on answering: %s", error)
        finally:
            self._lock.release()
        return self._engine

    def _newest(self) -> EmbeddedEngine:
        try:
            self._index.reload()
        except (ValueError, OSError) as error:
            raise _unreadable(Path(self._commits)) from error
        searcher = self._index.searcher()
        codes = CodeBook(self._directory / "codes.json", searcher.num_docs)
        self._vectors = self._vectors.refreshed(self._directory / "vectors" / "log.bin", codes.logged)
        return EmbeddedEngine(searcher, codes, self._vectors, self._weights)

    def _stamp(self) -> _Stamp:
        """Changes with every commit: the writer replaces the keyword index's list of segments last."""
        try:
            status = os.stat(self._commits)
        except OSError:
            # A generation that was dropped goes on answering, from files that are mapped, until the next one is open.
            return self._read
        return status.st_mtime_ns, status.st_ino


def _open(directory: Path) -> tantivy.Index:
    check_files(directory)
    try:
        index = tantivy.Index.open(str(directory))
    except (ValueError, OSError) as error:
        raise _unreadable(directory / "meta.json") from error
    with reading(directory / "meta.json"):
        is_current = layout.described_by(directory / "meta.json")
    if not is_current:
        raise _unreadable(directory / "meta.json")
    return index


def _unreadable(path: Path) -> Unavailable:
    return Unavailable(f"the index file {path} is damaged or of another version: build the index again")
