"""What the commands of recommendation promise."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from reading_room import sent
from typer.testing import CliRunner

from catalog.clock import now
from portal.cli import app
from portal.sample import load_sample
from portal.services import open_services
from portal.settings import Settings
from portal.simulation import is_simulated, simulate_use

VERSION = {"version", "active", "state", "events", "subjects", "resources", "seconds", "created_at", "error"}
_TIMES = {"p50", "p95", "p99"}


class Terminal:
    """Runs commands on one data directory."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def run(self, *words: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, words, env={"WENMAI_DATA": str(self._data), "COLUMNS": "200"})
        assert done.exit_code == status, done.output
        return done.stdout if status == 0 else done.stderr

    def json(self, *words: str, status: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json"], env={"WENMAI_DATA": str(self._data)})
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The sample catalogue with its simulated use, as `wenmai demo` makes it."""
    data = tmp_path_factory.mktemp("demonstration")
    CliRunner().invoke(app, ["init"], env={"WENMAI_DATA": str(data)})
    said: list[str] = []
    services = open_services(Settings(data=data))
    load_sample(services, said.append)
    simulate_use(services, said.append)
    simulate_use(services, said.append)
    services.close()
    assert len([line for line in said if "simulated events" in line]) == 1
    assert is_simulated(data)
    return Terminal(data)


@pytest.fixture
def caves(demonstration: Terminal) -> str:
    return str(demonstration.json("search", "莫高窟", "--size", "1")["items"][0]["id"])


def test_recommend_answers_with_score_and_reason(demonstration: Terminal, caves: str) -> None:
    answer = demonstration.json("recommend", "--session", caves, "--size", "5")
    assert answer.keys() == {"request_id", "model_version", "strategy", "items"}
    assert answer["strategy"] == "session"
    assert all(item.keys() >= {"id", "title", "kind", "score", "reason"} for item in answer["items"])
    assert answer["items"][0]["reason"]["because"]["id"] == caves
    kinds = {item["kind"] for item in demonstration.json("recommend", "--field", "kind=virtual")["items"]}
    assert kinds == {"virtual"}
    popular = [item["id"] for item in demonstration.json("recommend")["items"]]
    assert any("因为您看过“" in demonstration.run("recommend", "--session", one) for one in popular)


def test_recommend_takes_context_and_language_as_the_api_does(demonstration: Terminal, caves: str) -> None:
    beside = demonstration.json("recommend", "--context", "item", "--item", caves, "--lang", "en")
    assert beside["strategy"] == "item"
    assert any("莫高窟" in item["reason"]["text"] for item in beside["items"])
    assert not any("因为" in item["reason"]["text"] for item in beside["items"])
    collection = demonstration.run("recommend", "--context", "collection", "--item", caves, status=1)
    assert "no collection" in collection
    assert "name an item" in demonstration.run("recommend", "--context", "item", status=1)


def test_suggest_tells_makers_from_titles(demonstration: Terminal) -> None:
    maker, *titles = demonstration.run("suggest", "luxun").splitlines()
    assert maker.startswith("鲁迅  (creator of ")
    assert any(line.endswith("  鲁迅全集") for line in titles)


def test_similar_goes_across_kinds_and_stays_local_when_asked(demonstration: Terminal, caves: str) -> None:
    assert len({item["kind"] for item in demonstration.json("similar", caves)["items"]}) >= 3
    local = demonstration.json("similar", caves, "--source", "local")["items"]
    assert len({item["institution"] for item in local}) == 1


def test_versions_are_learnt_listed_and_gone_back_to(demonstration: Terminal) -> None:
    (first,) = demonstration.json("recommendation", "list")["versions"]
    assert first.keys() == VERSION
    made = demonstration.json("recommendation", "train")
    assert made["active"] is True
    assert demonstration.json("recommendation", "activate", first["version"])["active"] is True
    assert "no version" in demonstration.run("recommendation", "activate", "unknown", status=1)


def test_a_choice_is_made_and_taken_back(demonstration: Terminal, caves: str) -> None:
    assert demonstration.json("recommendation", "pin", "nlc", caves)["action"] == "pin"
    assert demonstration.json("recommend", "--institution", "nlc")["items"][0]["id"] == caves
    demonstration.json("recommendation", "exclude", "nlc", caves)
    demonstration.json("recommendation", "undo", "nlc", caves)
    assert "no choice" in demonstration.run("recommendation", "undo", "nlc", caves, status=1)


def test_events_are_imported_once_and_erased(demonstration: Terminal, caves: str, tmp_path: Path) -> None:
    file = tmp_path / "loans.jsonl"
    ago = (now() - timedelta(hours=1)).isoformat()
    lines = [sent(caves, 1, "borrowed", at=ago), sent("01JZZZZZZZZZZZZZZZZZZZZZZZ", 1), {"id": "x"}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    first = demonstration.json("event", "import", str(file))
    assert (first["read"], first["accepted"], first["duplicates"], first["rejected"]) == (3, 1, 0, 2)
    assert {(error["line"], error["field"]) for error in first["errors"]} == {(2, "resource"), (3, "id")}
    assert demonstration.json("event", "import", str(file))["duplicates"] == 1
    assert demonstration.json("recommend", "--subject", lines[0]["subject"])["strategy"] == "personal"
    assert demonstration.json("event", "erase", lines[0]["subject"]) == {"deleted": 1}
    assert demonstration.json("event", "tidy") == {"counted": 0}
    file.write_bytes(b"no json\n\n\xff\xfe\n" + json.dumps(lines[0] | {"id": "after-bad-lines"}).encode())
    packed = tmp_path / "loans.jsonl.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    for one in (file, packed):
        last = demonstration.json("event", "import", str(one), status=1)
        assert (last["read"], last["rejected"]) == (3, 3)
        assert [(error["line"], error["field"]) for error in last["errors"]] == [(1, ""), (3, ""), (4, "at")]
        assert all("is not JSON" in error["problem"] for error in last["errors"][:2])
    assert "pseudonym" in demonstration.run("event", "erase", "x", status=1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_events_may_come_in_the_encodings_that_spreadsheets_write(
    demonstration: Terminal, caves: str, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "loans.jsonl"
    lines = [json.dumps(sent(caves, 2, id=f"loan-{encoding}-{number}")) for number in range(3)]
    file.write_text("\n".join(lines), encoding=encoding)
    report = demonstration.json("event", "import", str(file))
    assert (report["read"], report["accepted"], report["errors"]) == (3, 3, [])


def test_what_is_refused_of_a_file_of_events_is_told_line_by_line(
    demonstration: Terminal, caves: str, tmp_path: Path
) -> None:
    file = tmp_path / "loans.jsonl"
    file.write_text(f"no json\n{json.dumps(sent(caves, 3))}\n")
    assert demonstration.run("event", "import", str(file)) == (
        "loans.jsonl: 2 read, 1 accepted, 0 duplicates, 1 rejected\n"
    )
    file.write_text("no json\n" * 102)
    told = demonstration.run("event", "import", str(file), status=1).splitlines()
    assert told[0].startswith("  line 1: is not JSON")
    assert told[-2] == "  and 2 lines more"
    assert "nothing of loans.jsonl was taken in" in told[-1]
    file.write_text("\n")
    assert "no event" in demonstration.run("event", "import", str(file), status=1)
    file.write_bytes(b"\xff\xfe{")
    assert "broken" in demonstration.run("event", "import", str(file), status=1)


def test_the_simulated_log_is_replayed(demonstration: Terminal) -> None:
    models = demonstration.json("evaluate", "replay")["models"]
    assert models["wenmai"]["ndcg@20"] > models["popularity"]["ndcg@20"]
    assert "wenmai" in demonstration.run("evaluate", "replay")


def test_a_set_is_converted_and_evaluated_with_the_promised_keys(
    demonstration: Terminal, tmp_path: Path
) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    rows = [" ".join(map(str, [user, *range(user % 5, 40, 5)])) for user in range(40)]
    (source / "train.txt").write_text("\n".join(rows))
    (source / "test.txt").write_text("\n".join(f"{user} {40 + user % 5}" for user in range(40)))
    (source / "book_author.dat").write_text("\n".join(f"{item + 1}\t{item % 5}" for item in range(45)))
    counts = demonstration.json("evaluate", "convert", str(source), "--out", str(out))
    assert counts == {"set": str(out), "train.txt": 40, "test.txt": 40, "items.jsonl": 45}
    document = demonstration.json("evaluate", "recommend", str(out), "--ablation")
    assert document.keys() >= {"set", "users", "items", "models", "cold", "few_events", "without"}
    assert document["models"].keys() == {"popularity", "itemknn", "ease", "ials", "wenmai"}
    assert document["models"]["wenmai"].keys() >= {"recall@20", "ndcg@20", "coverage@20"}
    assert document["cold"].keys() >= {"recall@20", "recall@20_all"}
    assert "ease" not in demonstration.run("evaluate", "recommend", str(out), "--no-baselines")


@pytest.mark.slow
def test_the_benchmark_reports_times_and_events(demonstration: Terminal) -> None:
    report = demonstration.json(
        "bench", "recommend", "--items", "1000", "--events", "2000", "--queries", "10"
    )
    assert (report["items"], report["events"]) == (1000, 2000)
    assert report["recommend"]["cpu_ms"].keys() == report["similar"]["wall_ms"].keys() == _TIMES
    assert report["events_per_second"]["batch"] > report["events_per_second"]["single"] > 0
    assert report["train_seconds"] > 0
