from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reading_room import KEPT, sent

from recommend.events.event import Event, Rejection, check, check_all

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ID = "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"


def verdict(**changes: Any) -> Event | Rejection:
    return check(
        {name: value for name, value in (sent(ID) | changes).items() if value is not ...}, 7, NOW, KEPT
    )


def test_a_sound_event_is_taken_and_no_later_than_now() -> None:
    assert isinstance(verdict(), Event)
    ahead = verdict(at=(NOW + timedelta(minutes=3)).isoformat())
    assert isinstance(ahead, Event)
    assert ahead.at == NOW


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ...}, "id"), ({"id": "short"}, "id"), ({"id": "no spaces here"}, "id"), ({"type": "bought"}, "type"),
        ({"resource": "莫高窟"}, "resource"), ({"subject": "13800138000"}, "subject"),
        ({"subject": "11010119900307123X"}, "subject"), ({"subject": "someone@example.org"}, "subject"),
        ({"subject": "short"}, "subject"), ({"subject": ..., "consent": ...}, "subject"), ({"consent": False}, "consent"),
        ({"consent": ...}, "consent"), ({"at": "yesterday"}, "at"), ({"at": 1795816000}, "at"), ({"at": "1795816000"}, "at"), ({"at": "2026-11-26T12:00:00"}, "at"),
        ({"at": (NOW + timedelta(minutes=6)).isoformat()}, "at"), ({"at": (NOW - timedelta(days=401)).isoformat()}, "at"),
        ({"type": "rated"}, "value"), ({"type": "rated", "value": 6}, "value"), ({"value": 3}, "value"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"), ({"at": "9999-12-31T23:59:59-12:00"}, "at"), ({"consent": "yes"}, "consent"),
        ({"name": "张三"}, "name"), ({"request_id": "x"}, "request_id"), ({"reason": "因为"}, "reason"),
    ],
)  # fmt: skip
def test_a_wrong_event_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    found = verdict(**changes)
    assert isinstance(found, Rejection)
    assert (found.index, found.field) == (7, field)
    assert found.problem


@pytest.mark.parametrize(
    "name",
    [
        "user.13800138000.x", "user13800138000user", "wx-8613800138000-app", "reader:138-0013-8000", "a11010119900307423X",
        "card_110101199003074230_lib", "x11010119900307123x",
    ],
)  # fmt: skip
def test_a_number_of_a_person_is_found_within_a_longer_name(name: str) -> None:
    found = verdict(subject=name)
    assert isinstance(found, Rejection)
    assert (found.field, found.problem) == (
        "subject", "looks like a number or an address of a person: send a pseudonym",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "f3a91c77d0b24e65", "reader_a13800138000bcde", "a13800138000bcde", "reader-0a13800138000bbf4c1d2e3f40516273", "1e5a0b1c-1380-4138-8000-13800138000f",
        "member-20261126-0001", "reader-of-tests-0001", "order-1732612345678", "app.12345678901.abc",
        "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    ],
)  # fmt: skip
def test_what_is_random_or_another_number_is_a_pseudonym(name: str) -> None:
    assert isinstance(verdict(subject=name), Event)


@given(st.uuids(), st.binary(min_size=8, max_size=32))
def test_random_names_are_never_taken_for_numbers_of_persons(drawn: UUID, digest: bytes) -> None:
    for name in (str(drawn), f"reader-{digest.hex()}"):
        assume(any(letter in "abcdef" for letter in name.removeprefix("reader-")))
        assert isinstance(verdict(subject=name), Event)


def test_a_clock_that_is_a_little_ahead_is_taken_for_now() -> None:
    event = verdict(at=(NOW + timedelta(minutes=4)).isoformat())
    assert isinstance(event, Event)
    assert event.at == NOW


def test_a_visit_needs_no_consent() -> None:
    assert isinstance(verdict(subject=..., consent=..., session="visit-0123456789"), Event)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(anything | st.dictionaries(st.sampled_from(sorted(sent(ID))), anything), max_size=5))
def test_whatever_is_sent_gets_a_verdict_each(batch: list[Any]) -> None:
    sound, rejected = check_all(batch, NOW, KEPT)
    assert sorted([index for index, _ in sound] + [one.index for one in rejected]) == list(range(len(batch)))
