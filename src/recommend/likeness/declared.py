"""What two records declare in common: subjects, class, what they are about, period."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any, NamedTuple

from catalog.resources import Resource
from recommend.likeness.makers import Maker, makers
from search.reading.understanding import bare_title

_TODAY = "prc"
# Dates of what was done with a thing or of its edition: the thing is not of that time.
_NOT_OF_THE_THING = frozenset((
    "issued", "published", "available", "listed", "excavated", "acquired", "digitised", "exhibited", "modified", "valid", "end",
))  # fmt: skip
# A novel's 长篇小说 names no work.
_NO_NAME = "sub"
_BETWEEN_LEVELS = re.compile("[省市县区]")
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
# How much each speaks for two records being alike; a subject within a longer one (造园 in 造园理论), and the first two places
# of a class and each further one. Several of them count as chances do that something is so.
_SUBJECT, _IN_A_SUBJECT, _PLACE, _PROVINCE, _PERIOD, _CONTENT_TYPE = 0.4, 0.25, 0.3, 0.1, 0.1, 0.07
_CLASS, _DEEPEST_CLASS = 0.1, 0.45
_BROADEST_CLASS, _LITERATURE = 2, "I"
# What is practised in more places than these is of none of them.
_MOST_PLACES = 2
# In place of a city a code of GB/T 2260 has these signs where a county is of none: what such counties share is no place.
_NO_CITY = "90"
# Codes of a municipality's districts together, or of its counties.
_PARTS_OF_A_MUNICIPALITY = ("0100", "0200")
# Records whose declarations are kept, some kilobytes each.
_KEPT = 2048


class Place(NamedTuple):
    """`code` is of GB/T 2260, empty where the record has none."""

    name: str
    code: str


class Declared:
    """What the record of one resource says of itself that others may say, too, each part read when it is first asked for.

    `rarity` tells how much a subject says, from 0 to 1, `words` what words it is made of, folded.
    """

    def __init__(
        self,
        resource: Resource,
        rarity: Callable[[str], float] = lambda subject: 1.0,
        words: Callable[[str], Sequence[str]] = list,
    ) -> None:
        self._resource, self.rarity, self._words_of = resource, rarity, words
        self._data = resource.data

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles that name the work, without what stands in brackets behind them."""
        titles = self._data.get("titles") or ()
        names = (str(one["value"]) for one in titles if one.get("value") and one.get("type") != _NO_NAME)
        return frozenset(map(bare_title, names))

    @cached_property
    def collections(self) -> frozenset[str]:
        """What it is a part of."""
        parts = self._data.get("part_of") or ()
        return frozenset([parts] if isinstance(parts, str) else map(str, parts))

    @cached_property
    def makers(self) -> tuple[Maker, ...]:
        """Who made it."""
        return makers(self._data)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(str(one["label"]) for one in self._data.get("subjects") or () if one.get("label"))

    @cached_property
    def words(self) -> frozenset[str]:
        """The subjects that may be part of a longer one: of Latin words a part says nothing (art, party)."""
        return frozenset(one for one in self.subjects if len(one) > 1 and not one.isascii())

    @cached_property
    def text(self) -> str:
        """All subjects in one."""
        return "\n".join(self.subjects)

    @cached_property
    def parts(self) -> frozenset[str]:
        """What neighbouring words of a subject make up: 造园 and 理论 of 造园理论, but not 越国 of 吴越国."""
        return frozenset(
            "".join(words[start:end])
            for words in map(self._words_of, self.subjects)
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        )

    def within(self, other: Declared) -> frozenset[str]:
        """Subjects that are a part of a longer one of another record."""
        # Dividing subjects into words takes long, and hardly any pair has one within another.
        return frozenset(
            word
            for word in self.words
            if word in other.text and word not in other.subjects
            if "".join(self._words_of(word)) in other.parts
        )

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Its numbers of the Chinese Library Classification."""
        return tuple(str(one["number"]) for one in self._data.get("clc") or () if one.get("number"))

    @cached_property
    def content_types(self) -> frozenset[str]:
        """Codes of what sort of contents it has."""
        return frozenset(map(str, self._data.get("content_types") or ()))

    @cached_property
    def periods(self) -> frozenset[str]:
        """The dynasties that it is of."""
        return periods(self._resource)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places that it is about or stands in."""
        return _places(self._resource)

    @property
    def says_something(self) -> bool:
        """Whether it declares anything that another record may, too."""
        return bool(self.subjects or self.classes or self.content_types or self.places or self.periods)

    @property
    def is_site(self) -> bool:
        """Whether it stands somewhere for good."""
        return self._resource.kind == "heritage" and self._data.get("heritage_type") == "site"


def share(one: Declared, other: Declared) -> float:
    """How much what two records declare speaks for their being alike, from 0 to 1; 0 where nothing is in common."""
    unlike = 1.0
    for subject in one.subjects & other.subjects:
        unlike *= 1 - _SUBJECT * one.rarity(subject)
    unlike *= (1 - _SUBJECT) ** len(one.collections & other.collections)
    unlike *= (1 - _IN_A_SUBJECT) ** (len(one.within(other)) + len(other.within(one)))
    unlike *= 1 - _of_classes(one.classes, other.classes)
    unlike *= (1 - _PERIOD) ** len(one.periods & other.periods)
    unlike *= (1 - _CONTENT_TYPE) ** len(one.content_types & other.content_types)
    if place := common_place(one, other):
        unlike *= 1 - (_PROVINCE if _is_province(place.code) else _PLACE)
    return 1 - unlike


class Declarations:
    """What records declare, kept of those that were compared last: the same few are compared again and again.

    Safe to share between threads.
    """

    def __init__(
        self, rarity: Callable[[str], float], words: Callable[[str], Sequence[str]], kept: int = _KEPT
    ) -> None:
        self._rarity, self._words, self._kept, self._lock = rarity, words, kept, threading.Lock()
        self._known: dict[int, tuple[int, Declared]] = {}

    def __call__(self, resource: Resource) -> Declared:
        """What this revision of the record declares."""
        with self._lock:
            revision, declared = self._known.pop(resource.number, (None, None))
            if declared is None or revision != resource.revision:
                declared = Declared(resource, self._rarity, self._words)
            self._known[resource.number] = resource.revision, declared
            if len(self._known) > self._kept:
                del self._known[next(iter(self._known))]
            return declared


def common_maker(one: Declared, other: Declared) -> str | None:
    """The name of one who made both, as far as their records tell."""
    same = (maker.name for maker in one.makers if any(map(maker.is_the_same, other.makers)))
    return next(same, None)


def common_subject(one: Declared, other: Declared) -> str | None:
    """A subject that both declare, the rarest and of those the longest; None without any."""
    return max(
        sorted(one.subjects & other.subjects), key=lambda name: (one.rarity(name), len(name)), default=None
    )


def common_field(one: Declared, other: Declared) -> tuple[str, str] | None:
    """Of what both declare in broad words the narrowest, as a vocabulary and its code (or `subject` and its name): a subject that is
    part of one of the other's, a content type, a class; None without any."""
    within = one.within(other) | other.within(one)
    if within:
        return "subject", max(sorted(within), key=len)
    if types := one.content_types & other.content_types:
        return "content_type", min(types)
    classes = sorted(a[0] for a in one.classes for b in other.classes if _alike(a, b) >= _BROADEST_CLASS)
    return ("clc", classes[0]) if classes else None


def common_place(one: Declared, other: Declared) -> Place | None:
    """The place that both are about or stand in, the narrowest: of districts of one city the city."""
    # A record without a place is not looked through for those that it names.
    if not one.places or not other.places:
        return None
    shared = [common for ours in one.places for theirs in other.places if (common := _common(ours, theirs))]
    return min(shared, key=lambda place: _is_province(place.code), default=None)


def is_of_region(one: Declared, code: str) -> bool:
    """Whether it is about a place in the region of this code of GB/T 2260, or stands in one."""
    within = code.removesuffix("00").removesuffix("00")
    return any(place.code.startswith(within) for place in one.places)


def periods(resource: Resource) -> frozenset[str]:
    """Codes of the dynasties that it is of: not those in which an edition came out or something was done with it, nor today,
    which nearly everything is of."""
    return frozenset(
        str(date["dynasty"])
        for date in resource.data.get("dates") or ()
        if date.get("dynasty") and date.get("type") not in _NOT_OF_THE_THING
    ) - {_TODAY}


def _of_classes(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """By how many signs their class numbers begin alike."""
    depth = max((_alike(a, b) for a in ours for b in theirs), default=0)
    if depth < _BROADEST_CLASS:
        return 0.0
    # Of literature a class says what sort of a work it is, and not what it is about.
    deepest = _CLASS if all(number.startswith(_LITERATURE) for number in ours) else _DEEPEST_CLASS
    return min(deepest, _CLASS * (depth - 1))


def _alike(one: str, other: str) -> int:
    """So many signs both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _places(resource: Resource) -> tuple[Place, ...]:
    """Where it stands or is practised, of heritage; of anything else those of its places that its texts name: others are where it is
    kept, or was printed, filmed or shown."""
    found = tuple(
        Place(str(one.get("name") or ""), str(one.get("gb2260") or ""))
        for one in resource.data.get("places") or ()
    )
    is_movable = resource.kind != "heritage" or resource.data.get("heritage_type") == "object"
    if resource.data.get("heritage_type") == "element" and len(found) > _MOST_PLACES:
        return ()
    if not is_movable or not found:
        return found
    texts = _texts(resource.data)
    return tuple(
        place for place in found if (name := _bare(place.name)) and any(name in text for text in texts)
    )


def _texts(data: Mapping[str, Any]) -> list[str]:
    titles = [str(one.get("value") or "") for one in data.get("titles") or ()]
    subjects = [str(one.get("label") or "") for one in data.get("subjects") or ()]
    texts = [*titles, *subjects, str(data.get("description") or "")]
    # 上海美术电影制片厂 says who made it, and not what it is about.
    names = [str(one.get("name") or "") for one in data.get("contributors") or ()]
    for name in filter(None, [*names, *(data.get("producer") or ()), data.get("publisher")]):
        texts = [text.replace(str(name), "") for text in texts]
    return texts


def _bare(name: str) -> str:
    """The narrowest place of a name, without what it is: 敦煌 of 甘肃省敦煌市."""
    return next((part for part in reversed(_BETWEEN_LEVELS.split(name)) if len(part) > 1), "")


def _common(one: Place, other: Place) -> Place | None:
    if not one.code or not other.code:
        return one if one.name and one.name == other.name else None
    if one.code == other.code and one.code[2:] not in _PARTS_OF_A_MUNICIPALITY:
        is_place = one.code[2:] != _NO_CITY + "00"
        return min(one, other, key=lambda place: len(place.name)) if is_place else None
    city = _city(one.code)
    return Place("", city) if city == _city(other.code) and city else None


def _city(code: str) -> str:
    """The city that a district or county is of; empty for a province, and for a county that is of no city."""
    if code[:2] in _MUNICIPALITIES:
        return code[:2] + "0000"
    return "" if _is_province(code) or code[2:4] == _NO_CITY else code[:4] + "00"


def _is_province(code: str) -> bool:
    return code[:2] not in _MUNICIPALITIES and code[2:] == "0000"
