from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from search.embedding.pairs import PairFileError, read_pairs

GOOD = '{"q": "云冈", "p": "石窟"}\n'


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.jsonl.gz"])
def test_plain_and_packed_files_are_read_alike(tmp_path: Path, name: str) -> None:
    path = _file(tmp_path / name, (GOOD * 2).encode())
    assert list(read_pairs(path)) == [("云冈", "石窟")] * 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "not a JSON object"),
        (b"\xff\xfe", "not a JSON object"),
        (b"[1]", "expected an object"),
        (b'{"q": "a"}', "'p' should be a text"),
        (b'{"q": " ", "p": "b"}', "'q' should be a text"),
        (b'{"q": 1, "p": "b"}', "'q' should be a text"),
    ],
)
def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path, line: bytes, problem: str) -> None:
    path = _file(tmp_path / "pairs.jsonl", GOOD.encode() + line + b"\n")
    with pytest.raises(PairFileError, match=rf"pairs\.jsonl, line 2: .*{problem}"):
        list(read_pairs(path))


def test_a_cut_file_is_named_with_the_last_good_line(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD.encode())[:-6])
    with pytest.raises(PairFileError, match=r"pairs\.jsonl\.gz is damaged after line \d"):
        list(read_pairs(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PairFileError, match="cannot be opened"):
        list(read_pairs(tmp_path / "none.jsonl"))


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
