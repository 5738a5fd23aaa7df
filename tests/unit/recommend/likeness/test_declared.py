from __future__ import annotations

from typing import Any

import pytest

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.likeness.declared import (
    Declarations,
    Declared,
    common_field,
    common_maker,
    common_place,
    periods,
    share,
)


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
        # Kept there, or made by a company of a place.
        (made(kind="heritage", heritage_type="object", **at("敦煌市", "620982")), made("敦煌学", **at("敦煌市", "620982")), None),
        (made("敦煌遗书", kind="heritage", heritage_type="object", **at("敦煌市", "620982")), made("敦煌学", **at("敦煌市", "620982")), "620982"),
        (made("甲", producer=["上海厂"], **on("上海厂") | at("上海市", "310000")), made("上海史", **at("上海市", "310000")), None),
        (made(kind="heritage", **at("杭州市", "330100")), made(kind="heritage", **at("宁波市", "330200")), None),
        # Counties of no city share the signs that stand for that, and so do the districts of a municipality.
        (made(kind="heritage", **at("仙桃市", "429004")), made(kind="heritage", **at("潜江市", "429005")), None),
        (made(kind="heritage", **at("仙桃市", "429004")), made(kind="heritage", **at("仙桃", "429004")), "429004"),
        (made(kind="heritage", **at("省直辖", "429000")), made(kind="heritage", **at("省直辖", "429000")), None),
        (made(kind="heritage", **at("市辖区", "110100")), made(kind="heritage", **at("市辖区", "110100")), "110000"),
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


def test_a_subtitle_names_no_work_and_any_other_title_does() -> None:
    titles = [
        {"value": value, "type": kind}
        for value, kind in (
            ("平凡的世界", "main"),
            ("长篇小说", "sub"),
            ("Ordinary World", "parallel"),
            ("旧名", "former"),
        )
    ]
    assert Declared(made(titles=titles)).titles == {"平凡的世界", "Ordinary World", "旧名"}


@pytest.mark.parametrize(
    ("ours", "theirs", "is_the_same"),
    [
        ({"authority_id": "n1"}, {"authority_id": "n2"}, False),
        ({"authority_id": "n1"}, {"authority_id": "n1", "dynasty": "tang"}, True),
        ({"authority_id": "n1"}, {}, True),
        ({"authority_id": "n1", "dynasty": "tang"}, {"dynasty": "prc"}, False),
        ({"authority_id": "n1"}, {"authority_id": "n1", "name": "王威"}, False),
        ({}, {"role": "performer"}, False),
    ],
)
def test_makers_of_one_name_are_one_unless_their_numbers_or_else_their_dynasties_differ(
    ours: dict[str, str], theirs: dict[str, str], is_the_same: bool
) -> None:
    one, other = (
        Declared(made(contributors=[{"name": "王伟", "role": "author", **more}])) for more in (ours, theirs)
    )
    assert (common_maker(one, other) is not None) is is_the_same


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        (made(**on("造园", "苏州")), made(**on("造园理论")), ("subject", "造园")),
        (
            made(content_types=["opera", "music"]),
            made(content_types=["music"], **of_class("J8")),
            ("content_type", "music"),
        ),
        (made(**of_class("TU986")), made(**of_class("TU-092")), ("clc", "T")),
        (made(**of_class("TU986")), made(**of_class("TP3")), None),
        (made(**on("art")), made(**on("party")), None),
    ],
)
def test_a_field_that_both_are_of_is_named_as_narrowly_as_may_be(
    one: Resource, other: Resource, field: tuple[str, str] | None
) -> None:
    assert common_field(Declared(one), Declared(other)) == field


def test_whatever_records_share_without_a_common_place_or_time_can_be_named() -> None:
    pairs = [(on("造园"), on("造园理论")), (of_class("TU986"), of_class("TU-092"))]
    pairs.append(({"content_types": ["opera"]}, {"content_types": ["opera"]}))
    for one, other in pairs:
        ours, theirs = Declared(made(**one)), Declared(made(**other))
        assert share(ours, theirs) > 0
        assert common_field(ours, theirs) is not None


def test_what_a_revision_declares_is_read_once_and_what_the_next_one_does_anew() -> None:
    declarations, resource = Declarations(lambda _: 1.0, list), made(**on("造园"))
    first = declarations(resource)
    assert declarations(resource) is first
    revised = resource._replace(revision=2, data={"subjects": [{"label": "通史"}]})
    assert declarations(revised).subjects == {"通史"}
    assert declarations(revised) is not first


def test_so_many_declarations_are_kept_those_asked_for_last() -> None:
    declarations = Declarations(lambda _: 1.0, list, kept=2)
    one, two, three = (made()._replace(number=number) for number in (1, 2, 3))
    first, second = declarations(one), declarations(two)
    declarations(one)
    declarations(three)
    assert declarations(one) is first
    assert declarations(two) is not second


def test_a_class_of_literature_says_less_than_one_of_a_subject() -> None:
    novels, gardens = (
        share(Declared(made(**of_class(n))), Declared(made(**of_class(n)))) for n in ("I247.5", "TU986")
    )
    assert 0 < novels < gardens


def test_a_subject_is_part_of_a_longer_one_at_the_border_of_words_alone() -> None:
    words = {"吴越国": ["吴越国"], "越国": ["越国"], "越国青铜": ["越国", "青铜"]}
    state, realm, bronze = (
        Declared(made(**on(name)), words=words.__getitem__) for name in ("越国", "吴越国", "越国青铜")
    )
    assert state.within(realm) == frozenset()
    assert state.within(bronze) == {"越国"}
    assert share(state, realm) == 0 < share(state, bronze)


def test_what_is_practised_in_many_places_is_of_none_of_them() -> None:
    towns = [{"name": "北京市", "gb2260": "110000"}, {"name": "上海市", "gb2260": "310000"}]
    wide = [*towns, {"name": "天津市", "gb2260": "120000"}]
    few, many, site = (
        Declared(made(kind="heritage", heritage_type=sort, places=places))
        for sort, places in (("element", towns), ("element", wide), ("site", wide))
    )
    assert len(few.places) == 2
    assert many.places == ()
    assert len(site.places) == 3
