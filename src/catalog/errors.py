"""The errors that domain code raises. Each says in one plain sentence what is wrong and what to do next."""

from __future__ import annotations


class WenmaiError(Exception):
    """Base of all errors that a user can cause or mend; `status` is the HTTP status the portal answers with."""

    status = 400
    title = "Request refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(WenmaiError):
    """What was named does not exist."""

    status = 404
    title = "Not found"


class Gone(WenmaiError):
    """What was named was destroyed; only its tombstone is left."""

    status = 410
    title = "Gone"


class Conflict(WenmaiError):
    """The state of things does not allow what was asked."""

    status = 409
    title = "Conflict"


class Unavailable(WenmaiError):
    """Something that the answer needs is not there yet, an active index for example."""

    status = 503
    title = "Not available"
