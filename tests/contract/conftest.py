"""A PostgreSQL server of our own for the suites that run on every database."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from engine_cases import COUNT, ENGINES, Case, made_document
from sqlalchemy import create_engine
from support import new_database, unavailable

from catalog.database import Database
from search.preparation import prepare
from search.specification import Specification

_ACCOUNT = "postgres"
_OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server, up to the name of a database."""
    if importlib.util.find_spec("psycopg") is None:
        unavailable("PostgreSQL is not tried: the extra `postgres` is not installed")
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="wenmai-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _account())
        yield from _server(programs, folder / "data")
    finally:
        shutil.rmtree(folder)


def _server(programs: Path, data: Path) -> Iterator[str]:
    port = _free_port()
    _run(
        programs / "initdb",
        "-D",
        data,
        "-U",
        "wenmai",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    log = data / "log"
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", f"-p {port} {_OPTIONS}", "start")
    try:
        yield f"postgresql+psycopg://wenmai@127.0.0.1:{port}/"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the URL of a new, empty database of the kind that is tried."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid4().hex}.db"
    server: str = request.getfixturevalue("postgres")
    return lambda: _new_postgres_database(server)


@pytest.fixture
def any_database(new_url: Callable[[], str]) -> Iterator[Database]:
    """A migrated database, of each kind in turn."""
    with new_database(new_url()) as database:
        yield database


def _new_postgres_database(server: str) -> str:
    name = f"test_{uuid4().hex}"
    engine = create_engine(server + "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server + name


def _programs() -> Path:
    """The folder of PostgreSQL's programs, which Debian keeps off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        unavailable("PostgreSQL is not tried: initdb is not installed (Debian: apt-get install postgresql)")
    return folders[-1]


def _account() -> str:
    """The account that runs the server where we are root, which PostgreSQL refuses to be run by."""
    if not any(entry.pw_name == _ACCOUNT for entry in pwd.getpwall()):
        unavailable("PostgreSQL is not tried: it refuses to run as root, and there is no account `postgres`")
    return _ACCOUNT


def _run(*command: str | Path) -> None:
    as_account = ["runuser", "-u", _ACCOUNT, "--"] if os.geteuid() == 0 else []
    # Not captured by a pipe, which the server would inherit and hold open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run([*as_account, *command], stdout=output, stderr=output, cwd="/", check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module", params=ENGINES)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, specification: Specification
) -> Case:
    documents = [made_document(number, number) for number in range(1, COUNT + 1)]
    engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"), specification, documents)
    vectors = prepare(specification, documents).vectors
    return Case(
        engine,
        {document.number: document for document in documents},
        {document.number: vector for document, vector in zip(documents, vectors, strict=True)},
        specification,
    )
