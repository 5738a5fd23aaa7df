from __future__ import annotations

import threading
from collections.abc import Mapping
from unittest.mock import Mock

import pytest
from support import Catalogue, add, wait

from search.embedded.layout import Layout
from search.query import Filters
from search.service import SearchService
from search.used_titles import NO_USE, UsedTitles


class Uses:
    """What is used, as it may change."""

    def __init__(self) -> None:
        self.now: Mapping[int, float] = NO_USE

    def __call__(self) -> Mapping[int, float]:
        return self.now


@pytest.fixture
def uses() -> Uses:
    return Uses()


@pytest.fixture
def used(shelf: Catalogue, uses: Uses) -> UsedTitles:
    layout = Layout(shelf.specification.analyzer, shelf.specification.pinyin)
    return UsedTitles(shelf.database, layout.completion_keys, uses)


def numbers(shelf: Catalogue) -> dict[str, int]:
    return {item.resource.title: item.resource.number for item in shelf.ask(size=50).items}


def test_used_titles_are_found_by_characters_pinyin_and_initials_the_most_used_first(
    shelf: Catalogue, uses: Uses, used: UsedTitles
) -> None:
    of = numbers(shelf)
    uses.now = {of["云冈石窟"]: 0.5, of["莫高窟"]: 1.0, of["敦煌壁画"]: 0.7, of["敦煌壁畫"]: 0.9}
    used.read()
    for typed in ("云", "yungang", "ygsk"):
        assert used.beginning([typed], 5) == [of["云冈石窟"]]
    assert used.beginning(["敦煌"], 5) == [of["敦煌壁畫"], of["敦煌壁画"]]
    assert used.beginning(["敦煌", "mogao"], 1) == [of["莫高窟"]]
    assert used.beginning(["石窟"], 5) == []


def test_what_came_into_use_is_read_in_the_background(shelf: Catalogue, uses: Uses, used: UsedTitles) -> None:
    of = numbers(shelf)
    assert used.beginning(["莫"], 5) == []
    uses.now = {of["莫高窟"]: 1.0}
    wait(lambda: used.beginning(["莫"], 5) == [of["莫高窟"]])
    uses.now = NO_USE
    wait(lambda: used.beginning(["莫"], 5) == [])


def test_of_titles_that_begin_alike_the_one_that_is_used_is_suggested_first(shelf: Catalogue) -> None:
    of = numbers(shelf)
    unused = [one.text for one in shelf.search.suggest("m", 3)]
    assert unused[0] == "莫高窟"
    uses = {of["麦积山石窟"]: 1.0}
    search = SearchService(shelf.database, shelf.generations, shelf.specification, lambda: uses)
    search.read_used_titles()
    suggested = [one.text for one in search.suggest("m", 3)]
    assert suggested[0] == "麦积山石窟"
    assert set(suggested) == set(unused)


def test_a_title_that_is_typed_to_its_end_comes_before_longer_ones_that_are_used(
    catalogue: Catalogue,
) -> None:
    whole = add(catalogue.database, "莫高窟")
    longer = add(catalogue.database, "莫高窟第17窟")
    catalogue.build()
    uses = {longer.number: 1.0}
    search = SearchService(catalogue.database, catalogue.generations, catalogue.specification, lambda: uses)
    search.read_used_titles()
    assert [one.text for one in search.suggest("莫高", 2)] == [longer.title, whole.title]
    assert [one.text for one in search.suggest("莫高窟", 2)] == [whole.title, longer.title]


def test_of_one_institution_no_used_title_of_others_is_suggested(catalogue: Catalogue) -> None:
    used = add(catalogue.database, "莫高窟第17窟")
    own = add(catalogue.database, "莫高窟", house="suzhou")
    catalogue.build()
    uses = {used.number: 1.0, own.number: 0.5}
    search = SearchService(catalogue.database, catalogue.generations, catalogue.specification, lambda: uses)
    search.read_used_titles()
    suggested = search.suggest("莫高", 5, Filters({"institution": ("suzhou",)}))
    assert [one.text for one in suggested] == [own.title]


def test_a_title_that_is_used_no_more_is_not_given_while_others_are_read(
    shelf: Catalogue, uses: Uses, used: UsedTitles
) -> None:
    of = numbers(shelf)
    uses.now = {of["云冈石窟"]: 0.5, of["莫高窟"]: 1.0}
    used.read()
    with used._lock:
        uses.now = {of["云冈石窟"]: 0.5}
        assert used.beginning(["莫", "云"], 5) == [of["云冈石窟"]]


def test_a_thread_that_cannot_start_is_tried_again(
    shelf: Catalogue, uses: Uses, used: UsedTitles, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = numbers(shelf)
    uses.now = {of["莫高窟"]: 1.0}
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread")))
        assert used.beginning(["莫"], 5) == []
    wait(lambda: used.beginning(["莫"], 5) == [of["莫高窟"]])
