from __future__ import annotations

import hashlib
from pathlib import Path

from catalog.intake.raw_files import RawFiles


def test_a_file_is_kept_once_under_the_name_of_its_content(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_bytes(b"title\n")
    kept = RawFiles(tmp_path / "raw")
    digest = kept.keep(path)
    assert digest == hashlib.sha256(b"title\n").hexdigest()
    assert kept.keep(path) == digest
    assert [file.name for file in kept.directory.iterdir()] == [digest]
    assert kept.path(digest).read_bytes() == b"title\n"
