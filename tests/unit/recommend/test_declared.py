from __future__ import annotations

from typing import Any

import pytest

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.declared import Declared, common_place, periods, share


def made(title: str = "甲", kind: str = "book", **data: Any) -> Resource:
    content = {"titles": [{"value": title}], **data}
    return Resource(1, "1" * 26, kind, "nlc", State.PUBLISHED, 1, content, now(), now())


def on(*subjects: str) -> dict[str, Any]:
    return {"subjects": [{"label": one} for one in subjects]}


def of_class(number: str) -> dict[str, Any]:
    return {"clc": [{"number": number}]}


def at(name: str, code: str = "") -> dict[str, Any]:
    return {"places": [{"name": name, "gb2260": code}]}


def dated(dynasty: str, kind: str) -> dict[str, Any]:
    return {"dates": [{"dynasty": dynasty, "type": kind}]}


def shared(one: Resource, other: Resource) -> float:
    return share(Declared(one), Declared(other))


def test_records_that_declare_nothing_in_common_share_nothing() -> None:
    gardens = made(
        **on("造园"), **of_class("TU986"), **at("苏州市", "320500"), content_types=["architecture"]
    )
    history = made(**on("通史"), **of_class("K204"), **at("北京市", "110000"), content_types=["history"])
    assert shared(gardens, history) == shared(made(), made()) == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ((on("造园"), on("造园")), (on("造园"), on("造园理论"))),
        ((on("造园", "苏州园林"), on("造园", "苏州园林")), (on("造园", "苏州园林"), on("造园"))),
        ((of_class("TU986.62"), of_class("TU986.4")), (of_class("TU986.62"), of_class("TU-092"))),
        ((of_class("TU986"), of_class("TU-092")), (of_class("TU986"), of_class("T"))),
        ((on("造园"), on("造园")), ({"content_types": ["opera"]}, {"content_types": ["opera"]})),
    ],
)
def test_the_more_two_records_declare_in_common_the_more_they_share(
    more: tuple[dict[str, Any], dict[str, Any]], less: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert shared(made(**more[0]), made(**more[1])) > shared(made(**less[0]), made(**less[1]))


def test_a_latin_word_within_another_is_no_common_subject() -> None:
    assert shared(made(**on("art")), made(**on("party"))) == 0


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        (made(kind="heritage", **at("苏州市姑苏区", "320508")), made(kind="heritage", **at("苏州市", "320500")), "320500"),
        (made(kind="heritage", **at("敦煌市", "620982")), made("敦煌学", **at("敦煌市", "620982")), "620982"),
        (made(kind="heritage", **at("北京市东城区", "110101")), made(kind="heritage", **at("北京市", "110000")), "110000"),
        # Printed there, or filmed there: no text of the record says that it is about it.
        (made(kind="heritage", **at("敦煌市", "620982")), made("史记", **at("敦煌市", "620982")), None),
        (made(kind="heritage", **at("杭州市", "330100")), made(kind="heritage", **at("宁波市", "330200")), None),
    ],
)  # fmt: skip
def test_a_common_place_is_where_both_stand_or_what_they_are_about(
    one: Resource, other: Resource, place: str | None
) -> None:
    found = common_place(Declared(one), Declared(other))
    assert (found.code if found else None) == place


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (made(**dated("prc", "issued")), set()),
        (made(**dated("song", "issued")), set()),
        (made(**dated("tang", "created")), {"tang"}),
        (made(kind="heritage", **dated("ming", "built")), {"ming"}),
        (made(kind="heritage", **dated("prc", "listed")), set()),
    ],
)
def test_a_thing_is_of_the_time_when_it_was_made_and_not_when_it_was_issued(
    resource: Resource, found: set[str]
) -> None:
    assert periods(resource) == found


def test_a_record_of_titles_and_makers_alone_declares_nothing_that_others_may() -> None:
    assert not Declared(made("红楼梦", contributors=[{"name": "曹雪芹"}])).says_something
    assert Declared(made("红楼梦", **on("小说"))).says_something
    assert Declared(made("红楼梦", **of_class("I242.4"))).says_something
