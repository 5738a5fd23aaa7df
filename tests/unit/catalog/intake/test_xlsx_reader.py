from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import WenmaiError
from catalog.intake.records import IntakeError, Limits
from catalog.intake.sources import Source
from catalog.intake.xlsx_reader import XlsxReader


def workbook(path: Path, *rows: list[Any], sheet: str = "书目") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_cells_become_text_as_a_reader_sees_them(tmp_path: Path) -> None:
    row = ["红楼梦", 9787020002207, 3.0, 2.5, date(1982, 3, 1), datetime(1982, 3, 1, 8, 30), None]
    path = workbook(tmp_path / "a.xlsx", list("abcdefg"), row)
    only = next(XlsxReader(Source.of(path, Limits())).records())
    assert list(only.fields.values()) == [
        "红楼梦", "9787020002207", "3", "2.5", "1982-03-01", "1982-03-01T08:30:00", "",
    ]  # fmt: skip


def test_a_workbook_is_read_from_a_kept_file_whose_name_has_no_ending(tmp_path: Path) -> None:
    kept = workbook(tmp_path / "a.xlsx", ["a"], ["1"]).rename(tmp_path / "0f3c")
    only = next(XlsxReader(Source.of(kept, Limits())).records())
    assert dict(only.fields) == {"a": "1"}


def test_empty_rows_are_no_records_and_short_rows_are_filled_up(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a", "b"], ["1", None], [None, None], ["2", "x"])
    rows = list(XlsxReader(Source.of(path, Limits())).records())
    assert [(row.number, dict(row.fields)) for row in rows] == [
        (1, {"a": "1", "b": ""}),
        (2, {"a": "2", "b": "x"}),
    ]


def test_a_failed_formula_is_a_complaint_with_its_column(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["题名", "年"], ["红楼梦", "#REF!"])
    only = next(XlsxReader(Source.of(path, Limits())).records())
    assert (only.problems[0].field, only.problems[0].en) == ("年", "the formula failed with #REF!")


def test_a_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], ["1"], sheet="馆藏")
    assert XlsxReader(Source.of(path, Limits()), "馆藏").columns == ["a"]
    with pytest.raises(IntakeError, match="no sheet '书目'; it has 馆藏"):
        XlsxReader(Source.of(path, Limits()), "书目")


@pytest.mark.parametrize("content", [b"not a workbook", b"\xd0\xcf\x11\xe0 old excel", b"PK\x03\x04 cut"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(IntakeError, match=r"\.xlsx"):
        XlsxReader(Source.of(path, Limits()))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "nothing")
    with pytest.raises(IntakeError, match="cannot be read as a workbook"):
        XlsxReader(Source.of(path, Limits()))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], ["x" * 30_000])
    with pytest.raises(IntakeError, match="unpacks to more than the 20,000 bytes"):
        XlsxReader(Source.of(path, Limits(unpacked=20_000)))


@given(place=st.integers(min_value=0, max_value=4000), byte=st.integers(min_value=0, max_value=255))
def test_a_damaged_workbook_gives_records_or_a_plain_refusal(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    path = workbook(tmp_path_factory.getbasetemp() / "whole.xlsx", ["a"], ["1"])
    content = bytearray(path.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(content)
    try:
        rows = list(XlsxReader(Source.of(path, Limits())).records())
    except WenmaiError:
        return
    assert all(row.problems or row.fields for row in rows)


def _changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with something else in one of its parts."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(changed, "w") as copy:
        for name in package.namelist():
            content = package.read(name)
            assert name != part or old in content
            copy.writestr(name, content.replace(old, new, 1) if name == part else content)
    return changed


def test_a_row_beyond_those_that_a_sheet_has_is_refused_at_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], ["1"])
    far = _changed(path, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="1000000000000"')
    with pytest.raises(IntakeError, match="a row beyond 1,048,576"):
        list(XlsxReader(Source.of(far, Limits())).records())


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], ["1"])
    root = {"xl/worksheets/sheet1.xml": b"<worksheet", "xl/workbook.xml": b"<workbook"}[part]
    declaring = _changed(path, part, root, b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>' + root)
    with pytest.raises(IntakeError, match=f"declares entities in {part}"):
        XlsxReader(Source.of(declaring, Limits()))
