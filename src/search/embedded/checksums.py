"""Whether the files of an index are whole; whatever is wrong with one is told as Unavailable, with its name.

Tantivy ends each file of a keyword index with a checksum, and never reads it by itself.

Layout of the end of a file: a JSON object with the CRC-32 of all that stands before it, the length of that object,
and a magic number, each of the two as four bytes, little-endian (tantivy, `directory/footer.rs`).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from catalog.errors import Unavailable

_MAGIC = 1337
_TAIL = struct.Struct("<II")
_BLOCK_BYTES = 1 << 20
# Files of which it is remembered, in the state in which they were.
_REMEMBERED = 1024
_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises Unavailable, naming the file, where reading it fails: it is not there, the disk fails, or it holds something else."""
    try:
        yield
    except FileNotFoundError as error:
        raise Unavailable(f"the index file {path} is missing: build the index again") from error
    except OSError as error:
        raise Unavailable(
            f"the index file {path} cannot be read ({error.strerror}): build the index again"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise Unavailable(f"the index file {path} is damaged: build the index again") from error


def check_files(directory: Path) -> None:
    """Raises Unavailable, naming the file, if one of the keyword index in `directory` is missing or damaged."""
    names = _names(directory)
    try:
        _check_managed(directory / ".managed.json", names)
        _check_sums(directory, names)
    except Unavailable:
        # A writer may have merged segments meanwhile; then the list has changed.
        if _names(directory) == names:
            raise
        check_files(directory)


def _check_sums(directory: Path, names: list[str]) -> None:
    versions = {}
    for name in names:
        with reading(directory / name):
            versions[name] = _version_of(directory / name)
    # The checksum does not cover the version beside it; all files were written by the same one.
    usual = Counter(versions.values()).most_common(1)
    damaged = next((n for n, version in versions.items() if not version or version != usual[0][0]), None)
    if damaged is not None:
        raise Unavailable(f"the index file {directory / damaged} is damaged: build the index again")


def _names(directory: Path) -> list[str]:
    """The files that make up the index by its list of segments."""
    names = []
    with reading(directory / "meta.json"):
        for segment in json.loads((directory / "meta.json").read_bytes())["segments"]:
            stem = segment["segment_id"].replace("-", "")
            names += [f"{stem}.{part}" for part in _PARTS]
            if segment["deletes"]:
                names.append(f"{stem}.{segment['deletes']['opstamp']}.del")
    return names


def _check_managed(path: Path, names: list[str]) -> None:
    """The writer's list of its files has no checksum, but names all that the index is made up of; the writer reads it."""
    with reading(path):
        managed = json.loads(path.read_bytes())
        if not all(isinstance(name, str) for name in managed) or not {"meta.json", *names}.issubset(managed):
            raise ValueError("names of files are missing")


def _version_of(path: Path) -> str:
    status = path.stat()
    return _version(path, (status.st_ino, status.st_size, status.st_mtime_ns))


# Files are written once, and whoever searches in an index has read them all before somebody writes to it.
@lru_cache(_REMEMBERED)
def _version(path: Path, _state: tuple[int, int, int]) -> str:
    """Of a whole file what its end says of the version that wrote it; empty for a damaged one."""
    with path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size - _TAIL.size))
        tail = file.read()
        if len(tail) < _TAIL.size:
            return ""
        length, magic = _TAIL.unpack(tail)
        end = size - _TAIL.size - length
        if magic != _MAGIC or end < 0:
            return ""
        file.seek(end)
        try:
            footer = json.loads(file.read(length))
            crc, version = footer["crc"], json.dumps(footer["version"])
        except (ValueError, KeyError, TypeError):
            return ""
        file.seek(0)
        return version if _crc(file, end) == crc else ""


def _crc(file: BinaryIO, size: int) -> int:
    crc = 0
    while size > 0 and (block := file.read(min(size, _BLOCK_BYTES))):
        crc = zlib.crc32(block, crc)
        size -= len(block)
    return crc
