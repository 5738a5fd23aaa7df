from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommend.evaluation.conversion import convert
from recommend.evaluation.interaction_set import InteractionSetError

CITEULIKE = {"users.dat": "2 0 1\n1 1\n", "mult.dat": "1 5:2\n2 5:1 6:1\n", "citations.dat": "0\n1 0\n"}
BOOKS = {"train.txt": "0 0 1\n", "test.txt": "0 2\n", "book_author.dat": "1\t7\n"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def write(source: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (source / name).write_text(text, encoding="gbk")


def test_articles_are_known_by_their_words_and_by_what_they_cite(source: Path, tmp_path: Path) -> None:
    write(source, CITEULIKE)
    counts = convert(source, tmp_path / "out", 7)
    items = (tmp_path / "out" / "items.jsonl").read_text().splitlines()
    assert counts["items.jsonl"] == 2
    assert [json.loads(item) for item in items] == [
        {"id": "0", "features": {"word": ["5", "5"], "cites": ["0"]}},
        {"id": "1", "features": {"word": ["5", "6"], "cites": ["1", "0"]}},
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("users.dat", "2 0 1\n\n1 1\n", r"users\.dat, line 2: is empty"),
        ("users.dat", "2 0 one\n", r"users\.dat, line 1: should be whole numbers"),
        ("citations.dat", "0\n", r"mult\.dat, line 2: citations\.dat has 1 lines only"),
        ("mult.dat", "1 5:often\n", r"mult\.dat, line 1: '5:often' should be"),
        ("mult.dat", "1 5:999999999\n", r"mult\.dat, line 1: '5:999999999' should be"),
    ],
)
def test_a_line_of_citeulike_that_is_wrong_is_named(
    source: Path, tmp_path: Path, name: str, text: str, told: str
) -> None:
    write(source, CITEULIKE | {name: text})
    with pytest.raises(InteractionSetError, match=told):
        convert(source, tmp_path / "out", 7)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("files", "missing"),
    [(CITEULIKE, "mult.dat"), (CITEULIKE, "citations.dat"), (BOOKS, "test.txt")],
    ids=["words", "citations", "test"],
)
def test_of_a_set_that_is_not_whole_nothing_is_written(
    source: Path, tmp_path: Path, files: dict[str, str], missing: str
) -> None:
    write(source, files)
    (source / missing).unlink()
    with pytest.raises(InteractionSetError, match=f"has no {missing}"):
        convert(source, tmp_path / "out", 7)
    assert not (tmp_path / "out").exists()


def test_of_a_set_in_another_encoding_nothing_is_written(source: Path, tmp_path: Path) -> None:
    write(source, BOOKS | {"test.txt": "0 馆\n"})
    with pytest.raises(InteractionSetError, match=r"test\.txt is not UTF-8"):
        convert(source, tmp_path / "out", 7)
    assert not (tmp_path / "out").exists()
