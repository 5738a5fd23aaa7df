"""A request for recommendations, looked up: what the list is made from, and what it must not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.resources import Resource
from recommend.curation import Curated
from recommend.readers import History, Reader
from recommend.request import Request, Strategy


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, looked up: numbers instead of ids. `newest` are the newest published resources that were used, by number;
    `let_be` those that were used and bear a label that the reader deleted: nothing is made from them."""

    request: Request
    item: Resource | None
    reader: Reader
    history: History
    session: tuple[int, ...]
    curated: Curated
    members: tuple[int, ...] = ()
    newest: Mapping[int, Resource] = field(default_factory=dict)
    let_be: frozenset[int] = frozenset()

    @property
    def context(self) -> list[int]:
        """The item beside which the list stands, and where that is a collection what belongs to it."""
        return [self.item.number, *self.members] if self.item is not None else []

    @property
    def used(self) -> list[int]:
        """What the list is made from, the most telling first."""
        read = [n for n in (*self.session, *self.history.used) if n not in self.let_be]
        return list(dict.fromkeys([*self.context, *read]))

    @property
    def leading(self) -> list[Resource]:
        """The resource that the list stands beside, else the newest of what was used."""
        return [self.item] if self.item is not None else list(self.newest.values())

    @property
    def away(self) -> list[int]:
        """What is not recommended, nor another edition of its work: what the list is made from, and what is not wanted."""
        return [*self.used, *self.let_be, *self.history.unwanted]

    @property
    def hidden(self) -> set[int]:
        """What is not recommended: used before or in this visit, ignored, or not wanted."""
        return {*self.used, *self.let_be, *self.history.seen, *self.history.ignored, *self.history.unwanted}

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
