"""The input file: its size checked before it is read, unpacked on the way if it is gzip."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from catalog.intake.records import IntakeError, Limits

_GZIP_MAGIC = b"\x1f\x8b"
_BUFFER_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a size that is allowed. `name` is what its owner calls it, without a `.gz` at the end."""

    path: Path
    name: str
    packed: bool
    limits: Limits

    @classmethod
    def of(cls, path: Path, limits: Limits, name: str | None = None) -> Source:
        """The file at `path`. Raises IntakeError if it is missing, empty or above the limit."""
        if not path.is_file():
            raise IntakeError(f"there is no file {path}; check the name")
        size = path.stat().st_size
        if size > limits.file:
            raise IntakeError(
                f"{path.name} has {size:,} bytes, more than the {limits.file:,} allowed; split it"
            )
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        return cls(path, (name or path.name).removesuffix(".gz"), packed, limits)

    def open(self) -> IO[bytes]:
        """The content from its first byte, unpacked. Reading past the limits raises IntakeError."""
        if not self.packed:
            return self.path.open("rb", buffering=_BUFFER_BYTES)
        return io.BufferedReader(_Unpacked(self), _BUFFER_BYTES)

    def head(self, size: int) -> bytes:
        """The first `size` bytes, or all of a smaller file."""
        with self.open() as stream:
            return stream.read(size)

    def tail(self, size: int) -> bytes:
        """The last `size` bytes, or all of a smaller file."""
        with self.open() as stream:
            if not self.packed:
                stream.seek(-min(size, self.path.stat().st_size), os.SEEK_END)
                return stream.read()
            last = b""
            while block := stream.read(_BUFFER_BYTES):
                last = (last + block)[-size:]
            return last


class _Unpacked(io.RawIOBase):
    """Gzip content that ends with an error beyond the limit, however small the file looked."""

    def __init__(self, source: Source) -> None:
        self._stream = gzip.GzipFile(source.path, "rb")
        self._left = source.limits.unpacked
        self._limit = source.limits.unpacked

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._stream.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise IntakeError(f"the gzip file is damaged ({error}); pack it again") from error
        self._left -= len(data)
        if self._left < 0:
            raise IntakeError(f"the file unpacks to more than the {self._limit:,} bytes allowed; split it")
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
