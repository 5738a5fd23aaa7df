"""What a mapping makes of a record, and records that come in the schema's own shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.intake.records import unreadable
from catalog.intake.steps import strings
from catalog.intake.transforms import Fields
from catalog.schema import Problem, Schemas
from catalog.schema.fields import Label

_ENVELOPE = ("record_id", "institution", "kind")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A document of `kind` with its id in the source and, if the record says so, its institution."""

    kind: str
    institution: str | None
    record_id: str | None
    data: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @classmethod
    def skipped(cls, kind: str, because: Label) -> Mapped:
        """A record that the mapping leaves out."""
        problem = unreadable(f"不收录：{because.zh}", f"left out: {because.en}")
        return cls(kind, None, None, problems=(problem,))


@dataclass(frozen=True, slots=True)
class Skip:
    """A condition on which records are left out."""

    when_any: tuple[Callable[[Fields], Any], ...]
    when_none: tuple[Callable[[Fields], Any], ...]
    because: Label

    def applies(self, fields: Fields) -> bool:
        """Whether this record is left out."""
        if any(strings(get(fields)) for get in self.when_any):
            return True
        return bool(self.when_none) and not any(strings(get(fields)) for get in self.when_none)


@dataclass(frozen=True, slots=True)
class OwnShape:
    """Records in the schema's own shape, with `record_id`, `institution` and `kind` beside the fields."""

    schemas: Schemas
    kind: str | None = None
    system: str = "records"
    sheet: str | None = None

    def document(self, fields: Fields) -> Mapped:
        """The document without its envelope."""
        data = {name: value for name, value in fields.items() if name not in _ENVELOPE}
        problems = tuple(_envelope_problems(fields))
        kind = _text(fields.get("kind")) or self.kind
        if kind is None:
            hint = f"add kind to the record or --kind: {', '.join(self.schemas.resource_kinds)}"
            problems += (Problem("kind", "没有资源类型", "says no kind of resource", hint),)
        elif kind not in self.schemas.resource_kinds:
            known = ", ".join(self.schemas.resource_kinds)
            problems += (
                Problem(
                    "kind", "没有这个资源类型", "there is no such kind of resource", f"there are {known}"
                ),
            )
        institution, record_id = _text(fields.get("institution")), _text(fields.get("record_id"))
        return Mapped(str(kind), institution, record_id, data, problems)


def _text(value: Any) -> str | None:
    """The value if it is text; what is none has a problem."""
    return value if isinstance(value, str) else None


def _envelope_problems(fields: Fields) -> list[Problem]:
    return [
        Problem(name, "应为非空文字", "must be text that is not empty")
        for name in _ENVELOPE
        if name in fields and (not isinstance(fields[name], str) or not fields[name].strip())
    ]
