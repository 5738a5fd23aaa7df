from __future__ import annotations

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
