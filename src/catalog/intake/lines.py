"""The lines of a text file with their byte offsets, each no longer than is allowed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.intake.encoding import TextEncoding
from catalog.intake.sources import Source


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its end of line; `too_long` if only its beginning is kept in `text`."""

    offset: int
    text: str
    too_long: bool = False


def lines(source: Source, encoding: TextEncoding, *, newline: str) -> Iterator[Line]:
    """Every line up to the byte where the encoding breaks, in constant memory.

    `newline` is as for `open`: `"\\n"` ends lines there only, `""` at any line end. A line that the break
    cuts through is still given; the caller knows from `encoding.broken_at` that it is not whole.
    """
    limit = source.limits.record
    offset = encoding.bom
    with io.TextIOWrapper(
        io.BufferedReader(_Window(source, encoding), 1 << 18), encoding=encoding.name, newline=newline
    ) as text:
        while part := text.readline(limit):
            line = Line(offset, part, too_long=len(part) == limit and not part.endswith(("\n", "\r")))
            offset += len(part.encode(encoding.name))
            while line.too_long and part and not part.endswith(("\n", "\r")):
                part = text.readline(limit)
                offset += len(part.encode(encoding.name))
            yield line


class _Window(io.RawIOBase):
    """The bytes of a source behind its byte order mark and before the place where its encoding breaks."""

    def __init__(self, source: Source, encoding: TextEncoding) -> None:
        self._stream = source.open()
        self._stream.read(encoding.bom)
        self._left = None if encoding.broken_at is None else encoding.broken_at - encoding.bom

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        size = len(view) if self._left is None else min(len(view), self._left)
        data = self._stream.read(size)
        if self._left is not None:
            self._left -= len(data)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
