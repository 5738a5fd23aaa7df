"""XLSX workbooks: one sheet with a header row, formulas by their last value, dates as ISO 8601."""

from __future__ import annotations

import json
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

import openpyxl

from catalog.intake.csv_reader import column_names, width_problems
from catalog.intake.records import IntakeError, Limits, RawRecord, unreadable
from catalog.intake.sources import Source
from catalog.schema import Problem

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
# Whatever is no sheet openpyxl holds in memory as a whole.
_PART_BYTES = 512 << 20
_PROLOG_BYTES = 1024
_MOST_ROWS = 1_048_576
_FAULTS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


class XlsxReader:
    """The rows of one sheet of a workbook."""

    def __init__(self, source: Source, sheet: str | None = None) -> None:
        self._source = source
        self._sheet = sheet
        if source.packed or source.head(4) == _OLE_MAGIC:
            raise IntakeError(
                f"{source.name} is packed, encrypted or an old .xls; save it as a plain .xlsx workbook"
            )
        _refuse_bombs(source)
        header = next(self._rows(), None)
        if header is None:
            raise IntakeError(f"the sheet of {source.name} is empty; it begins with the names of its columns")
        self.columns: Sequence[str] = column_names(header)
        self.notes = self._unread_sheets() if sheet is None else ()

    def records(self) -> Iterator[RawRecord]:
        """Every row that has a cell filled in."""
        rows = self._rows()
        next(rows)
        for number, cells in enumerate(rows, start=1):
            padded = cells + [""] * (len(self.columns) - len(cells))
            raw = json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace")
            problems = width_problems(padded, self.columns) + _cell_problems(
                padded, self.columns, self._source.limits
            )
            fields = dict(zip(self.columns, padded, strict=False))
            yield RawRecord(number, None, raw, fields, tuple(problems))

    def _unread_sheets(self) -> tuple[Problem, ...]:
        with _opened(self._source) as book:
            read, *others = (sheet.title for sheet in book.worksheets)
        if not others:
            return ()
        unread = "、".join(others)
        hint = "name the sheet in a mapping (`sheet:`), or save each sheet as a workbook of its own"
        return (unreadable(f"未读取工作表：{unread}", f"only the sheet {read} was read, not {unread}", hint),)

    def _rows(self) -> Iterator[list[str]]:
        with _opened(self._source) as book:
            sheet = book.worksheets[0] if self._sheet is None else _named(book, self._sheet)
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > _MOST_ROWS:
                    # openpyxl makes a row for each number that is left out.
                    raise IntakeError(
                        f"{self._source.name} has a row beyond {_MOST_ROWS:,}; save it again as .xlsx"
                    )
                cells = [_text(value) for value in row]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield cells


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    """The workbook; whatever openpyxl raises while it is read becomes one IntakeError."""
    try:
        # A file, not its path: openpyxl judges a path by its ending, and a kept raw file has none.
        with source.path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (IntakeError, GeneratorExit):
        raise
    except (
        Exception
    ) as error:  # openpyxl lets the errors of zip, XML and its own parsing through as they come
        raise IntakeError(
            f"{source.name} cannot be read as a workbook ({type(error).__name__}); save it again as .xlsx"
        ) from error


def _refuse_bombs(source: Source) -> None:
    try:
        with zipfile.ZipFile(source.path) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > source.limits.unpacked:
                raise IntakeError(
                    f"{source.name} unpacks to more than the {source.limits.unpacked:,} bytes allowed; split it"
                )
            with_dtd = [part.filename for part in parts if _has_dtd(package, part)]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise IntakeError(
            f"{source.name} is not an .xlsx workbook ({error}); save it again as .xlsx"
        ) from error
    if with_dtd:
        raise IntakeError(
            f"{source.name} declares entities in {with_dtd[0]}, as no workbook does; save it again"
        )
    # Of sheets a row at a time is read.
    if any(part.file_size > _PART_BYTES for part in parts if "worksheets/" not in part.filename.lower()):
        raise IntakeError(f"the texts of {source.name} do not fit into memory; save the sheet as CSV instead")


def _has_dtd(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part has a document type declaration, which is where entities are declared."""
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    with package.open(part) as file, suppress(expat.ExpatError):
        while not found and (chunk := file.read(_PROLOG_BYTES)):
            parser.Parse(chunk)
    return found[:1] == [True]


def _named(book: Any, name: str) -> Any:
    if name not in book.sheetnames:
        known = ", ".join(book.sheetnames)
        raise IntakeError(f"the workbook has no sheet {name!r}; it has {known}", field="sheet")
    return book[name]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _cell_problems(cells: Sequence[str], columns: Sequence[str], limits: Limits) -> list[Problem]:
    problems = []
    for name, cell in zip(columns, cells, strict=False):
        if cell in _FAULTS:
            problems.append(unreadable(f"公式出错：{cell}", f"the formula failed with {cell}", field=name))
        if "\0" in cell or len(cell) > limits.cell:
            problems.append(unreadable("单元格内容无效", "the cell is too long or holds a NUL", field=name))
        if any("\ud800" <= sign <= "\udfff" for sign in cell):
            problems.append(unreadable("含有不成对的代理字符", "contains a lone surrogate", field=name))
    return problems
