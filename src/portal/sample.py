"""Loads the sample catalogue that ships with wenmai, by the same import that a library's own files go through."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog import institutions, resources
from catalog.assets import asset
from catalog.intake import ImportOptions, Intake
from portal.services import Services

ACTOR = "sample"


def load_sample(services: Services, report: Callable[[str], None]) -> None:
    """Load, publish and index the sample, unless the catalogue has resources already."""
    with services.database.read() as session:
        if resources.count_by_state(session):
            return
    report("loading the sample catalogue")
    with services.database.write() as session:
        for document in read_institutions(asset("sample") / "institutions.jsonl"):
            institutions.put(session, document)
    intake = intake_of(services)
    for file in sorted(asset("sample").glob("*.jsonl")):
        if file.stem != "institutions":
            batch = intake.start(file, ImportOptions(publish=True, actor=ACTOR))
            report(f"{file.stem}: {intake.run(batch).created} resources")
    generation = services.indexer.build()
    with services.database.write() as session:
        services.generations.activate(session, generation.id)
    report(f"index of {generation.documents} resources built in {generation.seconds:.1f} s")


def intake_of(services: Services) -> Intake:
    """The import of a data directory."""
    return Intake(services.database, services.schemas, services.settings.data / "raw")


def read_institutions(file: Path) -> list[dict[str, Any]]:
    """The documents of an institutions file, one a line. Raises JSONDecodeError."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
