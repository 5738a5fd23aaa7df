"""JSON lines: one object a line, blank lines between them allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.intake.encoding import TextEncoding
from catalog.intake.json_text import BadJsonError, parse_object
from catalog.intake.lines import Line, lines
from catalog.intake.records import IntakeError, RawRecord, unreadable
from catalog.intake.sources import Source
from catalog.schema import Problem


class JsonlReader:
    """The objects of a file of JSON lines."""

    columns: Sequence[str] | None = None
    notes: Sequence[Problem] = ()

    def __init__(self, source: Source, encoding: TextEncoding) -> None:
        self._source = source
        self._encoding = encoding
        first = next((line.text.strip() for line in self._lines()), "")
        if first in ("[", "{") or first.startswith("[{"):
            raise IntakeError(
                f"{source.name} is one JSON document; write one object on each line (JSON lines) instead"
            )

    def records(self) -> Iterator[RawRecord]:
        """Every line that is not blank."""
        for number, line in enumerate(self._lines(), start=1):
            yield self._record(number, line)

    def _lines(self) -> Iterator[Line]:
        every = lines(self._source, self._encoding, newline="\n")
        return (line for line in every if not line.text.isspace())

    def _record(self, number: int, line: Line) -> RawRecord:
        raw = line.text.encode(self._encoding.name)
        if line.too_long:
            limit = self._source.limits.record
            problem = unreadable("该行过长", f"the line has more than {limit:,} characters")
        elif self._encoding.broken_at is not None and not line.text.endswith("\n"):
            problem = unreadable("记录在编码中断处被截断", self._encoding.why)
        else:
            try:
                return RawRecord(number, line.offset, raw, parse_object(line.text))
            except BadJsonError as error:
                problem = error.problem
        return RawRecord(number, line.offset, raw, problems=(problem,))
