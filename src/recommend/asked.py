"""A request for recommendations, looked up: what the list is made from, and what it must not show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from catalog.resources import Resource
from recommend.curation import Curated
from recommend.readers import History, Reader
from recommend.request import Request, Strategy


# Without slots, for what is asked for again and again is kept.
@dataclass(frozen=True)
class Asked:
    """A request, looked up: numbers instead of ids. `newest` are the newest published resources that lead to the list, by number,
    none beside a resource; `inside` what belongs to those of them that are collections, and leads with them.

    `let_be` were used, and nothing is made from them: they bear a label that the reader deleted, or nothing is known of them any more.
    """

    request: Request
    item: Resource | None
    reader: Reader
    history: History
    session: tuple[int, ...]
    curated: Curated
    members: tuple[int, ...] = ()
    newest: Mapping[int, Resource] = field(default_factory=dict)
    inside: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    let_be: frozenset[int] = frozenset()

    def led_by(
        self, newest: Mapping[int, Resource], inside: Mapping[int, tuple[int, ...]], lost: Collection[int]
    ) -> Asked:
        """The same, with the newest that lead to the list, what belongs to them, and without those that are `lost`."""
        return replace(self, newest=newest, inside=inside, let_be=self.let_be.union(lost))

    @cached_property
    def context(self) -> tuple[int, ...]:
        """The item beside which the list stands, and where that is a collection what belongs to it."""
        return tuple(dict.fromkeys([self.item.number, *self.members])) if self.item is not None else ()

    @cached_property
    def read(self) -> tuple[int, ...]:
        """What was used in this visit and before, the newest first."""
        used = dict.fromkeys([*self.session, *self.history.used])
        return tuple(number for number in used if number not in self.let_be)

    @cached_property
    def interests(self) -> tuple[tuple[int, ...], ...]:
        """What the list is made from, the most telling first: beside a resource that one and what belongs to it, whatever else was
        read; otherwise what was read, a collection together with what belongs to it."""
        if self.item is not None:
            return tuple((number,) for number in self.context)
        return tuple((number, *self.inside.get(number, ())) for number in self.read)

    @cached_property
    def leads(self) -> tuple[int, ...]:
        """The same one after the other."""
        return tuple(dict.fromkeys(chain.from_iterable(self.interests)))

    @cached_property
    def collection_of(self) -> Mapping[int, int]:
        """By its number, for what leads and was not read itself, the collection that was read and that it belongs to."""
        of = {member: number for number, members in self.inside.items() for member in members}
        return {member: number for member, number in of.items() if member not in self.read}

    @cached_property
    def leading(self) -> tuple[Resource, ...]:
        """The resource that the list stands beside, else the newest of what was read."""
        return (self.item,) if self.item is not None else tuple(self.newest.values())

    @cached_property
    def away(self) -> tuple[int, ...]:
        """What is not recommended, nor another edition of its work: what the list is made from, what was read, and what is not
        wanted."""
        return tuple(dict.fromkeys([*self.context, *self.read, *self.let_be, *self.history.unwanted]))

    @cached_property
    def hidden(self) -> frozenset[int]:
        """What is not recommended: used before or in this visit, ignored, or not wanted."""
        return frozenset([*self.away, *self.history.seen, *self.history.ignored])

    @property
    def house(self) -> str | None:
        """The institution whose own things are near: the one that asks, else that of the item."""
        if self.request.institution is not None or self.item is None:
            return self.request.institution
        return self.item.institution if self.request.near else None

    @property
    def strategy(self) -> Strategy:
        """What the list is made from."""
        if self.item is not None:
            return Strategy(self.request.context)
        if self.reader.liked or not self.let_be.issuperset(self.history.used):
            return Strategy.PERSONAL
        return Strategy.GENERAL if self.let_be.issuperset(self.session) else Strategy.SESSION
