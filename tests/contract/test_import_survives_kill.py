"""An import that is killed at any moment, and run again, loses no record and takes none in twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalog import institutions
from catalog.assets import asset
from catalog.database import Database
from catalog.intake import BatchReport, ImportOptions, Intake
from catalog.schema import Schemas
from catalog.tables import AuditRow, Base, BatchRow, ChangeRow, RawRecordRow, ResourceRow, RevisionRow

RECORDS = 12_000
REJECTED = RECORDS // 100
KILLS = 20
OPTIONS = ImportOptions(institution="nlc", kind="book", publish=True)

# Waits for its cue, so that the kills fall into the import rather than into the start of Python.
CHILD = """
import sys
from pathlib import Path
from test_import_survives_kill import OPTIONS, opened
folder = Path(sys.argv[1])
intake = opened(folder)
print("ready", flush=True)
sys.stdin.readline()
intake.run(intake.start(folder / "books.csv", OPTIONS))
print("done", flush=True)
"""


def opened(folder: Path) -> Intake:
    database = Database(f"sqlite:///{folder / 'catalogue.db'}")
    return Intake(database, Schemas.load(asset("schemas")), folder / "raw")


def write_books(path: Path) -> None:
    """Every hundredth book has no title and is rejected."""
    titles = ("" if number % 100 == 0 else f"第{number}种书" for number in range(1, RECORDS + 1))
    rows = (f"{number},{title},作者{number % 50}\n" for number, title in enumerate(titles, start=1))
    path.write_text("编号,题名,作者\n" + "".join(rows), encoding="utf-8")


def run_and_kill(folder: Path, seconds: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("go\n")
        child.stdin.flush()
        time.sleep(seconds)
        child.kill()


def counted(intake: Intake, table: type[Base]) -> int:
    with intake.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def position(intake: Intake) -> int:
    with intake.database.read() as session:
        return session.scalar(select(func.max(BatchRow.position))) or 0


@pytest.mark.slow
def test_an_import_killed_at_twenty_moments_is_whole_in_the_end(tmp_path: Path) -> None:
    intake = opened(tmp_path)
    Base.metadata.create_all(intake.database.engine)
    with intake.database.write() as session:
        institutions.put(session, {"code": "nlc", "name": "国家图书馆", "type": "library"})
    write_books(tmp_path / "books.csv")
    dice = random.Random(20)  # noqa: S311 - moments, not secrets
    reached, longest = [], 0.3
    for _ in range(KILLS):
        run_and_kill(tmp_path, dice.uniform(0.0, longest))
        reached.append(position(intake))
        # A busy machine takes nothing in within so short a time.
        longest *= 1 if reached[-1] else 1.5
        assert counted(intake, RawRecordRow) == reached[-1]
    assert reached == sorted(reached)
    assert set(reached) - {0, RECORDS}

    report = intake.run(intake.start(tmp_path / "books.csv", OPTIONS))

    accepted = RECORDS - REJECTED
    assert report == BatchReport(report.batch, RECORDS, accepted, 0, 0, REJECTED, report.errors)
    tables = (ResourceRow, RevisionRow, ChangeRow, RawRecordRow)
    assert [counted(intake, table) for table in tables] == [accepted, accepted, accepted, RECORDS]
    assert counted(intake, AuditRow) == 3 * accepted
    assert counted(intake, BatchRow) == 1
    with intake.database.read() as session:
        sources = session.scalars(select(ResourceRow.source_record)).all()
    expected = {str(number) for number in range(1, RECORDS + 1) if number % 100}
    assert set(sources) == expected
    assert len(sources) == len(expected)
    intake.database.close()
