from __future__ import annotations

import json
import shutil
from pathlib import Path

from engine_cases import made_document, opened, writer

from search.preparation import prepare
from search.query import Filters
from search.specification import Specification


def test_what_a_killed_commit_left_does_not_stop_the_next_one(
    tmp_path: Path, specification: Specification
) -> None:
    documents = [made_document(number, number) for number in (1, 2, 3)]
    writer(tmp_path, specification).load([prepare(specification, documents)], len(documents))
    segments = tmp_path / "keyword" / "meta.json"
    before = segments.read_bytes()
    writer(tmp_path, specification).apply(prepare(specification, []), [2])
    assert list((tmp_path / "keyword").glob("*.del"))
    # As if the process had ended before it replaced the list of segments: the file of deletes is there, unlisted.
    segments.write_bytes(before)
    writer(tmp_path, specification).apply(prepare(specification, []), [2])
    assert opened(tmp_path, specification).passing([1, 2, 3], Filters()) == {1, 3}
    assert opened(tmp_path, specification).revisions()[0].keys() == {1, 3}


def test_a_merge_that_a_kill_put_off_loses_no_deletion(tmp_path: Path, specification: Specification) -> None:
    folder = tmp_path / "index"
    documents = [made_document(number, number) for number in (1, 2, 3)]
    writer(folder, specification).load([prepare(specification, documents)], len(documents))
    writer(folder, specification).apply(prepare(specification, []), [2])
    # As if writers had been killed between their commits and the merges behind them: many small segments are waiting, the
    # first of them without a deletion in the last commit, another one with.
    listed = folder / "keyword" / "meta.json"
    meta = json.loads(listed.read_bytes())
    for first in range(10, 90, 10):
        other = tmp_path / str(first)
        more = [made_document(number, number) for number in range(first, first + 5)]
        writer(other, specification).load([prepare(specification, more)], len(more))
        meta["segments"] += json.loads((other / "keyword" / "meta.json").read_bytes())["segments"]
        for file in (other / "keyword").glob("[0-9a-f]*.*"):
            shutil.copy(file, folder / "keyword")
    listed.write_text(json.dumps(meta), encoding="utf-8")
    writer(folder, specification).apply(prepare(specification, [made_document(100, 100)]), [1])
    keyword, _ = opened(folder, specification).revisions()
    assert 1 not in keyword
    assert {3, 10, 84, 100} <= keyword.keys()
