from __future__ import annotations

from typing import Any

import pytest

from catalog.clock import now
from catalog.lifecycle import State
from catalog.resources import Resource
from recommend.reasons import ReasonType, likeness


def made(title: str, **data: Any) -> Resource:
    content = {"titles": [{"value": title}], **data}
    return Resource(1, "1" * 26, "book", "nlc", State.PUBLISHED, 1, content, now(), now())


def of(dynasty: str) -> dict[str, Any]:
    return {"dates": [{"dynasty": dynasty}]}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (made("红楼梦"), made("红楼梦（电视剧）"), ReasonType.SAME_TITLE),
        (made("红楼梦", **of("qing")), made("聊斋志异", **of("qing")), ReasonType.SAME_PERIOD),
        # Nearly every book was printed after 1949.
        (made("红楼梦", **of("prc")), made("昆虫记", **of("prc")), ReasonType.SIMILAR),
    ],
)
def test_what_two_have_in_common_is_said_where_it_tells(
    one: Resource, other: Resource, reason: ReasonType
) -> None:
    assert likeness(one, other) is reason
