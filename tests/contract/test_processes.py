"""Several processes on one data directory: two that serve, a worker, and the command line beside them."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from support import add

from catalog import leases
from catalog.database import Database
from portal.follower import LEASE

PATIENCE_SECONDS = 60.0
PROMISED_SECONDS = 2.0
# Each connection goes to whichever process accepts it, so that twenty reach both.
CONNECTIONS = 20
WENMAI = Path(sys.executable).with_name("wenmai")
BOOKS = [
    {"record_id": "hongloumeng", "titles": [{"value": "红楼梦"}]},
    {"record_id": "xiyouji", "titles": [{"value": "西游记"}]},
]


@dataclass(frozen=True, slots=True)
class Installation:
    """A data directory, the port that it is served at, and the process of its worker, 0 before it was started."""

    environment: dict[str, str]
    port: int
    worker: int = 0

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [WENMAI, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def get(self, path: str) -> Any:
        """The answer over a connection of its own."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def found(self, text: str, resource: str) -> list[bool]:
        """Whether the resource is in the answer, connection by connection."""
        answers = [self.get(f"/v1/search?q={quote(text)}") for _ in range(CONNECTIONS)]
        return [resource in [item["id"] for item in answer["items"]] for answer in answers]

    def serves(self) -> bool:
        try:
            self.get("/readyz")
        except (URLError, ConnectionError):
            return False
        return True


def new_draft(installation: Installation, title: str) -> str:
    """The id of a draft that a further process, this one, makes."""
    database = Database(f"sqlite:///{installation.environment['WENMAI_DATA']}/wenmai.db")
    try:
        return add(database, title, published=False).id
    finally:
        database.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(installation: Installation, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([WENMAI, *words], env=installation.environment, stderr=subprocess.DEVNULL)
    with process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    port = free_port()
    environment = os.environ | {
        "WENMAI_DATA": str(folder / "data"),
        "WENMAI_MODEL": str(tiny_model),
        "WENMAI_PORT": str(port),
    }
    made = Installation(environment, port)
    books = folder / "books.jsonl"
    books.write_text("".join(json.dumps(book) + "\n" for book in BOOKS), encoding="utf-8")
    made.json("init")
    made.json("institution", "add", "nlc", "国家图书馆", "--region", "110108")
    report = made.json("import", str(books), "--institution", "nlc", "--kind", "book", "--publish")
    assert report["created"] == len(BOOKS), report
    made.json("index", "build", "--activate")
    with ExitStack() as processes:
        processes.enter_context(running(made, "serve", "--workers", "2"))
        limit = time.monotonic() + PATIENCE_SECONDS
        while not made.serves():
            assert time.monotonic() < limit, "the server did not become ready"
            time.sleep(0.1)
        worker = processes.enter_context(running(made, "worker"))
        yield replace(made, worker=worker.pid)


@pytest.mark.slow
def test_what_one_process_publishes_every_serving_process_finds_within_two_seconds(
    installation: Installation,
) -> None:
    draft = new_draft(installation, "三国演义")
    assert not any(installation.found("三国演义", draft))

    installation.json("resource", "publish", draft)

    ended = time.monotonic()
    while not all(installation.found("三国演义", draft)):
        assert time.monotonic() - ended < PROMISED_SECONDS, "a serving process still does not find it"


@pytest.mark.slow
def test_what_one_process_withdraws_no_serving_process_finds_any_more(installation: Installation) -> None:
    (before,) = installation.get(f"/v1/search?q={quote('西游记')}&size=1")["items"]
    assert before["title"] == "西游记"

    installation.json("resource", "withdraw", before["id"])

    assert not any(installation.found("西游记", before["id"]))
    # Following the change feed does not bring it back.
    time.sleep(PROMISED_SECONDS / 2)
    assert not any(installation.found("西游记", before["id"]))


@pytest.mark.slow
def test_a_worker_follows_though_those_that_serve_were_there_before(installation: Installation) -> None:
    database = Database(f"sqlite:///{installation.environment['WENMAI_DATA']}/wenmai.db")
    limit = time.monotonic() + PATIENCE_SECONDS
    holder = None
    while holder != f"{socket.gethostname()}:{installation.worker}":
        assert time.monotonic() < limit, f"{holder} follows"
        with database.read() as session:
            holder = leases.holder_of(session, LEASE)
    database.close()


@pytest.mark.slow
def test_a_second_follower_is_refused_by_the_name_of_the_first(installation: Installation) -> None:
    refused = installation.run("index", "follow")

    holder = re.search(r"already being followed by process (\S+):(\d+);", refused.stderr)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert holder is not None, refused.stderr
    assert holder[1] == socket.gethostname()
    os.kill(int(holder[2]), 0)  # raises if no such process runs
