"""Who made what a record is of: not who plays in it, publishes or keeps it, nor one of the many whom nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

_NO_MAKERS = frozenset(
    (
        "performer",
        "preface_author",
        "other",
        "publisher",
        "printer",
        "donor",
        "collector",
        "sponsor",
        "subject",
        "discoverer",
        "narrator",
    )
)
_NOBODY = frozenset((
    "佚名", "无名氏", "無名氏", "不详", "不詳", "未详", "未詳", "未知", "阙名", "闕名", "不著撰人", "不著撰者", "Anonymous", "Unknown",
))  # fmt: skip


class Maker(NamedTuple):
    """Someone who made it; `dynasty` and `authority`, the number in an authority file, may be empty."""

    name: str
    dynasty: str
    authority: str

    def is_the_same(self, other: Maker) -> bool:
        """Whether the two are one, as far as records tell: two of one name whose numbers differ, else whose dynasties do, are not."""
        if self.name != other.name:
            return False
        if self.authority and other.authority:
            return self.authority == other.authority
        return self.dynasty == other.dynasty or not self.dynasty or not other.dynasty


def makers(data: Mapping[str, Any]) -> tuple[Maker, ...]:
    """Those who made it, in the order of the record."""
    named = ((str(one.get("name") or ""), one) for one in data.get("contributors") or ())
    return tuple(
        Maker(name, str(one.get("dynasty") or ""), str(one.get("authority_id") or ""))
        for name, one in named
        if name and name not in _NOBODY and one.get("role") not in _NO_MAKERS
    )


def creators(data: Mapping[str, Any]) -> frozenset[str]:
    """Their names."""
    return frozenset(maker.name for maker in makers(data))
