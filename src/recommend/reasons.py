"""Why something is recommended: a small vocabulary, and how a reason is found in what really led to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.resources import Resource
from search.understanding import bare_title

_TODAY = "prc"
_NO_MAKERS = frozenset(
    (
        "performer",
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


class ReasonType(StrEnum):
    """The kinds of reason. All but the last five name the resource that led to it."""

    VIEWED = "viewed"
    BORROWED = "borrowed"
    SAVED = "saved"
    RATED = "rated"
    TOGETHER = "together"
    SAME_TITLE = "same_title"
    SAME_CREATOR = "same_creator"
    SAME_COLLECTION = "same_collection"
    SAME_PERIOD = "same_period"
    SAME_PLACE = "same_place"
    SIMILAR = "similar"
    LIKED = "liked"
    NEW = "new"
    POPULAR = "popular"
    CHOSEN = "chosen"
    IN_CATALOGUE = "in_catalogue"


@dataclass(frozen=True, slots=True)
class Reason:
    """`because` is the resource that led to it; `group` the institution (`institution`, code) or province (`region`,
    two digits) of whose things it is one that is popular or new, empty for everybody, or the label that is liked."""

    type: ReasonType
    because: Resource | None = None
    group: tuple[str, str] = ("all", "")


def likeness(resource: Resource, other: Resource) -> ReasonType:
    """What two resources that are alike have in common, the most telling first."""
    for reason, values in _FACTS.items():
        if values(resource.data) & values(other.data):
            return reason
    return ReasonType.SIMILAR


def creators(data: Mapping[str, Any]) -> frozenset[str]:
    """Names of those who made it: not of those who play in it, publish or keep it, nor of the many whom nobody knows."""
    made = (one for one in data.get("contributors") or () if one.get("role") not in _NO_MAKERS)
    return frozenset(str(one["name"]) for one in made if one.get("name")) - _NOBODY


def _collections(data: Mapping[str, Any]) -> frozenset[str]:
    parts = data.get("part_of") or ()
    return frozenset([parts] if isinstance(parts, str) else map(str, parts))


def _titles(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(bare_title, _values(data, "titles", "value")))


def _periods(data: Mapping[str, Any]) -> frozenset[str]:
    # Of today is nearly every edition of a book: that tells nothing.
    return frozenset(_values(data, "dates", "dynasty")) - {_TODAY}


def _places(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_values(data, "places", "name"))


def _values(data: Mapping[str, Any], field: str, inner: str) -> Iterable[str]:
    return (str(entry[inner]) for entry in data.get(field) or () if entry.get(inner))


_FACTS = {
    ReasonType.SAME_TITLE: _titles,
    ReasonType.SAME_CREATOR: creators,
    ReasonType.SAME_COLLECTION: _collections,
    ReasonType.SAME_PLACE: _places,
    ReasonType.SAME_PERIOD: _periods,
}
