"""CSV: a header row, then one record a row, its cells separated by comma, semicolon or tab."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence

from catalog.intake.encoding import TextEncoding
from catalog.intake.lines import Line, lines
from catalog.intake.records import IntakeError, Limits, RawRecord, unreadable
from catalog.intake.sources import Source
from catalog.schema import Problem

_SEPARATORS = ",;\t"


class CsvReader:
    """The records of a CSV file; `columns` are the names in its header."""

    notes: Sequence[Problem] = ()

    def __init__(self, source: Source, encoding: TextEncoding) -> None:
        self._source = source
        self._encoding = encoding
        header = next(self._rows(), None)
        if header is None:
            raise IntakeError(f"{source.name} is empty; a CSV file begins with the names of its columns")
        if header.problems:
            raise IntakeError(f"the header of {source.name} cannot be read: {header.problems[0].en}")
        self.columns: Sequence[str] = column_names(header.cells)

    def records(self) -> Iterator[RawRecord]:
        """Every row that has a cell filled in; a row of another width than the header has a problem."""
        rows = self._rows()
        next(rows)
        filled = (row for row in rows if row.problems or any(row.cells))
        for number, row in enumerate(filled, start=1):
            cut = self._cut(row)
            problems = row.problems or cut or width_problems(row.cells, self.columns)
            fields = {} if cut else dict(zip(self.columns, row.cells, strict=False))
            raw, offset = row.raw(self._encoding), row.lines[0].offset
            yield RawRecord(number, offset, raw, fields, tuple(problems))

    def _cut(self, row: _Row) -> list[Problem]:
        """A problem if the file ends inside the row: too few cells, and no end of line behind them."""
        if len(row.cells) >= len(self.columns) or row.lines[-1].text.endswith(("\n", "\r")):
            return []
        end = row.lines[0].offset + len(row.raw(self._encoding))
        en = f"the file ends in the middle of this row, at byte {end}"
        return [unreadable(f"文件在第 {end} 字节处中断，本行不完整", en, "send the whole file again")]

    def _rows(self) -> Iterator[_Row]:
        feed = _Feed(lines(self._source, self._encoding, newline=""), self._source.limits)
        # The limit is one of the whole process; ours is the larger one, and fixed.
        csv.field_size_limit(self._source.limits.record)
        reader: Iterator[list[str]] | None = None
        while feed.more():
            if reader is None and not feed.peek().strip():
                # The separator is told by the header, which an empty line may stand before.
                feed.skip()
                continue
            reader = reader or csv.reader(feed, delimiter=_separator(feed.peek()), strict=True)
            row = _next_row(reader, feed)
            if row.problems or row.cells:
                yield row if row.problems else _checked(row, self._encoding, self._source.limits)


class _Row:
    """The cells of one row, or why it has none, with the lines that it takes up."""

    def __init__(self, taken: list[Line], cells: list[str], *problems: Problem) -> None:
        self.lines = taken
        self.cells = cells
        self.problems = problems

    def raw(self, encoding: TextEncoding) -> bytes:
        return "".join(line.text for line in self.lines).encode(encoding.name)


class _Feed:
    """Gives lines to `csv.reader` and remembers those of the row being read, to give back if it fails."""

    def __init__(self, source: Iterator[Line], limits: Limits) -> None:
        self._source = source
        self._limit = limits.record
        self._waiting: deque[Line] = deque()
        self.taken: list[Line] = []
        # Characters of those.
        self._held = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._source)
        self.taken.append(line)
        self._held += len(line.text)
        if line.too_long or self._held > self._limit:
            raise _TooLongError
        return line.text

    def more(self) -> bool:
        if not self._waiting:
            self._waiting.extend(line for line in [next(self._source, None)] if line)
        return bool(self._waiting)

    def peek(self) -> str:
        return self._waiting[0].text

    def skip(self) -> None:
        self._waiting.popleft()

    def take(self) -> list[Line]:
        taken, self.taken, self._held = self.taken, [], 0
        return taken

    def give_back_all_but_one(self) -> list[Line]:
        taken = self.take()
        self._waiting.extendleft(reversed(taken[1:]))
        return taken[:1]


class _TooLongError(Exception):
    """A row goes on beyond the limit; most often because a quote was never closed."""


def _next_row(reader: Iterator[list[str]], feed: _Feed) -> _Row:
    try:
        cells = [cell.strip() for cell in next(reader)]
        return _Row(feed.take(), cells)
    except _TooLongError:
        problem = unreadable("该行过长，可能缺少结束引号", "the row is too long, a quote may never be closed")
    except csv.Error as error:
        problem = unreadable(
            "引号不配对", f"the quotes do not match ({error})", 'write a quote inside a cell as ""'
        )
    return _Row(feed.give_back_all_but_one(), [], problem)


def _checked(row: _Row, encoding: TextEncoding, limits: Limits) -> _Row:
    """The row, with a problem if it holds what no record may hold."""
    if encoding.broken_at is not None and not row.lines[-1].text.endswith(("\n", "\r")):
        return _Row(row.lines, [], unreadable("记录在编码中断处被截断", encoding.why))
    if any("\0" in cell for cell in row.cells):
        return _Row(
            row.lines, [], unreadable("含有 NUL 字节", "the row contains a NUL byte", "save the file again")
        )
    if any(len(cell) > limits.cell for cell in row.cells):
        return _Row(
            row.lines, [], unreadable("单元格过长", f"a cell has more than {limits.cell:,} characters")
        )
    return row


def column_names(cells: Sequence[str]) -> list[str]:
    """Names in a header, without empty ones at its end. Raises IntakeError if one is empty or doubled."""
    names = list(cells)
    while names and not names[-1]:
        names.pop()
    empty = [place for place, name in enumerate(names, start=1) if not name]
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if not names or empty:
        raise IntakeError(
            f"the header has no name for column {empty[0] if empty else 1}; give every column a name"
        )
    if twice:
        raise IntakeError(
            f"the header names the column {twice[0]!r} twice; give each column a name of its own"
        )
    return names


def width_problems(cells: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    """A problem if a row has fewer cells than the header, or more that are not empty."""
    if len(cells) < len(columns) or any(cells[len(columns) :]):
        zh = f"有 {len(cells)} 个单元格，表头有 {len(columns)} 列"
        en = f"the row has {len(cells)} cells, the header {len(columns)}"
        return [unreadable(zh, en, "check for a missing or a stray separator")]
    return []


def _separator(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)
