from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_room import KEPT, sent

from recommend.events import Event, Rejection, check, check_all

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
        ({"consent": ...}, "consent"), ({"at": "yesterday"}, "at"), ({"at": "2026-11-26T12:00:00"}, "at"),
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
