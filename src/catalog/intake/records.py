"""What a reader hands on: one record as it came, or the reason why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from catalog.errors import WenmaiError
from catalog.schema import Problem


class IntakeError(WenmaiError):
    """A file, or what was said about it, does not allow it to be taken in."""

    title = "File not taken in"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at most. A file beyond a limit is refused; a record beyond one is rejected.

    `file` and `unpacked` are bytes, `record` and `cell` characters.
    """

    file: int = 2 << 30
    unpacked: int = 4 << 30
    record: int = 4 << 20
    cell: int = 1 << 20


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Record `number` (from 1) of a file, at byte `offset` where bytes can be counted, exactly as it came.

    A record with `problems` could not be read; its `fields` mean nothing.
    """

    number: int
    offset: int | None
    raw: bytes
    fields: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Reader(Protocol):
    """A file that is read record by record, in constant memory."""

    @property
    def columns(self) -> Sequence[str] | None:
        """Names of the columns where the file has a header, None where each record names its own."""

    @property
    def notes(self) -> Sequence[Problem]:
        """What is to be said about the file as a whole."""

    def records(self) -> Iterator[RawRecord]:
        """Every record from the first, those that cannot be read included."""


def unreadable(zh: str, en: str, hint: str | None = None, *, field: str = "") -> Problem:
    """A problem with a record as such, or with its column `field`."""
    return Problem(field, zh, en, hint)
