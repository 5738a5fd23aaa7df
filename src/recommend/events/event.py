"""Events: what readers did with resources. Each is checked by itself; what is accepted is on disk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from recommend.reasons import ReasonType
from recommend.request import Strategy

MAX_BATCH = 1000
# A clock that is so much ahead is taken for right, and its event for one of now.
SKEW = timedelta(minutes=5)
# What is no pseudonym as a whole: digits alone, an address of e-mail.
_PERSONAL = re.compile(r"\+?[\d-]{7,20}|[1-9]\d{16}[\dXx]|.*@.*")
# What a mobile number of China and an identity card (GB 11643: region, date of birth, serial and check digit) look like
# within a longer name.
_NUMBERS = re.compile(
    r"(?<!\d)(?:00)?(?:86)?[-._:]?1[3-9]\d[-._:]?\d{4}[-._:]?\d{4}(?!\d)"
    r"|(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)",
    re.IGNORECASE,
)
# What is drawn at random, a UUID or 16 hexadecimal digits and more that are not digits alone, has such numbers by chance.
_RANDOM = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{16,})(?![0-9a-z])",
    re.IGNORECASE,
)
_ID = r"[A-Za-z0-9][A-Za-z0-9._:-]*"


class EventType(StrEnum):
    """What a reader did. `impression`: was shown it in a list of recommendations."""

    VIEWED = "viewed"
    OPENED = "opened"
    BORROWED = "borrowed"
    SAVED = "saved"
    RATED = "rated"
    DISMISSED = "dismissed"
    IMPRESSION = "impression"


# What says that a reader cares for a resource.
USES = (EventType.VIEWED, EventType.OPENED, EventType.BORROWED, EventType.SAVED, EventType.RATED)
# A rating below says the contrary.
LIKED_FROM = 3.0


def _pseudonymous(value: str) -> str:
    if _PERSONAL.fullmatch(value) or _NUMBERS.search(_RANDOM.sub(" ", value)):
        raise ValueError("looks like a number or an address of a person: send a pseudonym")
    return value


# What was once taken for a pseudonym can be named for deletion, whatever it looks like.
Name = Annotated[str, Field(min_length=16, max_length=128, pattern=f"^{_ID}$")]
Pseudonym = Annotated[Name, AfterValidator(_pseudonymous)]


def _with_a_zone(value: object) -> object:
    if not isinstance(value, (str, datetime)) or (isinstance(value, str) and ":" not in value):
        raise ValueError("write a time as text, with its zone: 2026-11-26T20:00:00+08:00")
    return value


class Event(BaseModel):
    """One event as it is sent. `subject` is a pseudonym that the app made, `session` one that ends with the visit.

    The session is not kept: an event without a subject is counted as nobody's.
    Whoever knows a pseudonym can ask for what is recommended to it: make it at random, and keep it secret.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    id: str = Field(
        min_length=8, max_length=64, pattern=f"^{_ID}$", examples=["6f1f0c5e-8a53-4d54-9e0f-1c2d3e4f5a6b"]
    )
    type: EventType
    resource: str = Field(pattern="^[0-9A-HJKMNP-TV-Z]{26}$", examples=["01JF8Z6Q3V7W9X2Y4B5C6D7E8F"])
    subject: Pseudonym | None = Field(None, description="Needs `consent`: true.")
    session: Pseudonym | None = Field(
        None, description="In place of a subject, without consent: the event counts, and is nobody's."
    )
    consent: bool = Field(False, strict=True, description="The reader agreed to a profile of what they use.")
    at: Annotated[AwareDatetime, BeforeValidator(_with_a_zone)] | None = Field(
        None,
        description="When it happened; now by default. Of a subject whose events were deleted it must be said.",
    )
    request_id: str | None = Field(None, pattern="^[0-9A-HJKMNP-TV-Z]{26}$")
    strategy: Strategy | None = Field(None, description="Of the list that it was shown in.")
    reason: ReasonType | None = Field(None, description="Why it was in the list.")
    value: float | None = Field(None, strict=True, ge=1, le=5, description="Of a rating.")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the event at this place of the batch was not taken."""

    index: int
    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class NotJson:
    """What stands in place of an event that could not be read, and why."""

    problem: str


def check(given: Any, index: int, now: datetime, kept: timedelta) -> Event | Rejection:
    """The event, no later than now, or what is wrong with it first. `kept`: how long events are kept."""
    if isinstance(given, NotJson):
        return Rejection(index, "", f"is not JSON: {given.problem}")
    if not isinstance(given, Mapping):
        return Rejection(index, "", "an event is a JSON object")
    try:
        event = Event.model_validate(given)
    except ValidationError as error:
        fault = error.errors()[0]
        return Rejection(index, ".".join(map(str, fault["loc"])), fault["msg"].removeprefix("Value error, "))
    if event.subject is None and event.session is None:
        return Rejection(index, "subject", "give a subject, with consent, or a session")
    if event.subject is not None and not event.consent:
        return Rejection(index, "consent", "a subject's event needs the reader's consent: true")
    if (event.value is None) != (event.type is not EventType.RATED):
        return Rejection(index, "value", "a rating has a value from 1 to 5, and nothing else has")
    if event.at is None:
        return event
    try:
        at = event.at.astimezone(UTC)
    except OverflowError:
        return Rejection(index, "at", "is no time that a calendar has")
    if at > now + SKEW:
        return Rejection(index, "at", "is in the future: the sender's clock is ahead")
    if at < now - kept:
        return Rejection(index, "at", f"is too long ago: events are kept for {kept.days} days")
    return event.model_copy(update={"at": min(at, now)})


def check_all(
    given: Sequence[Any], now: datetime, kept: timedelta, *, of_readers: bool = True
) -> tuple[list[tuple[int, Event]], list[Rejection]]:
    """The sound events of a batch with their places, and what is wrong with the others.

    Those of subjects are taken only from a sender that may speak `of_readers`.
    """
    verdicts = [check(one, index, now, kept) for index, one in enumerate(given)]
    if not of_readers:
        verdicts = [
            Rejection(index, "subject", "needs the events key")
            if isinstance(one, Event) and one.subject
            else one
            for index, one in enumerate(verdicts)
        ]
    sound = [(index, verdict) for index, verdict in enumerate(verdicts) if isinstance(verdict, Event)]
    return sound, [verdict for verdict in verdicts if isinstance(verdict, Rejection)]
