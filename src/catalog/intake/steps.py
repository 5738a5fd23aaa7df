"""The steps that values pass through on their way from a column to a field; see `transforms`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.edtf import astronomical, format_edtf
from catalog.intake.records import IntakeError
from catalog.schema import Problem

Problems = list[Problem]
Values = list[Any]
Step = Callable[[Values, Problems], Values]
# What stands for a value that a table does not know, given the table's name in Chinese and English.
Otherwise = Callable[[Any, str, str, Problems], Any]

_YEAR = re.compile(r"(-?\d{1,4})(?:-\d{2}){0,2}")
_WHOLE = re.compile(r"-?\d{1,18}(?:\.0+)?")
_REAL = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")


class MappingError(IntakeError):
    """A mapping says something that has no meaning; the message names the place."""

    title = "Mapping refused"


def strings(value: Any) -> Values:
    """The values in a cell: all of a list, without empty ones, texts without their outer blanks."""
    if isinstance(value, str):
        text = value.strip()
        return [text] if text else []
    if isinstance(value, list):
        return [entry for part in value for entry in strings(part)]
    return [] if value is None or isinstance(value, dict) else [value]


def text_step(key: str, argument: Any, place: str) -> Step:
    """The step `split`, `match`, `join`, `prefix` or `suffix`. Raises MappingError."""
    if key == "split":
        return _split(argument, place)
    if not isinstance(argument, str):
        raise MappingError(f"{place}: must be text")
    if key == "match":
        return _match(argument, place)
    if key == "join":
        return lambda values, _: [argument.join(str(value) for value in values)]
    if key == "prefix":
        return lambda values, _: [f"{argument}{value}" for value in values]
    return lambda values, _: [f"{value}{argument}" for value in values]


def map_step(argument: Any, place: str, otherwise: Otherwise) -> Step:
    """The step `map`; a text may stand for several values. Raises MappingError."""
    if not isinstance(argument, dict):
        raise MappingError(f"{place}.map: must be an object of texts and what stands for them")
    table = {str(key): value for key, value in argument.items()}

    def one(value: Any, problems: Problems) -> Values:
        text = str(value)
        found = table[text] if text in table else otherwise(value, "对照表", "table of the mapping", problems)
        return [entry for entry in (found if isinstance(found, list) else [found]) if entry is not None]

    return lambda values, problems: [entry for value in values for entry in one(value, problems)]


def number_step(kind: str, otherwise: Otherwise) -> Step:
    """Texts to whole ("integer") or real numbers."""
    pattern = _WHOLE if kind == "integer" else _REAL

    def one(value: Any, problems: Problems) -> Any:
        text = str(value)
        if not pattern.fullmatch(text):
            return otherwise(value, "数字之列", "set of numbers", problems)
        return int(text.partition(".")[0]) if kind == "integer" else float(text)

    def step(values: Values, problems: Problems) -> Values:
        return [number for value in values if (number := one(value, problems)) is not None]

    return step


def times_step(factor: Any, place: str) -> Step:
    """The step `times`; what is no number stays as it is, for a later complaint. Raises MappingError."""
    if not isinstance(factor, int | float) or isinstance(factor, bool):
        raise MappingError(f"{place}.times: must be a number")
    return lambda values, _: [
        f"{float(value) * factor:.10g}" if _REAL.fullmatch(str(value)) else value for value in values
    ]


def years(values: Values, _: Problems) -> Values:
    """The step `year`. Museums count as historians do, EDTF astronomically: 206 BC is -0205 there."""
    found = (_YEAR.fullmatch(str(value)) for value in values)
    counted = [astronomical(int(match[1])) for match in found if match and int(match[1])]
    return [format_edtf(year, year) for year in counted]


def as_text(values: Values, _: Problems) -> Values:
    """Numbers of JSON as text, for a field that holds text."""
    return [value if isinstance(value, str) else str(value) for value in values]


def otherwise(spec: Mapping[str, Any], place: str) -> Otherwise:
    """What `otherwise` in a value expression says; without it a complaint about the field at `place`."""
    if "otherwise" in spec:
        fixed = spec["otherwise"]
        return lambda value, zh, en, problems: fixed
    path = re.sub(r"\[\d+\]", "", place).removeprefix("fields.")

    def complain(value: Any, zh: str, en: str, problems: Problems) -> None:
        shown = str(value)[:100]
        problems.append(Problem(path, f"“{shown}”不在{zh}中", f"{shown!r} is not in the {en}"))

    return complain


def _split(argument: Any, place: str) -> Step:
    separators = argument if isinstance(argument, list) else [argument]
    if not separators or not all(isinstance(separator, str) and separator for separator in separators):
        raise MappingError(f"{place}: must be a separator or a list of separators")
    pattern = re.compile("|".join(re.escape(separator) for separator in separators))
    return lambda values, _: [part for value in values for part in strings(pattern.split(str(value)))]


def _match(argument: str, place: str) -> Step:
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
