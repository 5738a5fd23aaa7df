from __future__ import annotations

import hashlib
from pathlib import Path

from catalog.durable import replace_file, sha256, sync_directory


def test_a_file_is_replaced_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "active"
    replace_file(path, b"old and long")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_cut_left_half_written_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "active.new").write_bytes(b"half of something much longer")
    replace_file(tmp_path / "active", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"active": b"new"}


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    sync_directory(tmp_path)
    assert sha256(tmp_path / "file") == hashlib.sha256(b"x" * 3_000_000).hexdigest()
