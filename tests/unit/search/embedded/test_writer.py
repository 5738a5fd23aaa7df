from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_cases import made_document, opened, writer

from search.embedded import writer as module
from search.preparation import Prepared, prepare
from search.specification import Specification


def segments(folder: Path) -> int:
    return len(json.loads((folder / "keyword" / "meta.json").read_bytes())["segments"])


@pytest.mark.parametrize("expected", [64, 60, 70])
def test_a_whole_catalogue_ends_as_one_segment_or_a_few_where_more_or_less_came_than_expected(
    tmp_path: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch, expected: int
) -> None:
    monkeypatch.setattr(module, "_MOST_AT_ONCE", 2)
    blocks = [prepare(specification, [made_document(number, number)]) for number in range(1, 65)]
    assert writer(tmp_path, specification).load(blocks, expected) == 64
    assert segments(tmp_path) <= (1 if expected == 64 else 15)
    assert sorted(opened(tmp_path, specification).revisions()[0]) == list(range(1, 65))


def test_what_fits_in_memory_is_one_segment_at_once(tmp_path: Path, specification: Specification) -> None:
    documents = [made_document(number, number) for number in range(1, 10)]
    writer(tmp_path, specification).load([prepare(specification, documents)], 9)
    assert segments(tmp_path) == 1


def test_a_keyword_index_that_cannot_be_written_is_named(
    tmp_path: Path, specification: Specification
) -> None:
    def blocks() -> Iterator[Prepared]:
        # As if the disk were taken away: what was opened is there, and takes no file more.
        shutil.rmtree(tmp_path / "keyword")
        yield prepare(specification, [made_document(1, 1)])

    with pytest.raises(OSError, match="keyword cannot be written"):
        writer(tmp_path, specification).load(blocks(), 1)
