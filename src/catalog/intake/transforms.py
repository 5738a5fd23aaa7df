"""How one value is made from the columns of a record: where it comes from and the steps that it takes.

A value is written as `{column: NAME}` or `{path: a.b[0]}` (into nested JSON), each with one name or a list of
them, followed by steps, which are applied in the order written:

    split: "、"          one value becomes several; also a list of separators
    match: REGEX         keeps its first group; a value that does not match vanishes
    map: {text: code}    replaces texts
    vocabulary: NAME     text to code; taken from the schema where the field has a vocabulary
    region: true         address, from the province down, to GB/T 2260 code
    year: true           a year or ISO date (-206 is 206 BC) to a year in EDTF
    times: NUMBER        multiplies
    join: SEPARATOR      several values become one
    prefix, suffix: TEXT
    otherwise: VALUE     instead of what `map`, a vocabulary or a number field does not know (null: it
                         vanishes); without it the record is rejected

Everything is compiled once into functions from a record to a list of values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.intake.regions import Regions
from catalog.intake.steps import (
    MappingError,
    Problems,
    Step,
    Values,
    as_text,
    map_step,
    number_step,
    otherwise,
    strings,
    text_step,
    times_step,
    years,
)
from catalog.schema import FieldSpec, Schemas

Fields = Mapping[str, Any]
Getter = Callable[[Fields, Problems], Values]

SOURCES = ("column", "path")
_TEXT_STEPS = ("split", "match", "join", "prefix", "suffix")
_STEPS = (*_TEXT_STEPS, "map", "vocabulary", "region", "year", "times")
_PATH = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(slots=True)
class Compiler:
    """What compiling needs to know, and the columns that it has come across."""

    schemas: Schemas
    columns: set[str] = field(default_factory=set)
    _regions: Regions | None = None

    def value(self, spec: Mapping[str, Any], place: str, target: FieldSpec) -> Getter:
        """The function for one value expression. Raises MappingError naming `place`."""
        known = (*SOURCES, *_STEPS, "otherwise")
        for key in spec:
            if key not in known:
                raise MappingError(f"{place}: there is no step {key!r}; there are {', '.join(known)}")
        source = self._source(spec, place)
        steps = [self._step(key, spec, place) for key in spec if key in _STEPS]
        if target.vocabulary and not {"vocabulary", "map"} & spec.keys():
            steps.append(self._lookup(target.vocabulary, spec, place))
        if target.type in ("integer", "number"):
            steps.append(number_step(target.type, otherwise(spec, place)))
        elif target.type != "boolean":
            steps.append(as_text)
        return _chain(source, steps)

    def _source(self, spec: Mapping[str, Any], place: str) -> Callable[[Fields], Values]:
        kinds = [key for key in SOURCES if key in spec]
        if len(kinds) != 1:
            raise MappingError(f"{place}: needs either column or path, to say where the value comes from")
        given = spec[kinds[0]]
        names = given if isinstance(given, list) else [given]
        if not names or not all(isinstance(name, str) and name for name in names):
            raise MappingError(f"{place}.{kinds[0]}: must be a name or a list of names, numbers in quotes")
        if kinds[0] == "path":
            return _from_paths(names)
        self.columns.update(names)
        return _from_columns(names)

    def _step(self, key: str, spec: Mapping[str, Any], place: str) -> Step:
        argument = spec[key]
        if key in _TEXT_STEPS:
            return text_step(key, argument, f"{place}.{key}")
        if key == "map":
            return map_step(argument, place, otherwise(spec, place))
        if key == "vocabulary":
            return self._lookup(argument, spec, place)
        if key == "times":
            return times_step(argument, place)
        return self._region() if key == "region" else years

    def _lookup(self, name: Any, spec: Mapping[str, Any], place: str) -> Step:
        if name not in self.schemas.vocabularies:
            raise MappingError(f"{place}.vocabulary: there is no vocabulary {name!r}")
        vocabulary = self.schemas.vocabulary(name)
        unknown = otherwise(spec, place)

        def one(value: Any, problems: Problems) -> Any:
            term = vocabulary.find(str(value))
            return term.code if term else unknown(value, f"词表 {name} ", f"vocabulary {name}", problems)

        def step(values: Values, problems: Problems) -> Values:
            return [code for value in values if (code := one(value, problems)) is not None]

        return step

    def _region(self) -> Step:
        if self._regions is None:
            self._regions = Regions(self.schemas.vocabulary("region"))
        regions = self._regions

        def step(values: Values, _: Problems) -> Values:
            code = regions.code("".join(str(value) for value in values))
            return [code] if code else []

        return step


def follow(path: str) -> Callable[[Fields], Any]:
    """The function that looks `path` up in nested objects and lists; None where it leads nowhere."""
    parts = [int(index) if index else name for name, index in _PATH.findall(path)]

    def get(fields: Fields) -> Any:
        value: Any = fields
        for part in parts:
            if isinstance(part, int):
                value = value[part] if isinstance(value, list) and part < len(value) else None
            else:
                value = value.get(part) if isinstance(value, Mapping) else None
        return value

    return get


def _from_columns(names: Sequence[str]) -> Callable[[Fields], Values]:
    if len(names) == 1:
        only = names[0]
        return lambda fields: strings(fields.get(only))
    return lambda fields: [value for name in names for value in strings(fields.get(name))]


def _from_paths(paths: Sequence[str]) -> Callable[[Fields], Values]:
    getters = [follow(path) for path in paths]
    return lambda fields: [value for get in getters for value in strings(get(fields))]


def _chain(source: Callable[[Fields], Values], steps: Sequence[Step]) -> Getter:
    def get(fields: Fields, problems: Problems) -> Values:
        values = source(fields)
        for step in steps:
            if not values:
                break
            values = step(values, problems)
        return values

    return get
