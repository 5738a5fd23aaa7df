from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine_cases import made_document, writer

from catalog.errors import Unavailable
from search.embedded import checksums
from search.embedded.checksums import check_files
from search.preparation import prepare
from search.specification import Specification


@pytest.fixture
def keyword(tmp_path: Path, specification: Specification) -> Path:
    """The files of a keyword index of two segments, the first with a deletion."""
    documents = [made_document(number, number) for number in (1, 2, 3)]
    writer(tmp_path, specification).load([prepare(specification, documents)], len(documents))
    writer(tmp_path, specification).apply(prepare(specification, [made_document(4, 4)]), [2])
    return tmp_path / "keyword"


def test_what_a_writer_left_is_whole(keyword: Path) -> None:
    assert list(keyword.glob("*.del"))
    check_files(keyword)


def test_each_name_in_the_list_of_files_is_missed(keyword: Path) -> None:
    listed = keyword / ".managed.json"
    whole = listed.read_bytes()
    for place in range(2, len(whole), 7):
        listed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Unavailable, match=r"\.managed\.json is damaged: build the index again"):
            check_files(keyword)


@pytest.mark.parametrize("content", ["null", "{}", "[]", "[1]", "3"])
def test_a_list_of_files_that_is_something_else_is_damaged(keyword: Path, content: str) -> None:
    (keyword / ".managed.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unavailable, match=r"\.managed\.json is damaged"):
        check_files(keyword)


@pytest.mark.parametrize("content", ["null", "[]", "{}", '{"segments": 1}', '{"segments": [1]}'])
def test_a_list_of_segments_that_is_something_else_is_damaged(keyword: Path, content: str) -> None:
    (keyword / "meta.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unavailable, match=r"meta\.json is damaged"):
        check_files(keyword)


@pytest.mark.parametrize("ending", ["idx", "del"])
def test_a_folder_in_place_of_a_file_is_named(keyword: Path, ending: str) -> None:
    path = next(keyword.glob(f"*.{ending}"))
    path.unlink()
    path.mkdir()
    with pytest.raises(Unavailable, match=f"{path.name} cannot be read"):
        check_files(keyword)


def test_what_a_writer_merged_meanwhile_is_looked_at_anew(
    keyword: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged, check = (keyword / "meta.json").read_bytes(), checksums._check_managed
    former = json.loads(merged)
    former["segments"][0]["segment_id"] = "0" * 32

    def merging(path: Path, names: list[str]) -> None:
        (keyword / "meta.json").write_bytes(merged)
        check(path, names)

    # Its list of segments was read before the merge, the list of files after it.
    (keyword / "meta.json").write_text(json.dumps(former), encoding="utf-8")
    monkeypatch.setattr(checksums, "_check_managed", merging)
    check_files(keyword)
