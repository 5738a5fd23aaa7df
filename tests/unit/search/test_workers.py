from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
from support import Catalogue, add, step

from catalog.errors import Unavailable
from catalog.lifecycle import Step
from search import indexing, workers
from search.preparation import Prepared
from search.workers import Task, prepared_by_processes


@pytest.fixture
def several(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """Eleven resources in blocks of three, the second withdrawn."""
    monkeypatch.setattr(indexing, "_WORTH_PROCESSES", 0)
    monkeypatch.setattr(workers, "BLOCK", 3)
    made = [add(catalogue.database, f"莫高窟第{n}窟") for n in range(11)]
    step(catalogue.database, made[1], Step.WITHDRAW)
    return catalogue


def task_of(catalogue: Catalogue) -> Task:
    parts = catalogue.specification
    return Task(catalogue.database.url, parts.model, parts.fingerprint)


def flat(blocks: list[Prepared]) -> list[object]:
    return [row for b in blocks for row in zip(b.numbers, b.revisions, b.fields, b.codes, strict=True)]


def test_processes_prepare_what_one_process_prepares_in_the_same_order(several: Catalogue) -> None:
    alone = list(several.indexer._prepared(11))
    together = list(prepared_by_processes(task_of(several), 11, processes=2))
    assert len(together) == 4
    assert flat(together) == flat(alone)
    assert np.array_equal(
        np.concatenate([block.vectors for block in together]),
        np.concatenate([block.vectors for block in alone]),
    )
    assert not active_children()


def test_an_index_built_by_processes_is_sound(several: Catalogue) -> None:
    generation = several.indexer.build(processes=2)
    several.activate(generation)
    assert generation.documents == 10
    assert several.verify().sound
    assert several.titles("莫高窟第7窟")[0] == "莫高窟第7窟"


def test_another_configuration_than_the_builders_is_refused(several: Catalogue) -> None:
    changed = replace(task_of(several), fingerprint="another")
    with pytest.raises(Unavailable):
        list(prepared_by_processes(changed, 11, processes=1))


def test_a_process_that_dies_fails_the_build_and_leaves_no_files(
    several: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small blocks, few of them ahead, so that the processes have not done everything when they are killed.
    monkeypatch.setattr(workers, "BLOCK", 1)
    monkeypatch.setattr(workers, "_AHEAD", 1)

    def kill_one(count: int) -> None:
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        time.sleep(0.5)

    with pytest.raises(Unavailable, match="fewer --processes"):
        several.indexer.build(progress=kill_one, processes=2)
    with several.database.read() as session:
        (failed,) = several.generations.all(session)
    assert failed.state == "failed"
    assert not several.generations.path(failed.id).exists()


def test_ctrl_c_is_heard_by_the_parent_alone(several: Catalogue) -> None:
    def interrupt_all(count: int) -> None:
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGINT)

    assert several.indexer.build(progress=interrupt_all, processes=2).documents == 10
    assert not active_children()
