"""How one value is made from the columns of a record: where it comes from and the steps that it passes through.

A value is written as `{column: NAME}` or `{path: a.b[0]}` (into nested JSON), each with one name or a list of them,
followed by steps, which are applied in the order written:

    split: "、"          one value becomes several; also a list of separators
    match: REGEX         keeps its first group; a value that does not match vanishes
    map: {text: code}    replaces texts
    vocabulary: NAME     text to code; taken from the schema where the field has a vocabulary
    region: true         address, from the province down, to GB/T 2260 code
    year: true           a year or ISO date to a year in EDTF
    times: NUMBER        multiplies
    join: SEPARATOR      several values become one
    prefix, suffix: TEXT
    otherwise: VALUE     instead of what `map` or `vocabulary` do not know (null: it vanishes); without it the record
                         is rejected

Everything is compiled once into functions from a record to a list of values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.intake.records import IntakeError
from catalog.intake.regions import Regions
from catalog.schema import FieldSpec, Problem, Schemas

Fields = Mapping[str, Any]
Problems = list[Problem]
Values = list[Any]
Getter = Callable[[Fields, Problems], Values]
Step = Callable[[Values, Problems], Values]

SOURCES = ("column", "path")
_STEPS = ("split", "match", "map", "vocabulary", "region", "year", "times", "join", "prefix", "suffix")
_PATH = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_YEAR = re.compile(r"(-?\d{1,4})(?:-\d{2}){0,2}")
_WHOLE = re.compile(r"-?\d{1,18}(?:\.0+)?")
_REAL = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")


class MappingError(IntakeError):
    """A mapping says something that has no meaning; the message names the place."""

    title = "Mapping refused"


@dataclass(slots=True)
class Compiler:
    """What compiling needs to know, and the columns that it has come across."""

    schemas: Schemas
    columns: dict[str, str] = field(default_factory=dict)
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
            steps.append(_numeric(target.type, spec, place))
        return _chain(source, steps)

    def _source(self, spec: Mapping[str, Any], place: str) -> Callable[[Fields], Values]:
        kinds = [key for key in SOURCES if key in spec]
        if len(kinds) != 1:
            raise MappingError(f"{place}: needs either column or path, to say where the value comes from")
        given = spec[kinds[0]]
        names = given if isinstance(given, list) else [given]
        if not names or not all(isinstance(name, str) and name for name in names):
            raise MappingError(
                f"{place}.{kinds[0]}: must be a name or a list of names (put numbers in quotes)"
            )
        if kinds[0] == "path":
            return _from_paths(names)
        for name in names:
            self.columns.setdefault(name, place)
        return _from_columns(names)

    def _step(self, key: str, spec: Mapping[str, Any], place: str) -> Step:
        argument = spec[key]
        if key in ("split", "match", "join", "prefix", "suffix"):
            return _text_step(key, argument, f"{place}.{key}")
        if key == "map":
            return _mapped(argument, spec, place)
        if key == "vocabulary":
            return self._lookup(argument, spec, place)
        if key == "times":
            return lambda values, _: [_product(value, argument) for value in values]
        return self._region() if key == "region" else lambda values, _: _years(values)

    def _lookup(self, name: str, spec: Mapping[str, Any], place: str) -> Step:
        vocabulary = self.schemas.vocabulary(name)
        otherwise = _otherwise(spec)

        def step(values: Values, problems: Problems) -> Values:
            codes = []
            for value in values:
                term = vocabulary.find(str(value))
                codes.append(
                    term.code if term else otherwise(value, f"词表 {name}", f"vocabulary {name}", problems)
                )
            return [code for code in codes if code is not None]

        return _named(step, place)

    def _region(self) -> Step:
        if self._regions is None:
            self._regions = Regions(self.schemas.vocabulary("region"))
        regions = self._regions

        def step(values: Values, _: Problems) -> Values:
            code = regions.code("".join(str(value) for value in values))
            return [code] if code else []

        return step


def strings(value: Any) -> Values:
    """The values in a cell: a list gives each of its entries, empty ones vanish, texts lose their outer blanks."""
    if isinstance(value, str):
        text = value.strip()
        return [text] if text else []
    if isinstance(value, list):
        return [entry for part in value for entry in strings(part)]
    return [] if value is None or isinstance(value, dict) else [value]


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
    if not steps:
        return lambda fields, _: source(fields)

    def get(fields: Fields, problems: Problems) -> Values:
        values = source(fields)
        for step in steps:
            if not values:
                break
            values = step(values, problems)
        return values

    return get


def _text_step(key: str, argument: Any, place: str) -> Step:
    if key == "split":
        separators = argument if isinstance(argument, list) else [argument]
        pattern = re.compile("|".join(re.escape(str(separator)) for separator in separators))
        return lambda values, _: [part for value in values for part in strings(pattern.split(str(value)))]
    if not isinstance(argument, str):
        raise MappingError(f"{place}: must be text")
    if key == "match":
        return _matching(argument, place)
    if key == "join":
        return lambda values, _: [argument.join(str(value) for value in values)]
    if key == "prefix":
        return lambda values, _: [f"{argument}{value}" for value in values]
    return lambda values, _: [f"{value}{argument}" for value in values]


def _matching(argument: str, place: str) -> Step:
    try:
        pattern = re.compile(argument)
    except re.error as error:
        raise MappingError(f"{place}: {argument!r} is not a regular expression: {error}") from error
    if pattern.groups < 1:
        raise MappingError(f"{place}: {argument!r} needs a group in parentheses, the part to keep")

    def step(values: Values, _: Problems) -> Values:
        found = (pattern.search(str(value)) for value in values)
        return [text for match in found if match for text in strings(match[1])]

    return step


def _mapped(argument: Any, spec: Mapping[str, Any], place: str) -> Step:
    if not isinstance(argument, dict):
        raise MappingError(f"{place}.map: must be an object of texts and what stands for them")
    table = {str(key): value for key, value in argument.items()}
    otherwise = _otherwise(spec)

    def step(values: Values, problems: Problems) -> Values:
        found = [
            table[text]
            if (text := str(value)) in table
            else otherwise(value, "对照表", "table of the mapping", problems)
            for value in values
        ]
        return [
            entry
            for value in found
            for entry in (value if isinstance(value, list) else [value])
            if entry is not None
        ]

    return _named(step, place)


def _otherwise(spec: Mapping[str, Any]) -> Callable[[Any, str, str, Problems], Any]:
    if "otherwise" in spec:
        fixed = spec["otherwise"]
        return lambda value, zh, en, problems: fixed

    def complain(value: Any, zh: str, en: str, problems: Problems) -> None:
        shown = str(value)[:100]
        problems.append(Problem("", f"“{shown}”不在{zh}中", f"{shown!r} is not in the {en}"))

    return complain


def _named(step: Step, place: str) -> Step:
    """The step with its complaints naming the schema's field rather than nothing."""
    path = re.sub(r"\[\d+\]", "", place).removeprefix("fields.")

    def named(values: Values, problems: Problems) -> Values:
        mine: Problems = []
        result = step(values, mine)
        problems.extend(Problem(path, problem.zh, problem.en, problem.hint) for problem in mine)
        return result

    return named


def _numeric(kind: str, spec: Mapping[str, Any], place: str) -> Step:
    pattern, convert = (
        (_WHOLE, lambda text: int(text.partition(".")[0])) if kind == "integer" else (_REAL, float)
    )
    otherwise = _otherwise(spec)

    def step(values: Values, problems: Problems) -> Values:
        numbers = [
            convert(text)
            if pattern.fullmatch(text := str(value))
            else otherwise(value, "数字", "set of numbers", problems)
            for value in values
        ]
        return [number for number in numbers if number is not None]

    return _named(step, place)


def _product(value: Any, factor: float) -> Any:
    return f"{float(value) * factor:.10g}" if _REAL.fullmatch(str(value)) else value


def _years(values: Values) -> Values:
    found = (_YEAR.fullmatch(str(value)) for value in values)
    return [f"{'-' * (year < 0)}{abs(year):04d}" for match in found if match for year in [int(match[1])]]
