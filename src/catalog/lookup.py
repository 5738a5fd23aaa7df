"""Rows by their keys, read by the driver itself.

Everything that is shown waits for a page of them, and SQLAlchemy's way takes twice as long as the driver's: it makes the
statement, the result and, without a caller's session, a transaction anew each time. Here a statement is compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, bindparam, select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from catalog.database import Database

_Row = list[Any]
_Reader = Callable[[Any], Any]
# Drivers bind so many values, and more.
_AT_ONCE = 1024


class Lookup:
    """Finds rows by the values of one column. Safe to share."""

    def __init__(self, columns: Sequence[Column[Any]], key: Column[Any]) -> None:
        self._columns = columns
        self._key = key
        self._statements: dict[tuple[str, int], tuple[str, list[str] | None]] = {}
        self._readers: dict[str, list[tuple[int, _Reader]]] = {}

    def in_session(self, session: Session, keys: Sequence[Any]) -> list[_Row]:
        """The rows of these keys as the caller's transaction sees them, in any order; unknown keys have none."""
        connection = session.connection()
        dialect = connection.dialect
        try:
            return self._rows(connection.connection, dialect, keys)
        except dialect.loaded_dbapi.Error as error:
            connection.invalidate(error)
            raise _told(error) from error

    def alone(self, database: Database, keys: Sequence[Any]) -> list[_Row]:
        """The same, as they stand now: one statement needs no transaction."""
        dialect = database.engine.dialect
        connection = database.engine.raw_connection()
        try:
            return self._rows(connection, dialect, keys)
        except dialect.loaded_dbapi.Error as error:
            connection.invalidate(error)
            raise _told(error) from error
        finally:
            connection.close()

    def _rows(self, connection: Any, dialect: Dialect, keys: Sequence[Any]) -> list[_Row]:
        cursor = connection.cursor()
        try:
            rows = [
                list(row)
                for start in range(0, len(keys), _AT_ONCE)
                for row in self._read(cursor, dialect, keys[start : start + _AT_ONCE])
            ]
        finally:
            cursor.close()
        readers = self._readers_of(dialect)
        for row in rows:
            for place, read in readers:
                row[place] = read(row[place])
        return rows

    def _read(self, cursor: Any, dialect: Dialect, keys: Sequence[Any]) -> Sequence[Any]:
        """What the driver answers for these keys, by a statement for up to the next power of two: the last fills it up."""
        size = 1 << (len(keys) - 1).bit_length()
        sql, names = self._statement(dialect, size)
        values = [*keys, *[keys[-1]] * (size - len(keys))]
        cursor.execute(sql, dict(zip(names, values, strict=True)) if names else values)
        rows: Sequence[Any] = cursor.fetchall()
        return rows

    def _statement(self, dialect: Dialect, size: int) -> tuple[str, list[str] | None]:
        """The statement for so many keys, and the names of its parameters where the driver wants them by name."""
        known = self._statements.get((dialect.name, size))
        if known is None:
            names = [f"key_{n}" for n in range(size)]
            wanted = select(*self._columns).where(self._key.in_([bindparam(name) for name in names]))
            compiled = wanted.compile(dialect=dialect)
            known = str(compiled), None if dialect.positional else names
            self._statements[dialect.name, size] = known
        return known

    def _readers_of(self, dialect: Dialect) -> list[tuple[int, _Reader]]:
        """What makes a value of a column of what the driver reads, by its place."""
        known = self._readers.get(dialect.name)
        if known is None:
            made = [
                column.type.dialect_impl(dialect).result_processor(dialect, None) for column in self._columns
            ]
            known = [(place, read) for place, read in enumerate(made) if read is not None]
            self._readers[dialect.name] = known
        return known


def _told(error: Exception) -> DBAPIError:
    """The error as the database does not answer: whoever answers a request knows it."""
    return OperationalError(None, None, error)
