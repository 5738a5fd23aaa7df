"""Why something is recommended: a small vocabulary, and how a reason is found in what really led to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from catalog.resources import Resource
from recommend.likeness.declared import (
    Declared,
    Place,
    common_field,
    common_maker,
    common_place,
    common_subject,
    is_of_region,
)


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
    two digits) of whose things it is one that is popular, empty for everybody, or the label that is liked, as `held_in` a region
    that it is not about, or what both have in common: a `creator`, a place (`region`, six digits, or `place`, name), a `subject`, a
    `content_type` or a class (`clc`)."""

    type: ReasonType
    because: Resource | None = None
    group: tuple[str, str] = ("all", "")


def likeness(
    resource: Resource,
    other: Resource,
    declared: Callable[[Resource], Declared] = Declared,
    *,
    is_near: bool = True,
) -> Reason:
    """What two resources that are alike have in common, the most telling first; `declared` tells what each declares.

    They are called similar only if they are near to one another by content.
    """
    ours, theirs = declared(resource), declared(other)
    place = common_place(ours, theirs)
    if ours.titles & theirs.titles:
        return Reason(ReasonType.SAME_TITLE, other)
    if maker := common_maker(ours, theirs):
        return Reason(ReasonType.SAME_CREATOR, other, ("creator", maker))
    if ours.collections & theirs.collections:
        return Reason(ReasonType.SAME_COLLECTION, other)
    if place is not None and ours.is_site and theirs.is_site:
        return Reason(ReasonType.SAME_PLACE, other, _group(place))
    if subject := common_subject(ours, theirs):
        return Reason(ReasonType.SAME_SUBJECT, other, ("subject", subject))
    if place is not None:
        return Reason(ReasonType.ABOUT, other, _group(place))
    if ours.periods & theirs.periods:
        return Reason(ReasonType.SAME_PERIOD, other)
    if is_near:
        return Reason(ReasonType.SIMILAR, other)
    field = common_field(ours, theirs)
    return Reason(ReasonType.ABOUT, other, field) if field else Reason(ReasonType.IN_CATALOGUE)


def liked(label: tuple[str, str], declared: Declared) -> Reason:
    """That a resource bears a label that the reader likes: a record bears a region, too, where its institution is or where it was made,
    and then is not said to be about it."""
    facet, code = label
    is_but_held = facet == "region" and not is_of_region(declared, code)
    return Reason(ReasonType.LIKED, group=("held_in", code) if is_but_held else label)


def _group(place: Place) -> tuple[str, str]:
    return ("region", place.code) if place.code else ("place", place.name)
