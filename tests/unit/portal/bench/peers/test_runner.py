from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from catalog.errors import NotFound
from portal.bench.peers.base import Asked, Records
from portal.bench.peers.runner import PEERS, Questions, measure_peers, peer_names
from portal.bench.search import run
from portal.cli import app

LEGS = ("keyword", "text_facets", "facets", "vector", "hybrid")
OURS = {leg: {"wall_ms": {"p50": 0.001}} for leg in LEGS}
RECORDS = Records([1], ["敦煌"], [("book", "nlc", "110000", "text", "open")], np.ones((1, 1), np.float32))
QUESTIONS = Questions(
    texts=[Asked(("敦煌",), RECORDS.vectors[0], None)] * 3, kinds=[Asked((), np.zeros(1, np.float32), "book")]
)


def measured(*names: str) -> dict[str, Any]:
    return measure_peers(names, lambda: (RECORDS, QUESTIONS), OURS, lambda _: None)


def test_names_are_a_comma_list_without_repeats() -> None:
    assert peer_names("") == ()
    assert peer_names("lancedb, sqlite-fts5,lancedb") == ("lancedb", "sqlite-fts5")


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        NotFound, match="no peer 'solr'; the peers are sqlite-fts5, postgres, lancedb, opensearch"
    ):
        peer_names("sqlite-fts5,solr")
    refused = CliRunner().invoke(app, ["bench", "search", "--peers", "solr"])
    assert refused.exit_code == 1
    assert "the peers are sqlite-fts5" in refused.stderr


def test_a_peer_without_its_library_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    monkeypatch.delitem(sys.modules, PEERS["lancedb"], raising=False)
    assert measured("lancedb") == {
        "lancedb": {"skipped": "lancedb is not installed: pip install 'wenmai[peers]'"}
    }


@pytest.mark.parametrize(
    ("name", "setting", "closed"),
    [
        ("postgres", "WENMAI_TEST_POSTGRES", "postgresql://nobody@127.0.0.1:1/none"),
        ("opensearch", "WENMAI_TEST_OPENSEARCH", "http://127.0.0.1:1"),
    ],
)
def test_a_peer_without_its_server_is_named_with_the_reason(
    name: str, setting: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(setting, raising=False)
    (unset,) = measured(name).values()
    monkeypatch.setenv(setting, closed)
    (unreachable,) = measured(name).values()
    # Without the extra it is the library that is missing.
    assert unset.keys() == unreachable.keys() == {"skipped"}
    assert f"{setting}=" in unset["skipped"] or "is not installed" in unset["skipped"]
    assert "cannot be reached" in unreachable["skipped"] or "is not installed" in unreachable["skipped"]


def test_each_leg_has_its_times_and_their_ratio_to_ours_or_the_reason_why_not() -> None:
    figures = measured("sqlite-fts5")["sqlite-fts5"]
    assert figures.keys() == {*LEGS, "build_seconds", "disk_bytes", "ratio", "notes"}
    assert figures["vector"] == figures["hybrid"] == {"skipped": "SQLite has no vector index"}
    for leg in ("keyword", "text_facets", "facets"):
        assert figures[leg].keys() == {"wall_ms", "cpu_ms"}
        assert figures["ratio"][leg] == pytest.approx(figures[leg]["wall_ms"]["p50"] / 0.001, abs=0.01)
    assert figures["ratio"].keys() == {"keyword", "text_facets", "facets"}
    assert figures["build_seconds"].keys() == {"prepare", "index"}


@pytest.mark.slow
def test_the_benchmark_hands_a_peer_its_own_records_and_queries() -> None:
    peers = run(100, 7, 10, lambda _: None, ("sqlite-fts5",))["peers"]
    assert peers.keys() == {"sqlite-fts5"}
    assert peers["sqlite-fts5"]["ratio"].keys() == {"keyword", "text_facets", "facets"}
