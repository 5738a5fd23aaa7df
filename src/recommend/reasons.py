"""Why something is recommended: a small vocabulary, and how a reason is found in what really led to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.resources import Resource
from search.understanding import bare_title

_TODAY = "prc"
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
    for reason, is_shared in _FACTS.items():
        if is_shared(resource.data, other.data):
            return reason
    return ReasonType.SIMILAR


def creators(data: Mapping[str, Any]) -> frozenset[str]:
    """Names of those who made it: not of those who play in it, publish or keep it, nor of the many whom nobody knows."""
    return frozenset(name for name, _ in _makers(data))


def _makers(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and dynasty, which may be empty, of each who made it."""
    for one in data.get("contributors") or ():
        name = str(one.get("name") or "")
        if name and name not in _NOBODY and one.get("role") not in _NO_MAKERS:
            yield name, str(one.get("dynasty") or "")


def same_maker(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both were made by someone of one name, of whom no two dynasties are told."""
    return any(
        name == other_name and (dynasty == other_dynasty or not dynasty or not other_dynasty)
        for name, dynasty in _makers(one)
        for other_name, other_dynasty in _makers(other)
    )


def _same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a place of both has one code, or one name where one of them has no code."""
    return any(
        place["gb2260"] == there["gb2260"]
        if place.get("gb2260") and there.get("gb2260")
        else bool(place.get("name")) and place.get("name") == there.get("name")
        for place in one.get("places") or ()
        for there in other.get("places") or ()
    )


def _same_collection(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not _collections(one).isdisjoint(_collections(other))


def _same_title(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not _titles(one).isdisjoint(_titles(other))


def _same_period(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not _periods(one).isdisjoint(_periods(other))


def _collections(data: Mapping[str, Any]) -> frozenset[str]:
    parts = data.get("part_of") or ()
    return frozenset([parts] if isinstance(parts, str) else map(str, parts))


def _titles(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(bare_title, _values(data, "titles", "value")))


def _periods(data: Mapping[str, Any]) -> frozenset[str]:
    # Of today is nearly every edition of a book: that tells nothing.
    return frozenset(_values(data, "dates", "dynasty")) - {_TODAY}


def _values(data: Mapping[str, Any], field: str, inner: str) -> Iterable[str]:
    return (str(entry[inner]) for entry in data.get(field) or () if entry.get(inner))


_FACTS = {
    ReasonType.SAME_TITLE: _same_title,
    ReasonType.SAME_CREATOR: same_maker,
    ReasonType.SAME_COLLECTION: _same_collection,
    ReasonType.SAME_PLACE: _same_place,
    ReasonType.SAME_PERIOD: _same_period,
}
