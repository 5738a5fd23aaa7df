"""How the schema's objects and lists are made from the columns of a record.

An object is written with the schema's field names; each of them holds a constant, a value expression (see
`transforms`) or a further object. Two keys are special: `date: {column: …}` reads a written date and fills
in edtf, display, dynasty, reign and certainty; `for: PATH` makes one object for each entry of a nested
list, with the names in that entry at hand beside those of the record.

Where a value expression gives several values, a field that holds a list takes them all, and a list of
objects gets one object for each: number n takes value n of every expression, or its only value. A field
that holds one value takes the first. An object that lacks a field the schema requires, or whose expressions
are all empty, vanishes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from catalog.dates import parse_chinese_date
from catalog.intake.steps import MappingError, Problems, Values
from catalog.intake.transforms import SOURCES, Compiler, Fields, Getter, follow
from catalog.schema import FieldSpec

Document = dict[str, Any]
DocumentMaker = Callable[[Fields, Problems], Document]
# Name, whether the schema has a list there, and the function that finds the values.
_Part = tuple[str, bool, Getter]
_SPECIAL = ("date", "for")


def compile_fields(
    specs: Mapping[str, Any], targets: Mapping[str, FieldSpec], compiler: Compiler
) -> DocumentMaker:
    """The function that makes the document. Raises MappingError naming the place of what has no meaning."""
    makers = []
    for name, spec in specs.items():
        place = f"fields.{name}"
        target = known_field(name, targets, place)
        makers.append((name, target.many, _field(spec, place, target, compiler)))

    def make(fields: Fields, problems: Problems) -> Document:
        document: Document = {}
        for name, many, get in makers:
            if values := get(fields, problems):
                document[name] = values if many else values[0]
        return document

    return make


def known_field(name: str, targets: Mapping[str, FieldSpec], place: str) -> FieldSpec:
    """The schema's field of this name, if a mapping may fill it in. Raises MappingError."""
    target = targets.get(name)
    if target is None:
        near = difflib.get_close_matches(name, targets, n=1)
        raise MappingError(
            f"{place}: the schema has no such field; "
            + (f"did you mean {near[0]}?" if near else f"it has {_list(targets)}")
        )
    if target.managed:
        raise MappingError(f"{place}: this field is set by the system; leave it out")
    return target


def _field(spec: Any, place: str, target: FieldSpec, compiler: Compiler) -> Getter:
    if not isinstance(spec, list):
        return _entry(spec, place, target, compiler)
    if not target.many:
        raise MappingError(f"{place}: the field holds one value, not a list")
    entries = [_entry(entry, f"{place}[{number}]", target, compiler) for number, entry in enumerate(spec)]
    return lambda fields, problems: [value for get in entries for value in get(fields, problems)]


def _entry(spec: Any, place: str, target: FieldSpec, compiler: Compiler) -> Getter:
    if target.fields:
        if not isinstance(spec, dict):
            raise MappingError(f"{place}: must be an object with the fields {_list(target.fields)}")
        return _object(spec, place, target, compiler)
    if isinstance(spec, dict):
        return compiler.value(spec, place, target)
    return _constant(spec, place, target, compiler)


def _constant(value: Any, place: str, target: FieldSpec, compiler: Compiler) -> Getter:
    if target.vocabulary and compiler.schemas.vocabulary(target.vocabulary).get(str(value)) is None:
        raise MappingError(f"{place}: {value!r} is not a code of the vocabulary {target.vocabulary}")
    values = [value]
    return lambda fields, problems: values


def _object(spec: Mapping[str, Any], place: str, target: FieldSpec, compiler: Compiler) -> Getter:
    constant: Document = {}
    parts: list[_Part] = []
    for name, says in spec.items():
        if name in _SPECIAL:
            continue
        field = known_field(name, target.fields, f"{place}.{name}")
        get = _field(says, f"{place}.{name}", field, compiler)
        if _varies(says):
            parts.append((name, field.many, get))
        elif values := get({}, []):
            constant[name] = values if field.many else values[0]
    required = frozenset(name for name, field in target.fields.items() if field.required)
    date = _date(spec["date"], f"{place}.date", target, compiler) if "date" in spec else None
    build = _builder(constant, parts, required, date)
    return _for_each(spec["for"], place, build) if "for" in spec else build


def _builder(
    constant: Document, parts: Sequence[_Part], required: frozenset[str], date: Getter | None
) -> Getter:
    def build(fields: Fields, problems: Problems) -> Values:
        dates = date(fields, problems) if date else []
        found = [(name, many, values) for name, many, get in parts if (values := get(fields, problems))]
        if not dates and not found and (parts or date):
            return []
        count = max([1, len(dates), *(len(values) for _, many, values in found if not many)])
        objects = []
        for place in range(count):
            entry: Document = {**constant, **(_at(dates, place) or {})}
            for name, many, values in found:
                if (value := values if many else _at(values, place)) is not None:
                    entry[name] = value
            if required <= entry.keys():
                objects.append(entry)
        return objects

    return build


def _at(values: Values, place: int) -> Any:
    if place < len(values):
        return values[place]
    return values[0] if len(values) == 1 else None


def _varies(spec: Any) -> bool:
    """Whether a value comes from the record at all."""
    if isinstance(spec, list):
        return any(_varies(entry) for entry in spec)
    return isinstance(spec, dict) and (
        any(key in spec for key in SOURCES) or any(map(_varies, spec.values()))
    )


def _date(spec: Any, place: str, target: FieldSpec, compiler: Compiler) -> Getter:
    if "edtf" not in target.fields or "display" not in target.fields:
        raise MappingError(f"{place}: only a date object can be made from a written date")
    if not isinstance(spec, dict):
        raise MappingError(f"{place}: must be a value expression such as {{column: 时代}}")
    get = compiler.value(spec, place, target.fields["display"])
    return lambda fields, problems: [written_date(str(value)) for value in get(fields, problems)]


@lru_cache(maxsize=10_000)
def written_date(text: str) -> Mapping[str, Any]:
    """The parts of a date object that a written date gives; only `display` if it cannot be understood."""
    parsed = parse_chinese_date(text)
    if parsed is None:
        return {"display": text}
    return {name: value for name, value in asdict(parsed).items() if value is not None}


def _for_each(path: Any, place: str, build: Getter) -> Getter:
    if not isinstance(path, str):
        raise MappingError(f"{place}.for: must be the path of a list")
    find = follow(path)

    def every(fields: Fields, problems: Problems) -> Values:
        entries = find(fields)
        inner = entries if isinstance(entries, list) else []
        return [
            value
            for entry in inner
            if isinstance(entry, dict)
            for value in build({**fields, **entry}, problems)
        ]

    return every


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
