"""SQLite's FTS5: what whoever has Python and no server would take.

It is fed words that our analysis cut, joined by spaces. Of FTS5's own ways to cut Chinese, `unicode61` takes a whole run
of characters for one word, and `trigram` finds nothing by fewer than three characters, while most Chinese words have
two.
"""

# Statements are put together from our own names alone; what is asked for travels as parameters.
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from portal.bench.peers.base import SIZE, Asked, Counts, Legs, Missing, Records
from portal.bench.peers.sql import COLUMNS, count_facets, counts_of
from portal.bench.synthetic import FACETS

# As much as the whole of a file of 100,000 records; SQLite's own 2 MB would measure the file system.
_CACHE_KIB = 262_144
_TABLES = (
    f"CREATE TABLE record (id INTEGER PRIMARY KEY, {COLUMNS})",
    # Without content: the text is not kept a second time.
    "CREATE VIRTUAL TABLE fulltext USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')",
)
_INDEXES = (
    "INSERT INTO fulltext (fulltext) VALUES ('optimize')",
    "CREATE INDEX record_kind ON record (kind)",
    "ANALYZE",
)


class SqliteFts5:
    """One database file: the codes in a table, the words in an FTS5 table."""

    notes = ("words cut by our analysis; any of them, ranked by bm25",)
    in_process = True

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def load(self, records: Records) -> None:
        """Fill both tables in one transaction and merge the full text into one segment."""
        places = ", ".join("?" * (1 + len(FACETS)))
        rows = ((number, *codes) for number, codes in zip(records.numbers, records.codes, strict=True))
        texts = zip(records.numbers, records.words, strict=True)
        with self._connection as connection:
            for statement in _TABLES:
                connection.execute(statement)
            connection.executemany(f"INSERT INTO record VALUES ({places})", rows)
            connection.executemany("INSERT INTO fulltext (rowid, words) VALUES (?, ?)", texts)
            for statement in _INDEXES:
                connection.execute(statement)

    def disk_bytes(self) -> int:
        """The pages of the database file."""
        ((pages,),), ((size,),) = self._rows("PRAGMA page_count"), self._rows("PRAGMA page_size")
        return int(pages * size)

    def legs(self) -> Legs:
        """Words and counts."""
        reason = "SQLite has no vector index"
        return Legs(keyword=self._keyword, facets=self._facets, vector=reason, hybrid=reason)

    def _keyword(self, asked: Asked) -> list[int]:
        # Looked up for each match: FTS5 walks through them all anyway, to rank them.
        of_kind = "AND (SELECT kind FROM record WHERE id = fulltext.rowid) = :kind" if asked.kind else ""
        statement = (
            f"SELECT rowid FROM fulltext WHERE fulltext MATCH :words {of_kind} ORDER BY rank LIMIT {SIZE}"
        )
        return [number for (number,) in self._rows(statement, words=_any(asked.words), kind=asked.kind)]

    def _facets(self, asked: Asked) -> Counts:
        conditions = ["TRUE"]
        if asked.words:
            conditions.append("id IN (SELECT rowid FROM fulltext WHERE fulltext MATCH :words)")
        if asked.kind:
            conditions.append("kind = :kind")
        statement = count_facets(f"SELECT {COLUMNS} FROM record WHERE {' AND '.join(conditions)}")
        return counts_of(self._rows(statement, words=_any(asked.words), kind=asked.kind))

    def _rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()


def _any(words: tuple[str, ...]) -> str:
    """In FTS5's query language. A word of our analysis has letters and digits alone, so quotes are enough."""
    return " OR ".join(f'"{word}"' for word in words)


@contextmanager
def open_peer(folder: Path) -> Iterator[SqliteFts5]:
    """A new database in this folder. Raises Missing where SQLite was built without FTS5."""
    with closing(sqlite3.connect(folder / "peer.db")) as connection:
        if ("ENABLE_FTS5",) not in connection.execute("PRAGMA compile_options").fetchall():
            raise Missing("this Python's SQLite was built without FTS5")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        yield SqliteFts5(connection)
