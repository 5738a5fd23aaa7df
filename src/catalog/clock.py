"""The time and the names that new rows get."""

from __future__ import annotations

from datetime import UTC, datetime

from ulid import ULID


def now() -> datetime:
    """The current time, in UTC, to the microsecond."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new ULID: 26 characters that sort by time of making."""
    return str(ULID())
