"""A column mapping: a YAML file that says how the columns of a file become the fields of the schema.

name: our_museum                 # also the name of the source system, unless `system` says otherwise
about: what the file is
kind: heritage                   # left out: the import says which kind
record_id: {column: 编号}         # the record's id in its source; left out: its content is its id
optional: [备注]                  # columns that a file may lack; `all` for every column
    every_kind: true                 # leave out the fields that the import's kind does not have
    report_unused: true              # complain of columns that the mapping does not read
skip:                            # records that are not taken in, with the reason
  - {when_any: [NAME, a.b], because: {zh: …, en: …}}   # when one of these is filled in
  - {when_none: [NAME], because: {zh: …, en: …}}       # when none of these is
set: {heritage_type: object}     # constants
fields: …                        # see `templates` and `transforms`
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.intake.documents import Mapped, Skip
from catalog.intake.steps import MappingError, Problems
from catalog.intake.templates import DocumentMaker, compile_fields, known_field
from catalog.intake.transforms import Compiler, Fields, Getter, follow
from catalog.schema import FieldSpec, Schemas
from catalog.schema.fields import Label

_ID_FIELD = FieldSpec(label=Label(zh="来源记录号", en="Source record"), type="string")
_MAX_BYTES = 1 << 20


class _SkipSpec(BaseModel):
    model_config = ConfigDict(extra="forbid")
    when_any: list[str] = Field(default_factory=list)
    when_none: list[str] = Field(default_factory=list)
    because: Label


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    about: str = ""
    system: str | None = None
    kind: str | None = None
    sheet: str | None = None
    record_id: dict[str, Any] | None = None
    every_kind: bool = False
    optional: list[str] | Literal["all"] = Field(default_factory=list)
    report_unused: bool = False
    skip: list[_SkipSpec] = Field(default_factory=list)
    set: dict[str, Any] = Field(default_factory=dict)
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A compiled mapping. It reads `columns`; a file may lack those of them that are `optional`."""

    name: str
    system: str
    kind: str
    sheet: str | None
    columns: frozenset[str]
    optional: frozenset[str]
    report_unused: bool
    _constants: Mapping[str, Any]
    _make: DocumentMaker
    _record_id: Getter | None
    _skips: Sequence[Skip]

    def document(self, fields: Fields) -> Mapped:
        """The document that a record becomes."""
        reason = next((skip.because for skip in self._skips if skip.applies(fields)), None)
        if reason is not None:
            return Mapped.skipped(self.kind, reason)
        problems: Problems = []
        data = {**self._constants, **self._make(fields, problems)}
        ids = self._record_id(fields, problems) if self._record_id else []
        return Mapped(self.kind, None, str(ids[0]) if ids else None, data, tuple(problems))

    def check(self, header: Sequence[str]) -> list[str]:
        """Columns of a file's header that the mapping does not use.

        Raises MappingError if it reads a column that the file lacks.
        """
        for column in sorted(self.columns - self.optional - set(header)):
            near = difflib.get_close_matches(column, header, n=1)
            advice = f"did you mean {near[0]!r}? " if near else ""
            raise MappingError(
                f"the file has no column {column!r}, which the mapping {self.name} reads; {advice}"
                f"its columns are: {', '.join(header)}"
            )
        return [column for column in header if column not in self.columns]


def read_mapping(named: str, directory: Path) -> Any:
    """What the mapping of this name in `directory`, or at this path ending in .yaml, says.

    Raises MappingError for a file that is missing or is not YAML.
    """
    path = Path(named) if named.endswith((".yaml", ".yml")) else directory / f"{Path(named).name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in directory.glob("*.yaml")))
        raise MappingError(
            f"there is no mapping {named!r}; there are {known}, or give the path of a .yaml file"
        )
    if path.stat().st_size > _MAX_BYTES:
        raise MappingError(f"{path.name} has more than {_MAX_BYTES:,} bytes; that is no mapping")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        # A batch keeps its mapping as JSON: this turns what only YAML knows, such as dates, into text.
        return json.loads(json.dumps(data, default=str))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise MappingError(f"{path.name} is not YAML: {error}") from error


def compile_mapping(data: Any, kind: str | None, schemas: Schemas) -> ColumnMapping:
    """A mapping from what its YAML says, for resources of `kind` where it does not name one itself."""
    spec = _parsed(data)
    kind = _kind(spec, kind, schemas)
    targets = schemas.kind(kind).fields
    compiler = Compiler(schemas)
    fields = {name: says for name, says in spec.fields.items() if name in targets or not spec.every_kind}
    make = compile_fields(fields, targets, compiler)
    record_id = compiler.value(spec.record_id, "record_id", _ID_FIELD) if spec.record_id else None
    _check_constants(spec.set, kind, targets, schemas)
    columns = frozenset(compiler.columns)
    optional = columns if spec.optional == "all" else frozenset(spec.optional)
    skips = [
        Skip(tuple(map(follow, entry.when_any)), tuple(map(follow, entry.when_none)), entry.because)
        for entry in spec.skip
    ]
    return ColumnMapping(
        spec.name, spec.system or spec.name, kind, spec.sheet, columns, optional, spec.report_unused,
        spec.set, make, record_id, skips,
    )  # fmt: skip


def _parsed(data: Any) -> _Spec:
    try:
        return _Spec.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the mapping"
        known = ", ".join(_Spec.model_fields)
        reason = f"unknown key; there are {known}" if first["type"] == "extra_forbidden" else first["msg"]
        raise MappingError(f"{place}: {reason}") from error


def _kind(spec: _Spec, asked: str | None, schemas: Schemas) -> str:
    if spec.kind and asked and spec.kind != asked:
        raise MappingError(
            f"the mapping {spec.name} makes {spec.kind}, not {asked}; leave out --kind", field="kind"
        )
    kind = spec.kind or asked
    if kind is None:
        known = ", ".join(schemas.resource_kinds)
        raise MappingError(
            f"the mapping {spec.name} does not say what its records are; add --kind {known}", field="kind"
        )
    if kind not in schemas.resource_kinds:
        raise MappingError(
            f"{kind!r} is not a kind of resource; there are {', '.join(schemas.resource_kinds)}"
        )
    return kind


def _check_constants(
    constants: Mapping[str, Any], kind: str, targets: Mapping[str, FieldSpec], schemas: Schemas
) -> None:
    for name in constants:
        known_field(name, targets, f"set.{name}")
    for problem in schemas.validate(kind, constants):
        if problem.field.partition(".")[0].partition("[")[0] in constants:
            raise MappingError(
                f"set.{problem.field}: {problem.en}" + (f"; {problem.hint}" if problem.hint else "")
            )
