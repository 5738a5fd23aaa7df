from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from support import ACTOR, DIMENSION, Catalogue, add, document

from catalog import resources
from catalog.errors import Conflict, Unavailable
from search import indexing
from search.embedded.writer import Writer, log_sizes
from search.engine import Vector
from search.generations import FAILED
from search.specification import Specification


def position(catalogue: Catalogue) -> int:
    with catalogue.database.read() as session:
        return catalogue.generations.get(session, catalogue.generations.active_id()).position


def test_following_advances_the_position_to_the_head_of_the_feed(catalogue: Catalogue) -> None:
    catalogue.build()
    assert position(catalogue) == 0
    add(catalogue.database, "云冈石窟")
    assert catalogue.indexer.follow_once() == 3
    assert position(catalogue) == 3
    assert catalogue.indexer.follow_once() == 0


def test_a_draft_never_gets_into_the_index(catalogue: Catalogue) -> None:
    catalogue.build()
    add(catalogue.database, "草稿", published=False)
    assert catalogue.indexer.follow_once() == 1
    assert catalogue.ask().total == 0


def test_a_failure_in_the_middle_leaves_the_position_and_the_next_try_is_whole(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.build()
    add(catalogue.database, "云冈石窟")
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_commit", _fail)
        with pytest.raises(OSError, match="the disk is full"):
            catalogue.indexer.follow_once()
    assert position(catalogue) == 0
    catalogue.indexer.follow_once()
    assert catalogue.verify().sound


def _fail(*_: object) -> None:
    raise OSError("the disk is full")


def test_a_generation_whose_files_are_gone_holds_up_no_other_and_is_told_once(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    gone = catalogue.build()
    catalogue.build()
    shutil.rmtree(catalogue.generations.path(gone.id))
    add(catalogue.database, "云冈石窟")
    assert catalogue.indexer.follow_once() == 3
    assert catalogue.titles() == ["云冈石窟"]
    assert not catalogue.generations.path(gone.id).exists()
    add(catalogue.database, "龙门石窟")
    assert catalogue.indexer.follow_once() == 3
    assert [gone.id in record.message for record in caplog.records] == [True]


@pytest.mark.parametrize("ending", ["fast", "pos", "idx", "term", "fieldnorm"])
def test_what_is_damaged_is_not_written_to_and_others_are_followed(catalogue: Catalogue, ending: str) -> None:
    other = catalogue.indexer.build()
    add(catalogue.database, "云冈石窟")
    damaged = catalogue.build()
    file = next((catalogue.files() / "keyword").glob(f"*.{ending}"))
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 8
    file.write_bytes(content)
    add(catalogue.database, "龙门石窟")
    for _ in range(2):
        with pytest.raises(Unavailable, match=file.name):
            catalogue.indexer.follow_once()
    catalogue.activate(other)
    assert catalogue.ask().total == 2
    with catalogue.database.read() as session:
        assert catalogue.generations.get(session, damaged.id).position == damaged.position


def test_progress_is_told_after_each_piece_of_the_feed(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BLOCK", 4)
    catalogue.build()
    for title in ("云冈石窟", "龙门石窟", "莫高窟"):
        add(catalogue.database, title)
    told: list[int] = []
    assert catalogue.indexer.follow_once(progress=told.append) == 9
    assert told == [4, 8, 9]
    assert catalogue.verify().sound


def test_what_comes_while_changes_are_followed_waits_for_the_next_look(catalogue: Catalogue) -> None:
    def meanwhile(applied: int) -> None:
        if applied == 3:
            add(catalogue.database, "龙门石窟")

    catalogue.build()
    add(catalogue.database, "云冈石窟")
    assert catalogue.indexer.follow_once(progress=meanwhile) == 3
    assert "龙门石窟" not in catalogue.titles("龙门石窟")
    assert catalogue.indexer.follow_once() == 3
    assert catalogue.titles("龙门石窟")[0] == "龙门石窟"


def test_a_second_writer_of_a_generation_is_refused_before_it_writes_anything(catalogue: Catalogue) -> None:
    catalogue.build()
    add(catalogue.database, "云冈石窟")
    holder = Writer(catalogue.files(), catalogue.specification.embedding.dimension)
    held = holder._open(20_000_000)
    with pytest.raises(Conflict, match="another process is writing"):
        catalogue.indexer.follow_once()
    assert log_sizes(catalogue.files(), catalogue.specification.embedding.dimension) == (0, 0)
    del held
    assert catalogue.indexer.follow_once() == 3


def test_a_generation_of_another_specification_is_not_followed_and_is_due(
    catalogue: Catalogue, tmp_path: Path, specification: Specification
) -> None:
    assert not catalogue.indexer.rebuild_due()
    catalogue.build()
    assert not catalogue.indexer.rebuild_due()
    other = Catalogue.over(
        catalogue.database, tmp_path / "index", replace(specification, fingerprint="another model")
    )
    add(catalogue.database, "云冈石窟")
    assert other.indexer.rebuild_due()
    assert other.indexer.follow_once() == 0
    other.build()
    assert not other.indexer.rebuild_due()
    assert other.titles() == ["云冈石窟"]


def test_a_rebuild_is_due_when_the_log_is_long_beside_the_base(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_REBUILD_ENTRIES", 5)
    catalogue.build()
    made = add(catalogue.database, "云冈石窟")
    for number in range(5):
        catalogue.indexer.follow_once()
        assert not catalogue.indexer.rebuild_due()
        with catalogue.database.write() as session:
            resources.revise(session, made.id, document(f"云冈石窟{number}"), actor=ACTOR)
    catalogue.indexer.follow_once()
    assert catalogue.indexer.rebuild_due()
    catalogue.build()
    assert not catalogue.indexer.rebuild_due()
    assert catalogue.titles("云冈") == ["云冈石窟4"]


def test_a_failure_that_may_pass_is_raised_and_tried_again(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, active = catalogue.build(), catalogue.build()
    add(catalogue.database, "云冈石窟")
    commit = Writer._commit

    def failing(writer: Writer, *given: Any) -> None:
        if writer._directory.name == former.id:
            _fail()
        commit(writer, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_commit", failing)
        with pytest.raises(OSError, match="the disk is full"):
            catalogue.indexer.follow_once()
    catalogue.indexer.follow_once()
    for generation in (active, former):
        catalogue.activate(generation)
        assert catalogue.verify().sound


def test_work_that_was_taken_over_ends_at_once(catalogue: Catalogue) -> None:
    def taken_over(_count: int) -> None:
        raise Conflict("another process has taken over")

    catalogue.build()
    catalogue.build()
    add(catalogue.database, "云冈石窟")
    with pytest.raises(Conflict):
        catalogue.indexer.follow_once(progress=taken_over)
    # What stands behind it was not begun.
    assert catalogue.ask().total == 0


def test_a_build_leaves_no_files_and_no_lock_though_the_database_fails_with_it(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.build()

    def gone(*_: object) -> None:
        monkeypatch.setattr(catalogue.database, "write", _unreachable)
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "load", gone)
        with pytest.raises(OSError, match="the disk is full"):
            catalogue.indexer.build()
    monkeypatch.undo()
    with catalogue.database.read() as session:
        failed, *_ = [g for g in catalogue.generations.all(session) if g.state == FAILED]
    assert not catalogue.generations.path(failed.id).exists()
    with catalogue.database.write() as session:
        catalogue.generations.drop(session, failed.id)


def _unreachable() -> None:
    raise OperationalError("", {}, Exception("the database is away"))


def test_what_somebody_of_another_configuration_built_meanwhile_is_not_replaced(
    catalogue: Catalogue, tmp_path: Path, specification: Specification
) -> None:
    other = Catalogue.over(
        catalogue.database, tmp_path / "index", replace(specification, fingerprint="another model")
    )
    other.build()
    assert not catalogue.indexer.rebuild_due()


def test_vectors_of_another_dimension_leave_words_to_search_by(
    catalogue: Catalogue, tmp_path: Path, specification: Specification
) -> None:
    add(catalogue.database, "云冈石窟")
    add(catalogue.database, "龙门石窟")
    catalogue.build()
    wide = replace(specification, embedding=_Wide(), fingerprint="wide")
    other = Catalogue.over(catalogue.database, tmp_path / "index", wide)
    assert other.titles("云冈石窟")[0] == "云冈石窟"
    assert other.ask("石窟").total == 2


class _Wide:
    dimension = 2 * DIMENSION
    fingerprint = "wide"

    def encode(self, texts: Sequence[str]) -> Vector:
        return np.ones((len(texts), self.dimension), dtype=np.float32)

    def encode_query(self, text: str) -> Vector:
        return np.ones(self.dimension, dtype=np.float32) / len(text)


def test_an_index_that_the_database_knows_nothing_of_is_due(catalogue: Catalogue) -> None:
    catalogue.build()
    with catalogue.database.write() as session:
        # As a database that was put back to its state of the day before.
        session.execute(text("DELETE FROM generation"))
    assert catalogue.indexer.rebuild_due()
    catalogue.build()
    assert not catalogue.indexer.rebuild_due()
