from __future__ import annotations

from typing import Any

import pytest
from reading_room import ReadingRoom, name_of

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from portal.reasons import reason_text
from recommend.likeness.declared import Declared
from recommend.reasons import Reason, ReasonType, liked, likeness
from recommend.request import Request


def made(title: str, kind: str = "book", **data: Any) -> Resource:
    content = {**data, "titles": [{"value": title}, *data.get("titles", ())]}
    return Resource(1, "1" * 26, kind, "nlc", State.PUBLISHED, 1, content, now(), now())


def of(dynasty: str) -> dict[str, Any]:
    return {"dates": [{"dynasty": dynasty}]}


def by(name: str, role: str, **more: str) -> dict[str, Any]:
    return {"contributors": [{"name": name, "role": role, **more}]}


def called(subtitle: str) -> dict[str, Any]:
    return {"titles": [{"value": subtitle, "type": "sub"}]}


def lizhen(dynasty: str) -> dict[str, Any]:
    return {"contributors": [{"name": "李贞", "role": "author", "dynasty": dynasty}]}


def at(name: str, code: str) -> dict[str, Any]:
    return {"places": [{"name": name, "gb2260": code}]}


def site(name: str, code: str) -> dict[str, Any]:
    return {"kind": "heritage", "heritage_type": "site", **at(name, code)}


def on(subject: str) -> dict[str, Any]:
    return {"subjects": [{"label": subject}]}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (made("红楼梦"), made("红楼梦（电视剧）"), ReasonType.SAME_TITLE),
        (made("红楼梦", **of("qing")), made("聊斋志异", **of("qing")), ReasonType.SAME_PERIOD),
        (made("甲", **by("佚名", "author")), made("乙", **by("佚名", "author")), ReasonType.SIMILAR),
        (made("甲", **by("谢芳", "performer")), made("乙", **by("谢芳", "performer")), ReasonType.SIMILAR),
        (made("甲", **by("谢晋", "director")), made("乙", **by("谢晋", "director")), ReasonType.SAME_CREATOR),
        (made("甲", **by("茅盾", "author")), made("乙", **by("茅盾", "preface_author")), ReasonType.SIMILAR),
        (made("甲", **lizhen("tang")), made("乙", **lizhen("prc")), ReasonType.SIMILAR),
        (made("甲", **lizhen("tang")), made("乙", **lizhen("")), ReasonType.SAME_CREATOR),
        (made("甲", **at("朝阳区", "110105")), made("乙", **at("朝阳区", "220104")), ReasonType.SIMILAR),
        (
            made("莫高窟", **site("敦煌市", "620982")),
            made("阳关", **site("甘肃省敦煌市", "620982")),
            ReasonType.SAME_PLACE,
        ),
        (
            made("敦煌学", **at("敦煌市", "620982")),
            made("敦煌变文", **at("敦煌市", "620982")),
            ReasonType.ABOUT,
        ),
        (
            made("敦煌学", **at("敦煌市", "620982")),
            made("阳关", **site("敦煌市", "620982")),
            ReasonType.ABOUT,
        ),
        # Where it was printed, a book is not about.
        (made("史记", **at("敦煌市", "620982")), made("汉书", **at("敦煌市", "620982")), ReasonType.SIMILAR),
        (made("甲", **on("变文")), made("乙", **on("变文")), ReasonType.SAME_SUBJECT),
        (
            made("甲", **by("王伟", "author", authority_id="n1")),
            made("乙", **by("王伟", "author", authority_id="n2")),
            ReasonType.SIMILAR,
        ),
        (
            made("甲庙", **site("仙桃市", "429004")),
            made("乙庙", **site("潜江市", "429005")),
            ReasonType.SIMILAR,
        ),
        (
            made("平凡的世界", **called("长篇小说")),
            made("长安十二时辰", **called("长篇小说")),
            ReasonType.SIMILAR,
        ),
        # Nearly every book was printed after 1949.
        (made("红楼梦", **of("prc")), made("昆虫记", **of("prc")), ReasonType.SIMILAR),
    ],
)
def test_what_two_have_in_common_is_said_where_it_tells(
    one: Resource, other: Resource, reason: ReasonType
) -> None:
    assert likeness(one, other).type is reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (made("甲", content_types=["opera"]), made("乙", content_types=["opera"]), ReasonType.ABOUT),
        (made("甲", **on("造园")), made("乙", **on("造园理论")), ReasonType.ABOUT),
        (made("甲", **on("造园")), made("乙", **on("造园")), ReasonType.SAME_SUBJECT),
        (made("甲"), made("乙"), ReasonType.IN_CATALOGUE),
    ],
)
def test_what_is_not_near_is_not_called_similar(one: Resource, other: Resource, reason: ReasonType) -> None:
    assert likeness(one, other, is_near=False).type is reason


@pytest.mark.parametrize(
    ("shared", "zh", "en"),
    [
        (
            ({"content_types": ["opera"]}, {"content_types": ["opera"]}),
            "与“乙”都和戏曲有关", "Concerns Opera, as does “乙”",
        ),
        ((on("造园"), on("造园理论")), "与“乙”都和造园有关", "Concerns 造园, as does “乙”"),
        (
            ({"clc": [{"number": "TU986"}]}, {"clc": [{"number": "TU-092"}]}),
            "与“乙”都和工业技术有关", "Concerns Industrial technology, as does “乙”",
        ),
    ],
)  # fmt: skip
def test_a_field_that_both_are_of_is_told_by_its_name(
    room: ReadingRoom, shared: tuple[dict[str, Any], dict[str, Any]], zh: str, en: str
) -> None:
    reason = likeness(made("甲", **shared[0]), made("乙", **shared[1]), is_near=False)
    assert (reason_text(reason, room.services, "zh"), reason_text(reason, room.services, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("did", "reason", "text"),
    [
        (["viewed"], ReasonType.VIEWED, "因为您看过"),
        (["viewed", "saved", "viewed"], ReasonType.SAVED, "因为您收藏过"),
        (["borrowed", "saved", "viewed"], ReasonType.BORROWED, "因为您借过"),
        (["rated"], ReasonType.RATED, "因为您评价过"),
        (["rated", "viewed"], ReasonType.VIEWED, "因为您看过"),
    ],
)
def test_the_reason_says_what_the_reader_did(
    room: ReadingRoom, did: list[str], reason: ReasonType, text: str
) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    for kind in did:
        room.use(77, first, kind=kind)
    found = room.services.recommendation.recommend(Request(subject=name_of(77))).items[0]
    assert (found.resource.id, found.reason.type) == (second.id, reason)
    assert reason_text(found.reason, room.services, "zh").startswith(text)


def test_a_title_with_quotes_is_quoted_once(room: ReadingRoom) -> None:
    reason = Reason(ReasonType.SIMILAR, made("“彩凤鸣岐”七弦琴"))
    assert reason_text(reason, room.services, "zh") == "与“‘彩凤鸣岐’七弦琴”内容相近"


@pytest.mark.parametrize(
    ("one", "other", "zh", "en"),
    [
        (
            made("莫高窟", **site("敦煌市", "620982")), made("阳关", **site("敦煌市", "620982")),
            "与“阳关”同在敦煌市", "In 敦煌市, as is “阳关”",
        ),
        (
            made("敦煌学", **at("敦煌市", "620982")), made("阳关", **site("敦煌市", "620982")),
            "与“阳关”都和敦煌市有关", "Concerns 敦煌市, as does “阳关”",
        ),
        (
            made("甲", **on("“变文”")), made("乙", **on("“变文”")),
            "与“乙”同属主题“‘变文’”", "On the same subject as “乙”: ‘变文’",
        ),
        (
            made("甲", **by("谢晋", "director")), made("乙", **by("谢晋", "director")),
            "与“乙”同出谢晋之手", "By 谢晋, as is “乙”",
        ),
    ],
)  # fmt: skip
def test_what_two_have_in_common_is_named(
    room: ReadingRoom, one: Resource, other: Resource, zh: str, en: str
) -> None:
    reason = likeness(one, other)
    assert (reason_text(reason, room.services, "zh"), reason_text(reason, room.services, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("resource", "code", "zh", "en"),
    [
        (made("北京的胡同", **at("北京市", "110000")), "110000", "因为您关注“北京市”", "Because you like “Beijing”"),
        (
            made("永定河", **site("石景山区", "110107")), "110000",
            "因为您关注“北京市”", "Because you like “Beijing”",
        ),
        # Kept there, or printed there.
        (
            made("清明上河图", **at("北京市", "110000")), "110000",
            "馆藏地或制作地在您关注的“北京市”", "Held or made in “Beijing”, which you like",
        ),
        # By its institution alone.
        (
            made("昆曲史"), "320000",
            "馆藏地或制作地在您关注的“江苏省”", "Held or made in “Jiangsu”, which you like",
        ),
        (
            made("莫高窟", **site("敦煌市", "620982")), "610000",
            "馆藏地或制作地在您关注的“陕西省”", "Held or made in “Shaanxi”, which you like",
        ),
    ],
)  # fmt: skip
def test_what_is_only_held_in_a_region_that_is_liked_is_not_said_to_be_about_it(
    room: ReadingRoom, resource: Resource, code: str, zh: str, en: str
) -> None:
    reason = liked(("region", code), Declared(resource))
    assert (reason_text(reason, room.services, "zh"), reason_text(reason, room.services, "en")) == (zh, en)


def test_a_liked_region_is_the_reason_for_what_its_libraries_hold(room: ReadingRoom) -> None:
    room.choose(1, liked=[("region", "320508")])
    found = room.recommend(subject=name_of(1), size=20)
    groups = {
        one.reason.group
        for one in found
        if one.resource.institution == "suzhou" and one.reason.type is ReasonType.LIKED
    }
    assert groups == {("held_in", "320508")}
