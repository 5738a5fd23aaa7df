from __future__ import annotations

from typing import Any

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.asked import Asked
from recommend.curation import Curated
from recommend.readers import History, Reader
from recommend.request import Context, Request

ITEM = Resource(1, "1" * 26, "book", "nlc", State.PUBLISHED, 1, {}, now(), now())
READ = History(
    used=(20, 21), seen=frozenset((20, 21, 22)), unwanted=frozenset((30,)), ignored=frozenset((40,))
)


def asked(item: Resource | None, **more: Any) -> Asked:
    request = Request(Context.ITEM, item.id) if item else Request()
    return Asked(request, item, Reader(), READ, (10, 20), Curated(), **more)


def test_beside_a_resource_that_one_leads_and_what_was_read_stays_away() -> None:
    beside = asked(ITEM, members=(2, 3))
    assert beside.leads == (1, 2, 3)
    assert {1, 2, 3, 10, 20, 21, 30} == {*beside.away}
    assert beside.hidden == {1, 2, 3, 10, 20, 21, 22, 30, 40}


def test_elsewhere_what_was_read_leads_this_visit_first() -> None:
    assert asked(None).leads == (10, 20, 21)


def test_what_is_to_be_let_be_leads_to_nothing_and_is_not_shown() -> None:
    found = asked(None, let_be=frozenset((10, 21)))
    assert found.leads == (20,)
    assert {10, 21} <= {*found.away}


def test_a_collection_that_was_read_leads_with_what_belongs_to_it_each_number_once() -> None:
    found = asked(None).led_by({}, {10: (2, 20, 3)}, ())
    assert found.interests == ((10, 2, 20, 3), (20,), (21,))
    assert found.leads == (10, 2, 20, 3, 21)
    assert found.collection_of == {2: 10, 3: 10}
    assert {2, 3}.isdisjoint(found.away)


def test_the_strategy_names_what_leads_and_not_what_is_lost() -> None:
    assert asked(ITEM).strategy == "item"
    assert asked(None).strategy == "personal"
    assert asked(None).led_by({}, {}, (20, 21)).strategy == "session"
    assert asked(None).led_by({}, {}, (10, 20, 21)).strategy == "general"
