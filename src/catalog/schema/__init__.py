"""The unified metadata schema as data: kinds, vocabularies, validation and JSON Schema."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from catalog.errors import NotFound
from catalog.schema.fields import FieldSpec, KindSpec, SchemaError, load_kinds
from catalog.schema.models import document_model
from catalog.schema.problems import Problem, from_error
from catalog.vocabularies import Vocabulary, load_vocabularies

__all__ = ["FieldSpec", "KindSpec", "Problem", "SchemaError", "Schemas"]


class Schemas:
    """All kinds and vocabularies of one schema directory, loaded once."""

    def __init__(self, kinds: Mapping[str, KindSpec], vocabularies: Mapping[str, Vocabulary]) -> None:
        self.kinds = kinds
        self.vocabularies = vocabularies
        self._models: dict[str, type[BaseModel]] = {
            name: document_model(kind, vocabularies) for name, kind in kinds.items()
        }

    @classmethod
    def load(cls, directory: Path) -> Schemas:
        """Read schemas/*.yaml and schemas/vocabularies/*.yaml. Raises SchemaError naming file and field."""
        vocabularies = load_vocabularies(directory / "vocabularies")
        return cls(load_kinds(directory, vocabularies), vocabularies)

    @property
    def resource_kinds(self) -> list[str]:
        """Names of the kinds that are kinds of resource."""
        return [name for name, kind in self.kinds.items() if not kind.standalone]

    def kind(self, name: str) -> KindSpec:
        """The kind of this name. Raises NotFound listing the kinds there are."""
        if name not in self.kinds:
            known = ", ".join(self.kinds)
            raise NotFound(f"there is no kind {name!r}; the kinds are {known}", field="kind")
        return self.kinds[name]

    def vocabulary(self, name: str) -> Vocabulary:
        """The vocabulary of this name. Raises NotFound."""
        if name not in self.vocabularies:
            raise NotFound(f"there is no vocabulary {name!r}", field="vocabulary")
        return self.vocabularies[name]

    def validate(self, kind: str, data: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with a document of `kind`; empty when nothing is. Raises NotFound for an unknown kind."""
        managed = {name for name, field in self.kind(kind).fields.items() if field.managed}
        try:
            self._models[kind].model_validate(data)
        except ValidationError as error:
            problems = [from_error(detail) for detail in error.errors(include_url=False)]
        else:
            problems = []
        return [_managed(problem) if problem.field in managed else problem for problem in problems]

    def json_schema(self, kind: str) -> dict[str, Any]:
        """JSON Schema (2020-12) of the documents of `kind`."""
        spec = self.kind(kind)
        schema = self._models[kind].model_json_schema()
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": spec.label.en}
        return head | {key: value for key, value in schema.items() if key != "title"}


def fingerprint(directory: Path) -> str:
    """SHA-256 over every schema and vocabulary file: it changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.yaml")):
        if "mappings" not in path.parts:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _managed(problem: Problem) -> Problem:
    return Problem(problem.field, "该字段由系统填写", "this field is set by the system", "leave it out")
