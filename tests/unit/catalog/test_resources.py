from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support import ACTOR, add, document, revise, step

from catalog import resources
from catalog.database import Database
from catalog.errors import Conflict, NotFound
from catalog.lifecycle import State, Step
from catalog.tables import (
    AuditRow,
    Base,
    BatchRow,
    ChangeRow,
    ComplaintRow,
    RawRecordRow,
    ResourceRow,
    RevisionRow,
)

WRITTEN = (ResourceRow, RevisionRow, AuditRow, ChangeRow)
CONTENT = "绝不外泄的内容"


class DeliberateError(Exception):
    pass


def counts(database: Database) -> list[int]:
    with database.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in WRITTEN]


def everything(session: Session) -> str:
    """Every value of every table, as text."""
    rows = (row for table in Base.metadata.sorted_tables for row in session.execute(select(table)))
    return "\n".join(repr([_shown(value) for value in row]) for row in rows)


def _shown(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def test_a_new_resource_is_a_draft_with_its_revision_audit_row_and_change(database: Database) -> None:
    made = add(database, "清明上河图", published=False)
    assert (made.state, made.revision, made.title) == (State.DRAFT, 1, "清明上河图")
    assert counts(database) == [1, 1, 1, 1]


def test_every_step_writes_one_revision_one_audit_row_and_one_change(database: Database) -> None:
    made = add(database, "清明上河图", published=False)
    step(database, made, Step.SUBMIT, Step.RETURN, Step.SUBMIT, Step.PUBLISH, Step.WITHDRAW)
    assert counts(database) == [1, 6, 6, 6]
    with database.read() as session:
        changes = session.execute(select(ChangeRow.resource, ChangeRow.revision).order_by(ChangeRow.number))
        assert [tuple(row) for row in changes] == [(made.number, n) for n in range(1, 7)]
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.number)).all()
    assert actions == ["create", "submit", "return", "submit", "publish", "withdraw"]


def test_a_transaction_that_fails_leaves_nothing_behind(database: Database) -> None:
    made = add(database, "清明上河图")
    before = counts(database)
    with suppress(DeliberateError), database.write() as session:
        resources.create(session, "book", "nlc", document("另一种"), actor=ACTOR)
        resources.take_step(session, made.id, Step.WITHDRAW, actor=ACTOR)
        raise DeliberateError
    assert counts(database) == before
    with database.read() as session:
        assert resources.get(session, made.id) == made


def test_what_a_reading_session_changes_is_not_kept(database: Database) -> None:
    with database.read() as session:
        resources.create(session, "book", "nlc", document("偷偷写的"), actor=ACTOR)
    assert counts(database) == [0, 0, 0, 0]


def test_a_refused_step_leaves_nothing_behind(database: Database) -> None:
    made = add(database, "清明上河图")
    before = counts(database)
    with pytest.raises(Conflict, match="published cannot take the step destroy"):
        step(database, made, Step.DESTROY)
    assert counts(database) == before


def test_publishing_a_draft_records_the_submission_too(database: Database) -> None:
    made = add(database, "清明上河图")
    assert (made.state, made.revision) == (State.PUBLISHED, 3)
    with database.read() as session:
        states = [line.state for line in resources.history(session, made.id)]
    assert states == ["draft", "submitted", "published"]


def test_publishing_sets_the_next_review_a_quarter_ahead(database: Database) -> None:
    made = add(database, "清明上河图")
    with database.read() as session:
        row = session.get_one(ResourceRow, made.number)
    assert row.reviewed_at is not None
    assert row.review_due is not None
    assert timedelta(days=89) < row.review_due - row.reviewed_at < timedelta(days=91)


def test_a_revision_keeps_who_when_and_why(database: Database) -> None:
    made = add(database, "清明上河图", published=False)
    with database.write() as session:
        resources.revise(session, made.id, document("清明上河图卷"), actor="李四", note="补全题名")
    with database.read() as session:
        line = resources.history(session, made.id)[-1]
        now = resources.get(session, made.id)
    assert (line.revision, line.actor, line.note) == (2, "李四", "补全题名")
    assert line.at == now.updated_at
    assert line.at.utcoffset() == timedelta(0)


def test_unchanged_content_makes_no_revision(database: Database) -> None:
    made = add(database, "清明上河图", description="长卷")
    before = counts(database)
    same = {"description": "长卷", "titles": [{"type": "main", "value": "清明上河图"}]}
    assert revise(database, made, same).revision == made.revision
    assert counts(database) == before


def test_a_revision_that_expects_an_older_one_is_refused(database: Database) -> None:
    made = add(database, "清明上河图", published=False)
    with database.write() as session:
        resources.revise(session, made.id, document("甲"), actor=ACTOR, expected_revision=1)
    with pytest.raises(Conflict, match="at revision 2, not 1: load it again"), database.write() as session:
        resources.revise(session, made.id, document("乙"), actor=ACTOR, expected_revision=1)
    with database.read() as session:
        assert resources.get(session, made.id).title == "甲"


def test_a_published_resource_stays_published_when_it_is_revised(database: Database) -> None:
    made = add(database, "清明上河图")
    assert revise(database, made, document("清明上河图卷")).state is State.PUBLISHED


def test_destroying_leaves_a_tombstone_and_no_content_in_any_table(database: Database) -> None:
    made = add(database, "清明上河图", description=CONTENT)
    revise(database, made, document("清明上河图", description=CONTENT + "，第二稿"))
    _as_imported(database, made)
    step(database, made, Step.WITHDRAW, Step.DESTROY)
    with database.read() as session:
        left = resources.get(session, made.id)
        assert CONTENT not in everything(session)
        assert len(resources.history(session, made.id)) == left.revision == 6
    assert (left.state, left.data) == (State.DESTROYED, {"titles": [{"value": "清明上河图"}]})


def test_destroying_leaves_no_content_in_the_database_file(database: Database, tmp_path: Path) -> None:
    made = add(database, "清明上河图", description=CONTENT * 300)
    _as_imported(database, made)
    step(database, made, Step.WITHDRAW, Step.DESTROY)
    with closing(sqlite3.connect(tmp_path / "wenmai.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not [path.name for path in tmp_path.glob("wenmai.db*") if _has(path.read_bytes(), CONTENT)]


def _has(content: bytes, text: str) -> bool:
    return text.encode() in content or text.encode("unicode_escape") in content


def _as_imported(database: Database, made: resources.Resource) -> None:
    """A batch row and the raw record that the resource came from."""
    zeros = dict.fromkeys(("bytes", "position", "created", "updated", "unchanged", "rejected", "attempts"), 0)
    with database.write() as session:
        batch = BatchRow(
            id="b",
            state="done",
            file="f.csv",
            sha256="0",
            format="csv",
            options={},
            created_at=made.created_at,
            **zeros,
        )
        session.add(batch)
        session.flush()
        raw = {"raw": f"题名,{CONTENT}".encode(), "outcome": "created", "offset": 0}
        session.add(RawRecordRow(batch="b", record=1, resource=made.number, revision=1, **raw))
        session.add(
            RawRecordRow(batch="b", record=2, resource=made.number + 1, revision=1, **raw | {"raw": b"other"})
        )


def test_destroying_one_resource_leaves_the_raw_records_of_others(database: Database) -> None:
    made = add(database, "清明上河图")
    _as_imported(database, made)
    step(database, made, Step.WITHDRAW, Step.DESTROY)
    with database.read() as session:
        assert session.scalars(select(RawRecordRow.raw).order_by(RawRecordRow.record)).all() == [
            b"",
            b"other",
        ]
        assert session.scalar(select(func.count()).select_from(ComplaintRow)) == 0


def test_a_destroyed_resource_cannot_be_revised(database: Database) -> None:
    made = add(database, "清明上河图", published=False)
    step(database, made, Step.DESTROY)
    with pytest.raises(Conflict, match="destroyed"):
        revise(database, made, document("回来"))


def test_an_unknown_resource_is_named_in_the_error(database: Database) -> None:
    with pytest.raises(NotFound, match="there is no resource 'nowhere'"), database.read() as session:
        resources.get(session, "nowhere")


def test_published_resources_are_read_in_order_of_number_in_pieces(database: Database) -> None:
    made = [add(database, f"第{n}种") for n in range(5)]
    add(database, "草稿", published=False)
    step(database, made[1], Step.WITHDRAW)
    with database.read() as session:
        assert resources.highest_number(session) == 6
        first = resources.published(session, after_number=0, up_to=3)
        rest = resources.published(session, after_number=3, up_to=6)
        revisions = dict(resources.published_revisions(session))
        assert resources.count_by_state(session) == {"published": 4, "draft": 1, "withdrawn": 1}
    assert [r.title for r in first + rest] == ["第0种", "第2种", "第3种", "第4种"]
    assert revisions == {r.number: 3 for r in first + rest}


def test_loading_by_number_leaves_unknown_numbers_out(database: Database) -> None:
    made = add(database, "清明上河图")
    with database.read() as session:
        assert resources.load(session, [made.number, 999]) == {made.number: made}
        assert resources.numbers_of(session, [made.id, "nowhere"]) == {made.id: made.number}


def test_the_main_title_is_the_title_wherever_it_stands(database: Database) -> None:
    titles = [{"value": "Mogao Caves", "type": "parallel"}, {"value": "莫高窟", "type": "main"}]
    made = add(database, "", titles=titles)
    assert made.title == "莫高窟"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), json_values, max_size=5))
def test_the_checksum_does_not_depend_on_the_order_of_keys(data: dict[str, Any]) -> None:
    assert resources.checksum(data) == resources.checksum(dict(reversed(data.items())))


def test_the_checksum_tells_documents_apart() -> None:
    assert resources.checksum(document("甲")) != resources.checksum(document("乙"))
