"""What schemas/*.yaml say of a field, typed. A mistake in a schema file is refused with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from catalog.errors import WenmaiError

_COMMON = "common.yaml"

SearchGroup = Literal["title", "names", "subjects", "body", "identifiers"]


class SchemaError(WenmaiError):
    """A schema file says something that has no meaning."""


class Label(BaseModel):
    """A name in Chinese and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class FieldSpec(BaseModel):
    """One field of a kind; an `object` has fields of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: Label
    type: Literal["string", "text", "integer", "number", "boolean", "edtf", "url", "datetime", "object"]
    many: bool = False
    required: bool = False
    vocabulary: str | None = None
    fields: dict[str, FieldSpec] = Field(default_factory=dict)
    searched: SearchGroup | None = None
    # Values that go without saying: nearly every record has them, and nobody looks for them.
    unsaid: tuple[str, ...] = ()
    facet: str | None = None
    sort: str | None = None
    personal: Literal["none", "basic", "sensitive"] = "none"
    managed: bool = False
    crosswalk: dict[str, str] = Field(default_factory=dict)
    max_length: int = 2000
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _an_object_has_fields(self) -> FieldSpec:
        if (self.type == "object") != bool(self.fields):
            raise ValueError("exactly the fields of type object have fields of their own")
        return self

    @field_validator("pattern")
    @classmethod
    def _a_pattern_is_one(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
        return pattern

    def leaves(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldSpec]]:
        """(path, field) of each field that holds a value rather than further fields."""
        if not self.fields:
            yield path, self
        for name, field in self.fields.items():
            yield from field.leaves((*path, name))


class KindSpec(BaseModel):
    """One kind of resource with all its fields, the common ones included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = ""
    label: Label
    standalone: bool = False
    fields: dict[str, FieldSpec]

    def leaves(self) -> Iterator[tuple[tuple[str, ...], FieldSpec]]:
        """(path, field) of each field that holds a value."""
        for name, field in self.fields.items():
            yield from field.leaves((name,))


def load_kinds(directory: Path, vocabularies: Collection[str]) -> dict[str, KindSpec]:
    """Every kind of `directory`/*.yaml by its name; fields may use `vocabularies`.

    Raises SchemaError naming the file and the field.
    """
    common = _read(directory / _COMMON, vocabularies)
    kinds: dict[str, KindSpec] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name == _COMMON:
            continue
        kind = _read(path, vocabularies)
        if not kind.kind or kind.kind in kinds:
            raise SchemaError(f"{path.name}: kind: {kind.kind!r} is empty or the kind of another file")
        kinds[kind.kind] = kind if kind.standalone else _with(common, kind)
    return kinds


def _with(common: KindSpec, kind: KindSpec) -> KindSpec:
    return kind.model_copy(update={"fields": common.fields | kind.fields})


def _read(path: Path, vocabularies: Collection[str]) -> KindSpec:
    try:
        kind = KindSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise SchemaError(f"{path.name}: {error}") from error
    for place, field in kind.leaves():
        if field.vocabulary is not None and field.vocabulary not in vocabularies:
            raise SchemaError(f"{path.name}: {'.'.join(place)}: there is no vocabulary {field.vocabulary!r}")
    return kind
