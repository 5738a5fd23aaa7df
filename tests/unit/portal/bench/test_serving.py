from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import HOUSES, document

from catalog.bulk import NewResource
from portal.bench.serving import client_of, read_through
from portal.temporary import fill, temporary_services

COUNTS = Path("/proc/self/io")


@pytest.mark.slow
def test_a_server_in_a_process_of_its_own_tells_its_processor_time_apart_from_the_client_s(
    tmp_path: Path,
) -> None:
    with temporary_services(HOUSES, parent=tmp_path) as services:
        fill(services, [NewResource("book", "nlc", document("云冈石窟"))])
        with client_of(services) as client:
            before = client.server_seconds()
            deadline = time.process_time() + 0.2
            while time.process_time() < deadline:
                pass
            idle = client.server_seconds() - before
            for _ in range(20):
                client.ask("GET", "/v1/search?q=yungang")
            busy = client.server_seconds() - before - idle
            assert idle < 0.1
            assert busy > idle
            with pytest.raises(RuntimeError, match="answered 400"):
                client.ask("GET", "/v1/search?nothing=1")


@pytest.mark.skipif(not COUNTS.exists(), reason="only Linux tells how much a process has read")
def test_before_measuring_the_whole_index_is_read(tmp_path: Path) -> None:
    with temporary_services(HOUSES, parent=tmp_path) as services:
        generation = fill(services, [NewResource("book", "nlc", document("云冈石窟"))])
        before = _characters_read()
        read_through(services)
        assert _characters_read() - before >= services.generations.bytes(generation.id)


def test_reading_before_measuring_leaves_the_locks_of_the_database(tmp_path: Path) -> None:
    with temporary_services(HOUSES, parent=tmp_path) as services:
        fill(services, [NewResource("book", "nlc", document("云冈石窟"))])
        database = services.settings.data / "wenmai.db"
        with services.database.write() as session:
            session.connection()
            assert "database is locked" in _complaint_of_another_writer(database)
            read_through(services)
            assert "database is locked" in _complaint_of_another_writer(database)
        assert not _complaint_of_another_writer(database)


def _complaint_of_another_writer(database: Path) -> str:
    writing = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    return subprocess.run(
        [sys.executable, "-c", writing, str(database)], capture_output=True, text=True, check=False
    ).stderr


def _characters_read() -> int:
    return int(COUNTS.read_text(encoding="ascii").splitlines()[0].removeprefix("rchar: "))
