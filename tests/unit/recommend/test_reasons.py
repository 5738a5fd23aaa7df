from __future__ import annotations

from typing import Any

import pytest
from reading_room import ReadingRoom, name_of

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from portal.reasons import reason_text
from recommend.reasons import ReasonType, likeness
from recommend.request import Request


def made(title: str, **data: Any) -> Resource:
    content = {"titles": [{"value": title}], **data}
    return Resource(1, "1" * 26, "book", "nlc", State.PUBLISHED, 1, content, now(), now())


def of(dynasty: str) -> dict[str, Any]:
    return {"dates": [{"dynasty": dynasty}]}


def by(name: str, role: str) -> dict[str, Any]:
    return {"contributors": [{"name": name, "role": role}]}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (made("红楼梦"), made("红楼梦（电视剧）"), ReasonType.SAME_TITLE),
        (made("红楼梦", **of("qing")), made("聊斋志异", **of("qing")), ReasonType.SAME_PERIOD),
        (made("甲", **by("佚名", "author")), made("乙", **by("佚名", "author")), ReasonType.SIMILAR),
        (made("甲", **by("谢芳", "performer")), made("乙", **by("谢芳", "performer")), ReasonType.SIMILAR),
        (made("甲", **by("谢晋", "director")), made("乙", **by("谢晋", "director")), ReasonType.SAME_CREATOR),
        # Nearly every book was printed after 1949.
        (made("红楼梦", **of("prc")), made("昆虫记", **of("prc")), ReasonType.SIMILAR),
    ],
)
def test_what_two_have_in_common_is_said_where_it_tells(
    one: Resource, other: Resource, reason: ReasonType
) -> None:
    assert likeness(one, other) is reason


@pytest.mark.parametrize(
    ("did", "reason", "text"),
    [
        (["viewed"], ReasonType.VIEWED, "因为您看过"),
        (["viewed", "saved", "viewed"], ReasonType.SAVED, "因为您收藏过"),
        (["borrowed", "saved", "viewed"], ReasonType.BORROWED, "因为您借过"),
        (["rated"], ReasonType.RATED, "因为您给"),
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
