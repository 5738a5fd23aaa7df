from __future__ import annotations

import time
from pathlib import Path

import pytest
from support import HOUSES, document

from catalog.bulk import NewResource
from portal.bench.serving import client_of
from portal.temporary import fill, temporary_services


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
