"""LanceDB: full text on words that our analysis cut, vectors by IVF_PQ, and its own hybrid search, in one folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Its hybrid search warns of itself at each query, and cannot be asked in another way; read when it is imported.
os.environ.setdefault("LANCEDB_LOG", "error")

import lancedb
import pyarrow
from lancedb.index import FTS, Bitmap, IvfPq
from lancedb.query import MatchQuery

from portal.bench.peers.base import CANDIDATES, SIZE, Asked, Legs, Records
from portal.bench.synthetic import FACETS

_TABLE = "record"
# Product quantisation learns 256 code words; of fewer records all vectors are compared.
_LEAST_FOR_AN_INDEX = 256
_NUMBERS_A_CODE = 4
_REFINED = CANDIDATES // SIZE
# As our analysis left them.
_WORDS = FTS(
    base_tokenizer="whitespace", lower_case=False, stem=False, remove_stop_words=False, ascii_folding=False
)


class Lance:
    """One table with three indexes."""

    notes = (
        "words cut by our analysis; any of them, ranked by BM25",
        f"vectors by IVF_PQ, {_NUMBERS_A_CODE} numbers a code, the best {CANDIDATES} compared exactly",
        "hybrid: LanceDB's own, by reciprocal ranks",
    )
    in_process = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = lancedb.connect(folder)

    def load(self, records: Records) -> None:
        """Write the table and build its indexes."""
        count, dimension = records.vectors.shape
        flat = pyarrow.array(records.vectors.reshape(-1))
        columns = {
            "number": pyarrow.array(records.numbers, pyarrow.int64()),
            "words": pyarrow.array(records.words),
            "vector": pyarrow.FixedSizeListArray.from_arrays(flat, dimension),
        }
        for facet, codes in zip(FACETS, zip(*records.codes, strict=True), strict=True):
            columns[facet] = pyarrow.array(codes)
        table = self._database.create_table(_TABLE, pyarrow.table(columns))
        table.create_index("kind", config=Bitmap())
        table.create_index("words", config=_WORDS)
        if count >= _LEAST_FOR_AN_INDEX:
            table.create_index("vector", config=IvfPq(num_sub_vectors=dimension // _NUMBERS_A_CODE))

    def disk_bytes(self) -> int:
        """All files of the folder."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def legs(self) -> Legs:
        """Words, vectors and both; LanceDB aggregates nothing."""
        self._table = self._database.open_table(_TABLE)
        return Legs(
            keyword=self._keyword,
            facets="LanceDB counts no facets",
            vector=self._vector,
            hybrid=self._hybrid,
        )

    def _keyword(self, asked: Asked) -> list[int]:
        return _numbers(self._table.search(_any(asked)), asked)

    def _vector(self, asked: Asked) -> list[int]:
        # Of vectors of length 1 the order by distance is the order by cosine.
        return _numbers(self._table.search(asked.vector).refine_factor(_REFINED), asked)

    def _hybrid(self, asked: Asked) -> list[int]:
        search = self._table.search(query_type="hybrid").vector(asked.vector).text(_any(asked))
        return _numbers(search.refine_factor(_REFINED), asked)


def _any(asked: Asked) -> MatchQuery:
    return MatchQuery(" ".join(asked.words), "words")


def _numbers(search: Any, asked: Asked) -> list[int]:
    if asked.kind:
        search = search.where(f"kind = '{asked.kind}'")
    found: list[int] = search.select(["number"]).limit(SIZE).to_arrow()["number"].to_pylist()
    return found


@contextmanager
def open_peer(folder: Path) -> Iterator[Lance]:
    """A new database in this folder."""
    yield Lance(folder)
