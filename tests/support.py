"""What the tests of the catalogue and of search build upon: a database, a searchable catalogue, an embedding."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from catalog import institutions, resources
from catalog.database import Database
from catalog.lifecycle import Step
from catalog.migration import migrate
from catalog.resources import Resource
from search.embedded.columns import NO_YEARS, Codes, Rows
from search.embedding.files import write_model
from search.engine import Vector
from search.generations import Generation, Generations
from search.indexing import Indexer
from search.query import Query
from search.results import SearchResult
from search.service import SearchService
from search.specification import Specification
from search.verification import Comparison, verify

DIMENSION = 32
ACTOR = "tester"
HOUSES: list[dict[str, Any]] = [
    {"code": "nlc", "name": "国家图书馆", "type": "library", "region": "110108"},
    {
        "code": "suzhou",
        "name": "苏州图书馆",
        "name_en": "Suzhou Library",
        "type": "library",
        "region": "320508",
    },
]


def unavailable(reason: str) -> NoReturn:
    """Skip what cannot run here; where everything is required, fail instead."""
    if os.environ.get("WENMAI_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


def write_tiny_model(folder: Path) -> Path:
    """A model folder whose tokens are all Chinese characters, each with a vector drawn by a fixed seed."""
    tokens = [chr(code) for code in range(0x4E00, 0xA000)]
    vectors = np.random.default_rng(7).standard_normal((len(tokens), DIMENSION)).astype(np.float32)
    write_model(folder, tokens, vectors)
    return folder


def document(title: str, **fields: Any) -> dict[str, Any]:
    """A document with this main title."""
    return {"titles": [{"value": title, "type": "main"}], **fields}


@contextmanager
def new_database(url: str) -> Iterator[Database]:
    """A migrated database with two institutions, closed afterwards."""
    database = Database(url)
    try:
        migrate(database)
        with database.write() as session:
            for house in HOUSES:
                institutions.put(session, house)
        yield database
    finally:
        database.close()


def add(
    database: Database,
    title: str,
    *,
    kind: str = "book",
    house: str = "nlc",
    published: bool = True,
    **fields: Any,
) -> Resource:
    """A new resource, published unless told otherwise."""
    with database.write() as session:
        made = resources.create(session, kind, house, document(title, **fields), actor=ACTOR)
        return resources.publish(session, made.id, actor=ACTOR) if published else made


def step(database: Database, resource: Resource, *steps: Step) -> None:
    """Take these steps, one transaction each."""
    for one in steps:
        with database.write() as session:
            resources.take_step(session, resource.id, one, actor=ACTOR)


def revise(database: Database, resource: Resource, data: Mapping[str, Any]) -> Resource:
    """Put this document in place of the resource's."""
    with database.write() as session:
        return resources.revise(session, resource.id, data, actor=ACTOR)


PATIENCE_SECONDS = 20


def wait(until: Callable[[], object]) -> None:
    """Until it is so; fails where it does not come about."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < limit, "what was waited for did not come about"
        time.sleep(0.01)


# Titles of the shelf that most tests of search read.
CAVES = ("云冈石窟", "龙门石窟", "莫高窟", "敦煌壁画", "麦积山石窟", "重庆大足石刻", "安岳石窟", "榆林窟")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A database with an index beside it."""

    database: Database
    generations: Generations
    indexer: Indexer
    search: SearchService
    specification: Specification

    @classmethod
    def over(cls, database: Database, directory: Path, specification: Specification) -> Catalogue:
        """A catalogue whose index generations lie in `directory`."""
        generations = Generations(directory)
        return cls(
            database,
            generations,
            Indexer(database, generations, specification),
            SearchService(database, generations, specification),
            specification,
        )

    def build(self) -> Generation:
        """Build a generation and let it answer."""
        generation = self.indexer.build()
        self.activate(generation)
        return generation

    def activate(self, generation: Generation) -> None:
        """Let this generation answer."""
        with self.database.write() as session:
            self.generations.activate(session, generation.id)

    def ask(self, text: str = "", **more: Any) -> SearchResult:
        """The answer to a query."""
        return self.search.search(Query(text=text, **more))

    def titles(self, text: str = "", **more: Any) -> list[str]:
        """The titles of the answer, best first."""
        return [item.resource.title for item in self.ask(text, **more).items]

    def verify(self) -> Comparison:
        """The active generation against the database."""
        with self.database.read() as session:
            return verify(session, self.search.engine())

    def files(self) -> Path:
        """The folder of the active generation."""
        return self.generations.path(self.generations.active_id())


def rows_of(
    numbers: Sequence[int],
    revisions: Sequence[int],
    vectors: Vector,
    codes: Sequence[Codes] | None = None,
    years: Sequence[tuple[int, int]] | None = None,
) -> Rows:
    """Rows of the vector leg, without codes and years unless given."""
    count = len(numbers)
    works = [-number for number in numbers]
    return Rows(
        numbers,
        revisions,
        codes or [{}] * count,
        years or [NO_YEARS] * count,
        works,
        [True] * count,
        vectors,
    )


def unit_vectors(count: int, dimension: int = DIMENSION, seed: int = 1) -> Vector:
    """Random vectors of length 1, shape (count, dimension)."""
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
