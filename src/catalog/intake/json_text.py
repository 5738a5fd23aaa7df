"""Reading one JSON object from outside; what a database or a page would stumble over is refused here."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from catalog.intake.records import unreadable
from catalog.schema import Problem

_DEEPEST = 100
_ESCAPED = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)


class BadJsonError(Exception):
    """The text is not an object that can be taken in; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en)
        self.problem = problem


def parse_object(text: str) -> dict[str, Any]:
    """The object that `text` holds.

    Raises BadJsonError for anything else, and for NaN, infinite numbers, lone surrogates and NUL characters.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        zh = f"第 {error.colno} 个字符处不是有效的 JSON"
        raise BadJsonError(
            unreadable(zh, f"not valid JSON at character {error.colno}: {error.msg}")
        ) from error
    except RecursionError as error:
        raise BadJsonError(unreadable("JSON 嵌套过深", "the JSON is nested too deeply")) from error
    except ValueError as error:
        raise BadJsonError(
            unreadable("含有无法使用的数字", f"contains a number that cannot be used ({error})")
        ) from error
    if not isinstance(value, dict):
        raise BadJsonError(
            unreadable("应为一个 JSON 对象", "must be one JSON object", 'write {"field": "value"}')
        )
    if text.count("[") + text.count("{") > _DEEPEST and _is_too_deep(value):
        raise BadJsonError(unreadable("JSON 嵌套过深", "the JSON is nested too deeply"))
    if _ESCAPED.search(text):
        _refuse_bad_text(value, "")
    return value


def _is_too_deep(value: Any) -> bool:
    """Whether what reads it level by level would reach its end; without doing so itself."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            entry
            for outer in level
            for entry in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(entry, dict | list)
        ]
        if not level:
            return False
    return True


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large")
    return number


def _refuse_bad_text(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            _refuse_bad_text(key, path)
            _refuse_bad_text(entry, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            _refuse_bad_text(entry, f"{path}[{place}]")
    elif isinstance(value, str):
        _refuse_bad_string(value, path)


def _refuse_bad_string(text: str, path: str) -> None:
    safe_path = path.encode("utf-8", "replace").decode()
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        problem = unreadable(
            "含有不成对的代理字符", "contains a lone surrogate (\\ud800-\\udfff)", field=safe_path
        )
        raise BadJsonError(problem)
    if "\0" in text:
        raise BadJsonError(unreadable("含有 NUL 字符", "contains the character \\u0000", field=safe_path))
