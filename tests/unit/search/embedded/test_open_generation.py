from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_cases import made_document, reader_of, writer

from search.embedded.open_generation import OpenGeneration
from search.preparation import prepare
from search.query import NO_FILTERS, Filters
from search.reading.understanding import Understanding
from search.specification import Specification


@pytest.fixture
def generation(tmp_path: Path, specification: Specification) -> OpenGeneration:
    documents = [made_document(number, number) for number in (1, 2, 3)]
    writer(tmp_path, specification).load([prepare(specification, documents)], len(documents))
    return OpenGeneration(tmp_path, specification.ranking.fields)


def add_a_fourth(folder: Path, specification: Specification) -> None:
    writer(folder, specification).apply(prepare(specification, [made_document(4, 4)]), [])


def test_a_change_is_in_the_next_state_and_not_in_one_that_a_request_has_begun_with(
    generation: OpenGeneration, tmp_path: Path, specification: Specification
) -> None:
    begun = generation.engine()
    add_a_fourth(tmp_path, specification)
    assert generation.engine().passing([3, 4], Filters()) == {3, 4}
    assert begun.passing([3, 4], Filters()) == {3}
    assert begun.revisions()[0].keys() == {1, 2, 3}


class HeldLock:
    """A lock that another thread holds; who would wait for it fails."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        assert not blocking
        return False


def test_nobody_waits_while_another_thread_reads_a_newer_state(
    generation: OpenGeneration,
    tmp_path: Path,
    specification: Specification,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_a_fourth(tmp_path, specification)
    with monkeypatch.context() as patch:
        patch.setattr(generation, "_lock", HeldLock())
        assert generation.engine().passing([3, 4], Filters()) == {3}
    assert generation.engine().passing([3, 4], Filters()) == {3, 4}


def test_a_state_that_cannot_be_read_leaves_the_former_one_and_is_told_once(
    generation: OpenGeneration,
    tmp_path: Path,
    specification: Specification,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add_a_fourth(tmp_path, specification)
    codes = tmp_path / "codes.json"
    whole = codes.read_bytes()
    codes.write_bytes(whole[:-1])
    assert generation.engine().passing([3, 4], Filters()) == {3}
    assert generation.engine().passing([3, 4], Filters()) == {3}
    assert [record.message for record in caplog.records] == [
        f"the former state of the index goes on answering: the index file {codes} is damaged: build the index again"
    ]
    codes.write_bytes(whole)
    writer(tmp_path, specification).apply(prepare(specification, [made_document(5, 5)]), [])
    assert generation.engine().passing([3, 4, 5], Filters()) == {3, 4, 5}


def test_a_list_of_segments_that_names_a_missing_file_leaves_the_former_state(
    generation: OpenGeneration, tmp_path: Path, specification: Specification
) -> None:
    listed = tmp_path / "keyword" / "meta.json"
    meta = json.loads(listed.read_bytes())
    meta["segments"][0]["segment_id"] = "00000000-0000-0000-0000-000000000000"
    listed.unlink()
    listed.write_text(json.dumps(meta), encoding="utf-8")
    assert generation.engine().passing([1, 2, 3], Filters()) == {1, 2, 3}


@contextmanager
def no_collection() -> Iterator[None]:
    """As where the server froze its garbage: what is in a cycle stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_generation_that_is_left_is_freed_at_once(
    generation: OpenGeneration, tmp_path: Path, specification: Specification
) -> None:
    with no_collection():
        left = OpenGeneration(tmp_path, specification.ranking.fields)
        engine = left.engine()
        base = engine._vectors.base
        # What remembers is asked, too.
        assert engine.tally(Understanding("", ""), NO_FILTERS, ()).total == 3
        assert engine.nearest(np.ones(base.dimension, np.float32), Filters(year_from=-9000), 3)
        assert engine.rank(Understanding("x", "x"), NO_FILTERS, 1) == []
        gone = [weakref.ref(one) for one in (left, engine, base)]
        del left, engine, base
        assert [one() for one in gone] == [None, None, None]


def test_a_code_that_was_never_seen_before_is_counted(
    generation: OpenGeneration, tmp_path: Path, specification: Specification
) -> None:
    changed = replace(
        made_document(1, 9), title="重庆", titles=["重庆"], codes={"kind": ["a kind never seen before"]}
    )
    writer(tmp_path, specification).apply(prepare(specification, [changed]), [])
    tally = generation.engine().tally(reader_of(specification).read("重庆"), Filters(), ["kind"])
    assert tally.total == 1
    assert tally.facets["kind"] == {"a kind never seen before": 1}
