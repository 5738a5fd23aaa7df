"""Why something is recommended: a small vocabulary, and how a reason is found in what really led to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.resources import Resource
from recommend.declared import Declared, Place, common_place, common_subject

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
    SAME_SUBJECT = "same_subject"
    ABOUT = "about"
    SIMILAR = "similar"
    LIKED = "liked"
    NEW = "new"
    POPULAR = "popular"
    CHOSEN = "chosen"
    IN_CATALOGUE = "in_catalogue"


@dataclass(frozen=True, slots=True)
class Reason:
    """`because` is the resource that led to it; `group` the institution (`institution`, code) or province (`region`,
    two digits) of whose things it is one that is popular, empty for everybody, or the label that is liked, or what both have in
    common: a place (`region`, six digits, or `place`, name) or a `subject`."""

    type: ReasonType
    because: Resource | None = None
    group: tuple[str, str] = ("all", "")


def likeness(
    resource: Resource, other: Resource, declared: Callable[[Resource], Declared] = Declared
) -> Reason:
    """What two resources that are alike have in common, the most telling first; `declared` tells what each declares."""
    ours, theirs = declared(resource), declared(other)
    place = common_place(ours, theirs)
    if ours.titles & theirs.titles:
        return Reason(ReasonType.SAME_TITLE, other)
    if same_maker(resource.data, other.data):
        return Reason(ReasonType.SAME_CREATOR, other)
    if ours.collections & theirs.collections:
        return Reason(ReasonType.SAME_COLLECTION, other)
    if place is not None and ours.is_site and theirs.is_site:
        return Reason(ReasonType.SAME_PLACE, other, _group(place))
    if subject := common_subject(ours, theirs):
        return Reason(ReasonType.SAME_SUBJECT, other, ("subject", subject))
    if place is not None:
        return Reason(ReasonType.ABOUT, other, _group(place))
    return Reason(ReasonType.SAME_PERIOD if ours.periods & theirs.periods else ReasonType.SIMILAR, other)


def _group(place: Place) -> tuple[str, str]:
    return ("region", place.code) if place.code else ("place", place.name)


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
