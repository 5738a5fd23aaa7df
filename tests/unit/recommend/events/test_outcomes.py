from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from reading_room import ReadingRoom, sent
from sqlalchemy import event
from sqlalchemy.orm import Session
from support import PATIENCE_SECONDS

from catalog.clock import now
from recommend.events import outcomes as module
from recommend.events.outcomes import Outcome, OutcomeWatch, outcomes

OF_A_LIST = {"request_id": "01JF8Z6Q3V7W9X2Y4B5C6D7E8F", "strategy": "general", "reason": "popular"}
DAY = timedelta(days=1)


def test_what_was_opened_is_found_by_its_own_index(room: ReadingRoom) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: object) -> None:
        statements.append((sql, values))

    event.listen(room.database.engine, "before_cursor_execute", note)
    with room.database.read() as session:
        outcomes(session, now() - DAY)
        sql, values = statements[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = " ".join(str(row[-1]) for row in plan)
    assert "ix_event_opened" in steps
    assert "AUTOMATIC" not in steps


def test_what_was_opened_before_the_time_that_counts_does_not(room: ReadingRoom) -> None:
    book = room.books[0].id
    long_ago = (now() - 2 * DAY).isoformat()
    room.send(sent(book, 1, "impression", **OF_A_LIST), sent(book, 1, "opened", at=long_ago, **OF_A_LIST))
    with room.database.read() as session:
        assert outcomes(session, now() - DAY) == [Outcome("general", "popular", 1, 0)]
        assert outcomes(session, now() - 3 * DAY) == [Outcome("general", "popular", 1, 1)]


def test_while_one_caller_looks_up_the_others_have_the_former_figures(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FRESH_SECONDS", -1.0)
    watch = OutcomeWatch(room.database, DAY)
    former = watch.outcomes()
    looks, go_on = threading.Event(), threading.Event()

    def slowly(_session: Session, _since: datetime) -> list[Outcome]:
        looks.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return [Outcome("general", "popular", 1, 1)]

    monkeypatch.setattr(module, "outcomes", slowly)
    found: list[object] = []
    first = threading.Thread(target=lambda: found.append(watch.outcomes()))
    first.start()
    assert looks.wait(PATIENCE_SECONDS)
    other = threading.Thread(target=lambda: found.append(watch.outcomes()), daemon=True)
    other.start()
    other.join(PATIENCE_SECONDS / 4)
    assert found == [former]
    go_on.set()
    first.join(PATIENCE_SECONDS)
    assert found == [former, [Outcome("general", "popular", 1, 1)]]
