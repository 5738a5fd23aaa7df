"""What the benchmark hands to another engine and asks of it.

Texts are cut into words and embedded once, by our own analysis, so that what differs between the engines is the
engines. Each does no more than its legs name: it answers with numbers of records or with counts. Our own search reads
the records, marks the words found and, in the leg `hybrid`, counts the facets in the same time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from catalog.errors import Unavailable
from search.engine import Vector

SIZE = 20
"""So many records answer a query."""

CANDIDATES = 200
"""So many of the nearest vectors are looked at, as in our own search. With what some engines take when they are not
told, 20 or 40, they would be compared at a recall of two thirds."""


class Missing(Unavailable):
    """This peer cannot be tried here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Records:
    """The catalogue, one place a record in each list; vectors of shape (records, dimension), of length 1 or 0.

    `words` are joined by single spaces. `codes` are in the order of FACETS, one code a facet, so that plain columns do.
    """

    numbers: Sequence[int]
    words: Sequence[str]
    codes: Sequence[tuple[str, ...]]
    vectors: Vector


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: records with any of `words` (all records where there are none), of this `kind` if one is named.

    The vector has shape (dimension,) and length 1, or 0 for a text that the embedding does not know.
    """

    words: tuple[str, ...]
    vector: Vector
    kind: str | None


Counts = Mapping[str, Mapping[str, int]]
"""Facet to code to the number of records that match."""

Ranking = Callable[[Asked], list[int]]
"""The numbers of the best SIZE records, best first."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What a peer can do: each leg as a call, or as the reason why there is none."""

    keyword: Ranking
    facets: Callable[[Asked], Counts] | str
    vector: Ranking | str
    hybrid: Ranking | str


class Peer(Protocol):
    """One engine, open and at first empty. `notes` say what a reader of its figures must know."""

    notes: Sequence[str]
    in_process: bool

    def load(self, records: Records) -> None:
        """Take all records and build every index."""

    def disk_bytes(self) -> int:
        """What it all takes on disk."""

    def legs(self) -> Legs:
        """What can be asked once the records are loaded."""


Opener = Callable[[Path], AbstractContextManager[Peer]]
"""Opens a peer, for whose files there is an empty folder; raises Missing where that cannot be."""


def server_address(variable: str, example: str) -> str:
    """The address of a server that the environment names. Raises Missing, which says how to name one."""
    address = os.environ.get(variable)
    if not address:
        raise Missing(f"no server: name one by {variable}={example}")
    return address
