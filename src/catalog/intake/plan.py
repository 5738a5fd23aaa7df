"""What a file needs to be taken in: its reader, its mapping, and what is to be said about it as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.intake.candidates import Mapper, Preparer
from catalog.intake.documents import OwnShape
from catalog.intake.formats import format_of, open_reader
from catalog.intake.mapping import ColumnMapping, compile_mapping
from catalog.intake.options import ImportOptions
from catalog.intake.records import Reader, unreadable
from catalog.intake.sources import Source
from catalog.schema import Problem, Schemas

# Files of these formats have columns; the others have records in a shape of their own.
TABLES = ("csv", "xlsx")
DEFAULT_MAPPING = "default"


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that is ready to be read; `notes` are complaints about the file as a whole."""

    reader: Reader
    preparer: Preparer
    format: str
    notes: tuple[Problem, ...]


def mapping_name(source: Source, options: ImportOptions) -> str | None:
    """The mapping that is used: the one asked for, the default one for tables, none for other formats."""
    return options.mapping or (DEFAULT_MAPPING if format_of(source, options.format) in TABLES else None)


def make_plan(
    source: Source, options: ImportOptions, mapping: Any, schemas: Schemas, institutions: frozenset[str]
) -> Plan:
    """Open a file; `mapping` is what its mapping says, None for records in the schema's own shape.

    Raises IntakeError if the file, its encoding, or its columns are not what they should be.
    """
    mapper = compile_mapping(mapping, options.kind, schemas) if mapping else OwnShape(schemas, options.kind)
    reader, encoding = open_reader(source, options, mapper.sheet)
    notes = (*reader.notes, *_unused(mapper, reader.columns))
    if encoding is not None and encoding.broken_at is not None:
        notes += (
            unreadable(
                "编码中断，其后的记录未收录", f"{encoding.why}; the records from there on are left out"
            ),
        )
    preparer = Preparer(schemas, mapper, institutions, options.institution)
    return Plan(reader, preparer, format_of(source, options.format), notes)


def _unused(mapper: Mapper, columns: Sequence[str] | None) -> tuple[Problem, ...]:
    if columns is None or not isinstance(mapper, ColumnMapping):
        return ()
    unused = mapper.check(columns)
    if not unused or not mapper.report_unused:
        return ()
    hint = "rename the column or write a mapping"
    return tuple(unreadable("该列未收录", "this column is not taken in", hint, field=name) for name in unused)
