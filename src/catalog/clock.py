"""The time and the names that new rows get."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ulid import ULID

_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)


def now() -> datetime:
    """The current time, in UTC, to the microsecond."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new ULID: 26 characters that sort by time of making."""
    return str(ULID())


def is_id(text: str) -> bool:
    """Whether a text is written as the names of new rows are; no row has another one."""
    return _ULID.fullmatch(text) is not None
