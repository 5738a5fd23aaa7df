"""What is wrong with a field, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: the field's path (`titles[0].value`), the reason in two languages, what to do."""

    field: str
    zh: str
    en: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.zh} ({self.en})"


# By the type of pydantic's error; the braces are filled from the error's context.
_MESSAGES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少必填字段", "this required field is missing"),
    "extra_forbidden": ("没有这个字段", "there is no such field in the schema"),
    "string_type": ("应为文字", "must be text"),
    "string_unicode": ("含有无效字符", "contains characters that are not valid Unicode"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("超过 {max_length} 个字", "is longer than {max_length} characters"),
    "string_pattern_mismatch": ("格式不符：{pattern}", "does not match the pattern {pattern}"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_type": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数", "must be a finite number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "list_type": ("应为列表", "must be a list"),
    "too_long": ("超过 {max_length} 项", "has more than {max_length} entries"),
    "too_short": ("至少要有一项", "needs at least one entry"),
    "dict_type": ("应为含字段的对象", "must be an object with fields"),
    "model_type": ("应为含字段的对象", "must be an object with fields"),
    "greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "less_than_equal": ("不能大于 {le}", "must be at most {le}"),
}


def from_error(error: ErrorDetails) -> Problem:
    """A problem from one of pydantic's errors; our own checks carry `zh` and `en` in their context."""
    context: Mapping[str, Any] = error.get("ctx", {})
    at = context.get("at")
    field = path((*error["loc"], at) if at else error["loc"])
    if "zh" in context:
        return Problem(field, context["zh"], context["en"], context.get("hint"))
    zh, en = _MESSAGES.get(error["type"], ("数据无效", error["msg"]))
    return Problem(field, zh.format(**context), en.format(**context))


def path(location: tuple[int | str, ...]) -> str:
    """`("titles", 0, "value")` as `titles[0].value`."""
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return written.removeprefix(".")
