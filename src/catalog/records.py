"""Resources by their ids, read without a transaction, which takes a tenth of the time: for who reads nothing else beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table

from catalog.clock import is_id
from catalog.database import Database
from catalog.lifecycle import State
from catalog.lookup import Lookup
from catalog.resources import Resource
from catalog.tables import ResourceRow

_TABLE = cast(Table, ResourceRow.__table__)
_BY_ID = Lookup([_TABLE.c[name] for name in Resource._fields], _TABLE.c.id)
_NUMBERS = Lookup([_TABLE.c.id, _TABLE.c.number], _TABLE.c.id)


def named_now(database: Database, ids: Iterable[str]) -> dict[str, Resource]:
    """The resources of these ids, whatever their state; unknown ids are missing from the answer."""
    known = list(filter(is_id, ids))
    found = (Resource._make(row) for row in (_BY_ID.alone(database, known) if known else ()))
    return {one.id: one._replace(state=State(one.state)) for one in found}


def numbers_now(database: Database, ids: Iterable[str]) -> dict[str, int]:
    """Number of each known id."""
    known = list(filter(is_id, ids))
    return {row[0]: row[1] for row in (_NUMBERS.alone(database, known) if known else ())}


def members_now(database: Database, collection: Resource, most: int) -> list[int]:
    """Numbers of the resources that a collection names, each once, in its order, of so many at most; none of anything else."""
    ids = list(dict.fromkeys(str(one) for one in collection.data.get("members") or ()))[:most]
    known = numbers_now(database, ids) if ids else {}
    return [known[one] for one in ids if one in known]
