from __future__ import annotations

from pathlib import Path

import pytest

from catalog.intake.formats import format_of
from catalog.intake.records import IntakeError, Limits
from catalog.intake.sources import Source


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"{", "csv"),
        ("a.TSV", b"a", "csv"),
        ("a.xlsx", b"", "xlsx"),
        ("a.xls", b"", "xlsx"),
        ("a.jsonl", b"", "jsonl"),
        ("a.dat", b"PK\x03\x04", "xlsx"),
        ("a.dat", b'\xef\xbb\xbf\n {"a": 1}', "jsonl"),
        ("a.dat", b"title,author", "csv"),
    ],
)
def test_the_name_decides_and_else_the_first_bytes(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert format_of(Source.of(path, Limits())) == expected


def test_a_named_format_comes_first_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"{}")
    assert format_of(Source.of(path, Limits()), "jsonl") == "jsonl"
    with pytest.raises(IntakeError, match="no format 'pdf'"):
        format_of(Source.of(path, Limits()), "pdf")
