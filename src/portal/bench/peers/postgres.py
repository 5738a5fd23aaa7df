"""PostgreSQL's full text on words that our analysis cut, and pgvector where the server has it.

WENMAI_TEST_POSTGRES names a database, postgresql://USER@HOST:PORT/NAME. What is made there lies in a schema of its own,
which is dropped afterwards.
"""

# Statements are put together from our own names alone; what is asked for travels as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from portal.bench.peers.base import CANDIDATES, SIZE, Asked, Counts, Legs, Missing, Records, server_address
from portal.bench.peers.fusion import NOTE, fused
from portal.bench.peers.sql import COLUMNS, count_facets, counts_of
from portal.bench.synthetic import FACETS
from search.engine import Vector

ADDRESS = "WENMAI_TEST_POSTGRES"
_CONNECT_SECONDS = 5
_CODES = ", ".join(f"{facet} text" for facet in FACETS)


class Postgres:
    """One table: codes, words under GIN and, where it can be, vectors under HNSW."""

    in_process = False

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._has_vectors = _prepare_vectors(connection)
        ranked = "words cut by our analysis; any of them, ranked by ts_rank, which is not BM25"
        about = f"vectors by pgvector: HNSW, ef_search {CANDIDATES}, scanning on until a filter is satisfied"
        without = "no pgvector 0.8 or newer that this account may use: full text alone"
        self.notes: Sequence[str] = (ranked, about, NOTE) if self._has_vectors else (ranked, without)

    def load(self, records: Records) -> None:
        """Copy everything to a scratch table, make the table of it, then the indexes, then let the planner know."""
        vectors = f", embedding vector({records.vectors.shape[1]})" if self._has_vectors else ""
        embedding = ", embedding" if self._has_vectors else ""
        self._execute(f"CREATE TEMPORARY TABLE scratch (id integer, {_CODES}, text text{vectors})")
        self._copy(records)
        self._execute(
            f"CREATE TABLE record AS SELECT id, {COLUMNS}, to_tsvector('simple', text) AS words{embedding} FROM scratch"
        )
        self._execute("DROP TABLE scratch")
        self._execute("ALTER TABLE record ADD PRIMARY KEY (id)")
        self._execute("CREATE INDEX ON record (kind)")
        self._execute("CREATE INDEX ON record USING gin (words)")
        if self._has_vectors:
            self._execute("CREATE INDEX ON record USING hnsw (embedding vector_ip_ops)")
        self._execute("VACUUM ANALYZE record")

    def disk_bytes(self) -> int:
        """The table with its indexes."""
        ((size,),) = self._execute("SELECT pg_total_relation_size('record')").fetchall()
        return int(size)

    def legs(self) -> Legs:
        """Words and counts; vectors where the server has them."""
        reason = "the server has no pgvector"
        return Legs(
            keyword=self._keyword,
            facets=self._facets,
            vector=self._vector if self._has_vectors else reason,
            hybrid=fused(self._keyword, self._vector) if self._has_vectors else reason,
        )

    def _copy(self, records: Records) -> None:
        with self._connection.cursor() as cursor, cursor.copy("COPY scratch FROM STDIN") as copy:
            rows = zip(records.numbers, records.codes, records.words, records.vectors, strict=True)
            for number, codes, words, vector in rows:
                copy.write_row((number, *codes, words, *([_written(vector)] if self._has_vectors else [])))

    def _keyword(self, asked: Asked) -> list[int]:
        return self._numbers(
            f"SELECT id FROM record, to_tsquery('simple', %(words)s) AS query WHERE words @@ query{_of_kind(asked)} "
            f"ORDER BY ts_rank(words, query) DESC LIMIT {SIZE}",
            asked,
        )

    def _vector(self, asked: Asked) -> list[int]:
        # Of vectors of length 1 the inner product is the cosine; pgvector gives it with a minus.
        return self._numbers(
            f"SELECT id FROM record WHERE TRUE{_of_kind(asked)} ORDER BY embedding <#> %(vector)s::vector LIMIT {SIZE}",
            asked,
        )

    def _facets(self, asked: Asked) -> Counts:
        matches = "words @@ to_tsquery('simple', %(words)s)" if asked.words else "TRUE"
        statement = count_facets(f"SELECT {COLUMNS} FROM record WHERE {matches}{_of_kind(asked)}")
        return counts_of(self._execute(statement, _parameters(asked)).fetchall())

    def _numbers(self, statement: str, asked: Asked) -> list[int]:
        return [number for (number,) in self._execute(statement, _parameters(asked)).fetchall()]

    def _execute(self, statement: str, parameters: dict[str, Any] | None = None) -> psycopg.Cursor[Any]:
        return self._connection.execute(statement, parameters)


def _of_kind(asked: Asked) -> str:
    return " AND kind = %(kind)s" if asked.kind else ""


def _parameters(asked: Asked) -> dict[str, Any]:
    words = " | ".join(f"'{word}'" for word in asked.words)
    return {"words": words, "vector": _written(asked.vector), "kind": asked.kind}


def _written(vector: Vector) -> str:
    """As pgvector reads it."""
    return f"[{','.join(map(str, vector.tolist()))}]"


def _prepare_vectors(connection: psycopg.Connection[Any]) -> bool:
    """Whether vectors can be kept and, under a filter, searched for until there are enough."""
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        # Loads the library, so that an older one refuses the next setting.
        connection.execute("SELECT '[1]'::vector")
        connection.execute("SET hnsw.iterative_scan = strict_order")
        connection.execute(f"SET hnsw.ef_search = {CANDIDATES}")
    except psycopg.Error:
        return False
    return True


@contextmanager
def open_peer(folder: Path) -> Iterator[Postgres]:
    """A schema of its own on the server, which keeps its files itself. Raises Missing where there is no server."""
    address = server_address(ADDRESS, "postgresql://USER@HOST:PORT/NAME")
    schema = f"wenmai_bench_{uuid4().hex}"
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.Error as error:
        raise Missing(f"the server that {ADDRESS} names cannot be reached: {error}") from error
    with connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            connection.execute(f"SET search_path = {schema}, public")
            yield Postgres(connection)
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")
