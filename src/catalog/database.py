"""The database connection: SQLite with durable commits by default, any SQLAlchemy URL otherwise.

SQLite turns a read transaction that begins to write away with "locked" at once, whatever the timeout,
so a writing transaction says BEGIN IMMEDIATE from its start.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from catalog.errors import Unavailable

_BUSY_TIMEOUT_SECONDS = 30
# So long emptying SQLite's log waits for readers, and so long until it is tried again.
_LOG_WAIT_MS, _LOG_LOOK_SECONDS = 50, 1.0


class Database:
    """Gives out one session per transaction: `read()` or `write()`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        arguments = {"timeout": _BUSY_TIMEOUT_SECONDS} if self.is_sqlite else {}
        try:
            self.engine = create_engine(
                url, connect_args=arguments, json_serializer=_written, json_deserializer=_read
            )
        except (ArgumentError, ModuleNotFoundError) as error:
            raise Unavailable(
                f"the database address (WENMAI_DATABASE_URL) cannot be used: {error}. Write sqlite:///PATH, or "
                "postgresql+psycopg://USER@HOST/NAME with the extra `postgres` installed",
                field="database_url",
            ) from error
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        # SQLite's readers see a snapshot anyway; elsewhere each statement would see a newer one.
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**level)
        self._writer = self.engine.execution_options(immediate=True)
        self._forgetting = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent snapshot; changes made in it are rolled back."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock, commits when the block ends and rolls back when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_deleted(self) -> None:
        """Take what was deleted out of the files of the database: SQLite's log keeps it until it is written back.

        As long as somebody reads from the log, a backup for example, that cannot be done: it is tried again in the
        background until it is.
        """
        if self.is_sqlite and not self._truncated_log() and self._forgetting.acquire(blocking=False):
            threading.Thread(target=self._forget_later, name="forgetting", daemon=True).start()

    def _forget_later(self) -> None:
        try:
            while not self._truncated_log():
                time.sleep(_LOG_LOOK_SECONDS)
        finally:
            self._forgetting.release()

    def _truncated_log(self) -> bool:
        """Write SQLite's log back and empty it; False where a reader is in the way."""
        with self.engine.execution_options(immediate=False).connect() as connection:
            connection.rollback()
            cursor = connection.connection.cursor()
            # It keeps writers waiting for as long as it waits for readers itself.
            cursor.execute(f"PRAGMA busy_timeout={_LOG_WAIT_MS}")
            try:
                ((busy, *_),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={1000 * _BUSY_TIMEOUT_SECONDS}")
        return not busy

    def close(self) -> None:
        """Give every pooled connection back."""
        self.engine.dispose()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Do this as soon as the transaction is on disk; not at all where it fails."""
    event.listen(session, "after_commit", lambda _: action(), once=True)


def lock(session: Session, key: int, *, shared: bool = False) -> None:
    """Hold the lock of this number until the transaction ends, alone or with others that share it. SQLite needs none: it has
    one writer at a time."""
    if session.get_bind().dialect.name == "postgresql":
        name = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        session.execute(text(f"SELECT {name}(:key)"), {"key": key})


def _written(document: Any) -> str:
    """JSON text with characters as they are: escaped, Chinese ones take twice the room, and longer to be read."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate can only be escaped.
        return json.dumps(document)
    return text


def _read(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        # Only the slower reader knows lone surrogates.
        return json.loads(text)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # With NORMAL a power cut loses commits that were already acknowledged.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is destroyed is overwritten in the file, which not every build of SQLite does by itself.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
