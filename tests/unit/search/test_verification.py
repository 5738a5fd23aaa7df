from __future__ import annotations

import numpy as np
import pytest
from support import Catalogue, add, document, revise, rows_of, step

from catalog.lifecycle import Step
from catalog.resources import Resource
from search.embedded import keyword_query
from search.embedded.vector_log import VectorLogWriter
from search.embedded.writer import Writer
from search.preparation import prepare
from search.verification import Comparison


@pytest.fixture
def three(catalogue: Catalogue) -> list[Resource]:
    made = [add(catalogue.database, title) for title in ("云冈石窟", "龙门石窟", "莫高窟")]
    add(catalogue.database, "草稿", published=False)
    catalogue.build()
    return made


def test_a_fresh_index_is_sound(catalogue: Catalogue, three: list[Resource]) -> None:
    found = catalogue.verify()
    assert found.sound
    assert found.documents == len(three)


def test_what_changed_since_is_missing_extra_or_outdated(catalogue: Catalogue, three: list[Resource]) -> None:
    new = add(catalogue.database, "榆林窟")
    step(catalogue.database, three[0], Step.WITHDRAW)
    revise(catalogue.database, three[1], document("龙门石窟群"))
    found = catalogue.verify()
    assert found == Comparison(3, missing=[new.number], extra=[three[0].number], outdated=[three[1].number])
    assert not found.sound
    catalogue.indexer.follow_once()
    assert catalogue.verify() == Comparison(3, [], [], [])


def test_following_twice_or_again_from_the_start_changes_nothing(
    catalogue: Catalogue, three: list[Resource]
) -> None:
    step(catalogue.database, three[0], Step.WITHDRAW, Step.PUBLISH)
    catalogue.indexer.follow_once()
    before = catalogue.titles("石窟", size=50)
    with catalogue.database.write() as session:
        catalogue.generations.advance(session, catalogue.generations.active_id(), 0)
    assert catalogue.indexer.follow_once() > 0
    assert catalogue.indexer.follow_once() == 0
    assert catalogue.verify().sound
    assert sorted(catalogue.titles("石窟", size=50)) == sorted(before)
    assert catalogue.ask().total == 3


def test_a_resource_that_only_the_vectors_lost_is_missing(
    catalogue: Catalogue, three: list[Resource]
) -> None:
    dimension = catalogue.specification.embedding.dimension
    VectorLogWriter(catalogue.files() / "vectors" / "log.bin", dimension).bury([three[0].number])
    step(catalogue.database, three[2], Step.WITHDRAW)
    catalogue.indexer.follow_once()
    assert catalogue.verify() == Comparison(2, missing=[three[0].number], extra=[], outdated=[])


def test_a_resource_that_the_keyword_index_has_twice_is_outdated(
    catalogue: Catalogue, three: list[Resource], monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(catalogue.database, three[0], document("云冈石窟群"))
    # As if taking the former state out had failed.
    monkeypatch.setattr(keyword_query, "exact", lambda schema, field, values: keyword_query.any_of([]))
    catalogue.indexer.follow_once()
    monkeypatch.undo()
    assert catalogue.verify() == Comparison(3, missing=[], extra=[], outdated=[three[0].number])


def test_a_number_that_nobody_knows_is_extra(catalogue: Catalogue, three: list[Resource]) -> None:
    dimension = catalogue.specification.embedding.dimension
    log = VectorLogWriter(catalogue.files() / "vectors" / "log.bin", dimension)
    log.append(rows_of([99], [1], np.zeros((1, dimension), dtype=np.float32)))
    Writer(catalogue.files(), dimension).apply(prepare(catalogue.specification, []), [98])
    assert catalogue.verify() == Comparison(3, missing=[], extra=[99], outdated=[])
