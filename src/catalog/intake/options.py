"""What the user says about a file that is to be taken in, and what the system says back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is read and what becomes of its records.

    `institution` None: each record names its own. `mapping` is the name of a saved mapping or the path of
    one. `on_broken` "keep" takes in the records before the byte where an encoding breaks or the file is cut,
    "refuse" takes in none.
    """

    institution: str | None = None
    kind: str | None = None
    mapping: str | None = None
    format: str = "auto"
    encoding: str = "auto"
    publish: bool = False
    on_broken: Literal["keep", "refuse"] = "refuse"
    actor: str = "import"

    def as_dict(self) -> dict[str, Any]:
        """JSON form, as a batch keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ImportOptions:
        """The options that `as_dict` wrote."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of a report; `record` is None where it is about the file as a whole."""

    record: int | None
    field: str | None
    problem: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch; `errors` are its first complaints."""

    batch: str | None
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    errors: Sequence[Complaint] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """The JSON document that `wenmai import --json` prints."""
        return asdict(self) | {"errors": [asdict(complaint) for complaint in self.errors]}
