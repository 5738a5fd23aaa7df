"""What is asked of recommendation, and the lists that it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from catalog.resources import Resource
from recommend.reasons import Reason
from search.query import MAX_SIZE, Filters, QueryError


class Context(StrEnum):
    """Where the list stands."""

    HOME = "home"
    ITEM = "item"
    COLLECTION = "collection"

    @classmethod
    def of(cls, named: Context | None, item: str | None) -> Context:
        """The context that was named; else beside the item, if there is one."""
        return named or (cls.HOME if item is None else cls.ITEM)


class Strategy(StrEnum):
    """What a list is made from; `general`: the same for everyone."""

    PERSONAL = "personal"
    SESSION = "session"
    ITEM = "item"
    COLLECTION = "collection"
    GENERAL = "general"


class Scope(StrEnum):
    """For what is similar: within the resource's institution, everywhere, or everywhere with its own first."""

    LOCAL = "local"
    GLOBAL = "global"
    BLEND = "blend"


class Basis(StrEnum):
    """What stands beside a resource: what is used together with it, what is alike, or both in one list."""

    USE = "use"
    CONTENT = "content"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `subject` is the app's name of a reader, `session` the ids used in this visit, newest first.

    `institution` is the one whose page shows the list; `near`: the item's own institution counts as near; `basis`: what leads
    to the list; `filled`: where too little does, the rest of the catalogue fills it up.
    Raises QueryError, naming the field.
    """

    context: Context = Context.HOME
    item: str | None = None
    subject: str | None = None
    session: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    institution: str | None = None
    size: int = 10
    personalised: bool = True
    near: bool = False
    basis: Basis = Basis.BOTH
    filled: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MAX_SIZE:
            raise QueryError(f"n must be between 1 and {MAX_SIZE}", field="n")
        if (self.item is None) != (self.context is Context.HOME):
            raise QueryError(
                "the contexts item and collection name an item, the context home does not", field="item"
            )


@dataclass(frozen=True, slots=True)
class Recommended:
    """One resource of a list."""

    resource: Resource
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommendations:
    """A list, best first."""

    request_id: str
    model_version: str | None
    strategy: Strategy
    items: list[Recommended]
