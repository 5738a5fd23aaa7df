"""Loads the sample catalogue that ships with wenmai, by the same import that a library's own files go through."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import institutions, resources
from catalog.assets import asset
from catalog.errors import Unavailable, WenmaiError
from catalog.intake import ImportOptions, Intake
from catalog.tables import BatchRow
from portal.services import Services

ACTOR = "sample"
_MOST_BYTES = 64 << 20


def load_sample(services: Services, report: Callable[[str], None]) -> bool:
    """Load, publish and index the sample, as far as that was not done yet; whether the catalogue has the sample and nothing else.

    A catalogue with records of its own is left as it is.
    """
    with services.database.read() as session:
        is_loaded = bool(resources.count_by_state(session))
        if is_loaded and not _is_sample(session):
            return False
    with suppress(Unavailable):
        if is_loaded and services.generations.active_id():
            return True
    report("loading the sample catalogue")
    with services.database.write() as session:
        for _, document in read_institutions(asset("sample") / "institutions.jsonl"):
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
    return True


def _is_sample(session: Session) -> bool:
    """Whether nothing but the sample was taken in."""
    return {options.get("actor") for options in session.scalars(select(BatchRow.options))} == {ACTOR}


def intake_of(services: Services) -> Intake:
    """The import of a data directory."""
    return Intake(services.database, services.schemas, services.settings.data / "raw")


def read_institutions(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """The documents of an institutions file, one a line, each with the number of its line. Raises WenmaiError, naming the line."""
    if file.stat().st_size > _MOST_BYTES:
        raise WenmaiError(f"{file} has more than {_MOST_BYTES:,} bytes: divide it")
    documents = []
    # Not `splitlines`: it also cuts at signs that may stand within JSON.
    for number, line in enumerate(file.read_bytes().removeprefix(BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line.decode())
        except UnicodeDecodeError as error:
            raise WenmaiError(f"{file}: line {number} is not UTF-8: save the file as UTF-8") from error
        except (ValueError, RecursionError) as error:
            raise WenmaiError(f"{file}: line {number} is not JSON ({error})") from error
        if not isinstance(document, dict):
            raise WenmaiError(f"{file}: line {number} should be one JSON object")
        documents.append((number, document))
    return documents
