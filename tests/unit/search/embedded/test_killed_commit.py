from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine_cases import made_document, opened, writer

from search.embedded.codes import CodeBook
from search.embedded.vector_log import VectorLogWriter
from search.embedded.writer import Writer
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
    managed = folder / "keyword" / ".managed.json"
    managed.write_text(json.dumps([p.name for p in managed.parent.iterdir()]), encoding="utf-8")
    writer(folder, specification).apply(prepare(specification, [made_document(100, 100)]), [1])
    keyword, _ = opened(folder, specification).revisions()
    assert 1 not in keyword
    assert {3, 10, 84, 100} <= keyword.keys()


class Killed(BaseException):
    """In place of the end of the process."""


def dying(step: Callable[..., Any], *, at_call: int, done: bool) -> Callable[..., Any]:
    """The step, but that the process ends at one of its calls, before or after it is done."""
    calls = 0

    def wrapped(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at_call and not done:
            raise Killed
        result = step(*given)
        if calls == at_call:
            raise Killed
        return result

    return wrapped


def tear(log: VectorLogWriter, _rows: object) -> None:
    """The process ends in the middle of writing an entry."""
    with log._path.open("ab") as file:
        file.write(bytes(range(100)))
    raise Killed


STEPS: dict[str, tuple[type, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "before the codes": (CodeBook, "save", lambda step: dying(step, at_call=1, done=False)),
    "after the codes": (CodeBook, "save", lambda step: dying(step, at_call=1, done=True)),
    "in an entry of the log": (VectorLogWriter, "append", lambda _: tear),
    "between entries of the log": (VectorLogWriter, "append", lambda step: dying(step, at_call=1, done=True)),
    "after the log": (VectorLogWriter, "bury", lambda step: dying(step, at_call=1, done=True)),
    "after the log's length": (CodeBook, "save", lambda step: dying(step, at_call=2, done=True)),
    "after the commit": (Writer, "_commit", lambda step: dying(step, at_call=1, done=True)),
}


@pytest.mark.parametrize(("part", "name", "change"), STEPS.values(), ids=STEPS.keys())
def test_a_writer_killed_at_any_step_leaves_an_index_that_opens_and_that_the_next_one_brings_up_to_date(
    tmp_path: Path,
    specification: Specification,
    monkeypatch: pytest.MonkeyPatch,
    part: type,
    name: str,
    change: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> None:
    documents = [made_document(number, number) for number in (1, 2, 3)]
    writer(tmp_path, specification).load([prepare(specification, documents)], len(documents))
    writer(tmp_path, specification).apply(prepare(specification, [made_document(4, 4)]), [1])
    news = prepare(specification, [made_document(5, 5), made_document(2, 7)])
    with monkeypatch.context() as patched:
        patched.setattr(part, name, change(getattr(part, name)))
        with pytest.raises(Killed):
            writer(tmp_path, specification).apply(news, [3])
    assert {2, 4} <= opened(tmp_path, specification).revisions()[0].keys() <= {2, 3, 4, 5}
    writer(tmp_path, specification).apply(news, [3])
    keyword, vector = opened(tmp_path, specification).revisions()
    assert keyword == vector == {2: 2, 4: 2, 5: 3}
