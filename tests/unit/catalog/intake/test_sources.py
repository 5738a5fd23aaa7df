from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from catalog.intake.records import IntakeError, Limits
from catalog.intake.sources import Source


def test_a_packed_file_is_unpacked_on_the_way_and_loses_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "books.csv.gz"
    path.write_bytes(gzip.compress("题名\n".encode()))
    source = Source.of(path, Limits())
    assert (source.name, source.open().read()) == ("books.csv", "题名\n".encode())


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_bytes(b"x" * 101)
    with pytest.raises(IntakeError, match="has 101 bytes, more than the 100 allowed"):
        Source.of(path, Limits(file=100))


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"\0" * 1_000_000))
    with pytest.raises(IntakeError, match="unpacks to more than the 1,000 bytes"):
        Source.of(path, Limits(unpacked=1000)).open().read()


def test_a_damaged_packed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "books.csv.gz"
    path.write_bytes(gzip.compress(b"title\n" * 1000)[:-9])
    with pytest.raises(IntakeError, match="gzip file is damaged"):
        Source.of(path, Limits()).open().read()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="there is no file"):
        Source.of(tmp_path / "none.csv", Limits())
