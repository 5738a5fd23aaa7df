"""Training pairs: files of {"q", "p"} JSON lines, a query and a passage that answers it."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

from catalog.errors import WenmaiError


class PairFileError(WenmaiError):
    """A file of training pairs cannot be read."""


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The (query, passage) pairs of a `.jsonl` or `.jsonl.gz` file, in order.

    Raises PairFileError that names the file and line which is not {"q": text, "p": text}, or the line after
    which a cut or damaged file ends.
    """
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                yield _pair(line, f"{path.name}, line {number}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PairFileError(f"{path.name} is damaged after line {number}: fetch it again.") from error
    except OSError as error:
        raise PairFileError(f"{path} cannot be opened: {error.strerror}.") from error


def _open(path: Path) -> gzip.GzipFile:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")  # type: ignore[return-value]  # both give lines of bytes


def _pair(line: bytes, where: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise PairFileError(f"{where}: not a JSON object in UTF-8: {error}.") from error
    if not isinstance(row, dict):
        raise PairFileError(f'{where}: expected an object {{"q": …, "p": …}}.')
    return _text(row, "q", where), _text(row, "p", where)


def _text(row: dict[str, object], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PairFileError(f"{where}: {name!r} should be a text that is not empty.", field=name)
    return value
