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
    """A request, looked up: numbers instead of ids. `newest` are the newest published resources that were used, by number."""

    request: Request
    item: Resource | None
    reader: Reader
    history: History
    session: tuple[int, ...]
    curated: Curated
    members: tuple[int, ...] = ()
    newest: Mapping[int, Resource] = field(default_factory=dict)

    @property
    def context(self) -> list[int]:
        """The item beside which the list stands, and where that is a collection what belongs to it."""
        return [self.item.number, *self.members] if self.item is not None else []

    @property
    def used(self) -> list[int]:
        """What the list is made from, the most telling first."""
        return list(dict.fromkeys([*self.context, *self.session, *self.history.used]))

    @property
    def leading(self) -> list[Resource]:
        """The resource that the list stands beside, else the newest of what was used."""
        return [self.item] if self.item is not None else list(self.newest.values())

    @property
    def away(self) -> list[int]:
        """What is not recommended, nor another edition of its work: what the list is made from, and what is not wanted."""
        return [*self.used, *self.history.unwanted]

    @property
    def hidden(self) -> set[int]:
        """What is not recommended: used before or in this visit, ignored, or not wanted."""
        return {*self.used, *self.history.seen, *self.history.ignored, *self.history.unwanted}

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
        if self.history.used or self.reader.liked:
            return Strategy.PERSONAL
        return Strategy.SESSION if self.session else Strategy.GENERAL
