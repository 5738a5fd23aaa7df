"""The formats that are taken in, and the reader of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from catalog.intake.csv_reader import CsvReader
from catalog.intake.encoding import TextEncoding, detect
from catalog.intake.jsonl_reader import JsonlReader
from catalog.intake.options import ImportOptions
from catalog.intake.records import IntakeError, Reader
from catalog.intake.sources import Source
from catalog.intake.xlsx_reader import XlsxReader

_ZIP_MAGIC = b"PK\x03\x04"
_SUFFIXES = MappingProxyType(
    {
        ".csv": "csv",
        ".tsv": "csv",
        ".txt": "csv",
        ".xlsx": "xlsx",
        ".xls": "xlsx",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
    }
)
_TEXT_READERS: Mapping[str, Callable[[Source, TextEncoding], Reader]] = MappingProxyType(
    {"csv": CsvReader, "jsonl": JsonlReader}
)
FORMATS = ("csv", "xlsx", "jsonl")


def format_of(source: Source, named: str = "auto") -> str:
    """The format `named` by the user, else by the end of the name, else by the first bytes.

    Raises IntakeError for a format that is not known.
    """
    if named != "auto":
        if named not in FORMATS:
            raise IntakeError(f"there is no format {named!r}; use auto, {', '.join(FORMATS)}", field="format")
        return named
    by_name = _SUFFIXES.get(PurePath(source.name).suffix.lower())
    return by_name or _by_content(source.head(1024))


def open_reader(
    source: Source, options: ImportOptions, sheet: str | None = None
) -> tuple[Reader, TextEncoding | None]:
    """The reader of a file, and its encoding if it is text.

    Raises EncodingError if the encoding breaks, and IntakeError if the last record is cut, unless
    `options.on_broken` is "keep"; IntakeError too if the file is not what it should be.
    """
    name = format_of(source, options.format)
    if name == "xlsx":
        return XlsxReader(source, sheet), None
    encoding = detect(source, options.encoding)
    if encoding.broken_at is not None and options.on_broken == "refuse":
        raise encoding.error()
    reader = _TEXT_READERS[name](source, encoding)
    if options.on_broken == "refuse":
        _refuse_if_cut(source, reader)
    return reader, encoding


def _refuse_if_cut(source: Source, reader: Reader) -> None:
    """Raises IntakeError if the file ends without an end of line, in a record that cannot be read."""
    if source.tail(2).rstrip(b"\0").endswith((b"\n", b"\r")):
        return
    last = deque(reader.records(), maxlen=1)
    # A row with a cell too many has all of its fields.
    if last and last[0].problems and not last[0].fields:
        raise IntakeError(
            f"{source.name} ends in the middle of record {last[0].number}, which begins at byte {last[0].offset}: "
            f"{last[0].problems[0].en}. Send the whole file again, or take in the records before it with "
            "--on-broken keep"
        )


def _by_content(head: bytes) -> str:
    if head.startswith(_ZIP_MAGIC):
        return "xlsx"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return "jsonl"
    return "csv"
