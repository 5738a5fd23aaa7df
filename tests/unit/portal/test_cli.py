"""What the command line promises: its JSON, its exit statuses, and one plain sentence where it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer.main
from openpyxl import Workbook
from terminal import Terminal
from typer.core import TyperGroup
from typer.testing import CliRunner

from portal.cli import app

NOVEL = {"subjects": [{"label": "章回小说"}]}
BOOKS: list[dict[str, Any]] = [
    {"record_id": "hongloumeng", "titles": [{"value": "红楼梦"}], "description": "贾宝玉与林黛玉"} | NOVEL,
    {"record_id": "xiyouji", "titles": [{"value": "西游记"}], "description": "孙悟空取经"} | NOVEL,
    {"record_id": "nameless", "description": "没有题名"},
]
GENERATION = {"generation", "fingerprint", "documents", "seconds", "bytes", "position"}
RESOURCE = {"id", "title", "kind", "institution", "state", "revision"}
BATCH = {"batch", "read", "created", "updated", "unchanged", "rejected"}
MISSING_ID = "01JZZZZZZZZZZZZZZZZZZZZZZZ"


@dataclass(frozen=True, slots=True)
class Filled:
    """A terminal on a directory with two published books, and what the commands that made it printed."""

    terminal: Terminal
    init: dict[str, Any]
    imported: dict[str, Any]
    built: dict[str, Any]

    def first(self, text: str) -> dict[str, Any]:
        items: list[dict[str, Any]] = self.terminal.json("search", text)["items"]
        return items[0]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Filled:
    folder = tmp_path_factory.mktemp("cli")
    terminal = Terminal(folder / "data", tiny_model)
    books = folder / "books.jsonl"
    books.write_text("".join(json.dumps(book) + "\n" for book in BOOKS), encoding="utf-8")
    init = terminal.json("init")
    terminal.json("institution", "add", "nlc", "国家图书馆")
    imported = terminal.json("import", str(books), "--institution", "nlc", "--kind", "book", "--publish")
    return Filled(terminal, init, imported, terminal.json("index", "build", "--activate"))


def commands(command: object, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that name each command below this one."""
    if not isinstance(command, TyperGroup):
        yield path
        return
    for name, below in command.commands.items():
        yield from commands(below, *path, name)


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0
    assert f"Example: wenmai {' '.join(words)}" in done.stdout


def test_init_reports_directory_database_and_revision(filled: Filled) -> None:
    assert filled.init.keys() == {"data", "database", "migrated_to"}
    assert filled.terminal.json("init") == filled.init


def test_import_reports_counts_and_complaints(filled: Filled) -> None:
    assert filled.imported.keys() == BATCH | {"errors"}
    assert (filled.imported["read"], filled.imported["created"], filled.imported["rejected"]) == (3, 2, 1)
    (error,) = filled.imported["errors"]
    assert error.keys() >= {"record", "field", "problem", "hint"}
    assert (error["record"], error["field"]) == (3, "titles")


def test_batches_are_listed_shown_and_explained(filled: Filled) -> None:
    batch = filled.imported["batch"]
    shown = filled.terminal.json("batch", "show", batch)
    assert shown.keys() >= BATCH
    assert shown in filled.terminal.json("batch", "list")
    assert filled.terminal.json("batch", "errors", batch) == filled.imported["errors"]


def test_index_commands_report_the_generation(filled: Filled) -> None:
    assert filled.built.keys() == GENERATION
    assert filled.built["documents"] == 2
    (listed,) = filled.terminal.json("index", "list")
    assert listed.keys() >= GENERATION
    assert listed["active"]
    verified = filled.terminal.json("index", "verify")
    assert verified.keys() >= GENERATION
    assert (verified["missing"], verified["extra"], verified["outdated"]) == (0, 0, 0)
    assert filled.terminal.json("index", "follow", "--once").keys() == {"applied"}


def test_search_answers_with_the_promised_keys(filled: Filled) -> None:
    answer = filled.terminal.json("search", "红楼梦")
    assert answer.keys() >= {"total", "tier", "took_ms", "mode", "interpreted_as", "items", "facets"}
    assert answer["total"] == 1
    first = answer["items"][0]
    assert first.keys() >= {"id", "title", "kind", "institution", "score", "highlights"}
    assert first["title"] == "红楼梦"
    assert answer["facets"]["kind"][0].keys() >= {"value", "label", "count", "selected"}


def test_a_walk_by_cursor_meets_every_record_once(filled: Filled) -> None:
    first = filled.terminal.json("search", "", "--cursor", "*", "--size", "1")
    second = filled.terminal.json("search", "", "--cursor", first["cursor"], "--size", "1")
    titles = [item["title"] for answer in (first, second) for item in answer["items"]]
    assert titles == ["红楼梦", "西游记"]
    assert (
        f"--cursor {first['cursor']}"
        in filled.terminal.run("search", "", "--cursor", "*", "--size", "1").stdout
    )


def test_an_explained_result_tells_its_parts_and_what_each_leg_said(filled: Filled) -> None:
    told = filled.terminal.run("search", "红楼梦", "--explain").stdout
    assert "keyword: rank 1, 1.000 of 1" in told
    (item, *_) = filled.terminal.json("search", "红楼梦", "--explain")["items"]
    assert sum(item["explain"].values()) == pytest.approx(item["score"], abs=1e-5)
    assert item["legs"]["keyword"]["rank"] == 1


def test_suggest_and_similar_answer_with_items(filled: Filled) -> None:
    suggested = filled.terminal.json("suggest", "红楼")
    assert suggested.keys() == {"items"}
    assert "红楼梦" in [item["title"] for item in suggested["items"]]
    similar = filled.terminal.json("similar", filled.first("红楼梦")["id"])
    assert similar.keys() == {"items"}
    assert [item["title"] for item in similar["items"]] == ["西游记"]


def test_a_resource_is_shown_with_its_history(filled: Filled) -> None:
    resource = filled.first("西游记")["id"]
    shown = filled.terminal.json("resource", "show", resource)
    assert shown.keys() == RESOURCE | {"data"}
    assert shown["state"] == "published"
    history = filled.terminal.json("resource", "history", resource)
    assert history
    assert all(line.keys() == {"revision", "state", "actor", "note", "at"} for line in history)


def test_the_model_in_use_is_shown(filled: Filled) -> None:
    assert filled.terminal.json("model", "show").keys() == {"dimension", "fingerprint"}


def test_without_init_a_command_says_to_run_it(tmp_path: Path, tiny_model: Path) -> None:
    sentence = Terminal(tmp_path / "nothing", tiny_model).refused("search", "红楼梦")
    assert "wenmai init" in sentence
    assert sentence.count("\n") == 1


REFUSALS: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown facet": (("search", "x", "--field", "colour=red"), "colour"),
    "unknown resource": (("resource", "show", MISSING_ID), MISSING_ID),
    "unknown resource to publish": (("resource", "publish", MISSING_ID), MISSING_ID),
    "unknown batch": (("batch", "show", MISSING_ID), MISSING_ID),
    "unknown generation": (("index", "activate", MISSING_ID), "there is no index generation"),
    "unknown code": (("search", "x", "--kind", "boook"), "did you mean 'book'?"),
    "unknown region": (("search", "x", "--field", "region=nowhere"), "is not a code of region"),
    "years turned round": (("search", "x", "--year", "900..800"), "year"),
    "code that is taken": (("institution", "add", "nlc", "另一家"), "is the code of 国家图书馆 already"),
    "region that is none": (("institution", "add", "x", "某馆", "--region", "999999"), "999999"),
    "nothing to be similar to": (("similar", MISSING_ID), MISSING_ID),
    "missing file": (("import", "no-such-file.csv", "--institution", "nlc"), "no-such-file.csv"),
    "unknown mapping": (("import", __file__, "--mapping", "no-such-mapping"), "no-such-mapping"),
    "no test set": (("evaluate", "search", "no-such-folder"), "no-such-folder"),
}


@pytest.mark.parametrize(("words", "named"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    filled: Filled, words: tuple[str, ...], named: str
) -> None:
    sentence = filled.terminal.refused(*words)
    assert named in sentence
    assert sentence.startswith("wenmai: ")
    assert sentence.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("search", "x", "--year", "tang"), "--year"),
        (("search", "x", "--field", "period"), "--field"),
        (("search",), "TEXT"),
        (("search", "x", "--size", "0"), "--size"),
        (("suggest", "\udcff\udcfe"), "TEXT"),
        (("search", "x", "--colour", "red"), "--colour"),
        (("seek",), "seek"),
        (("serve", "--port", "99999"), "--port"),
        (("serve", "--workers", "0"), "--workers"),
        (("evaluate", "recommend", "folder", "--seed", "-1"), "--seed"),
        (("bench", "search", "--seed", "-1"), "--seed"),
    ],
)
def test_wrong_usage_exits_with_two_and_names_the_option(
    filled: Filled, words: tuple[str, ...], named: str
) -> None:
    assert named in filled.terminal.refused(*words, status=2)


def test_a_setting_that_is_wrong_is_named_in_one_sentence(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENMAI_LANGUAGE", "fr")
    sentence = filled.terminal.refused("search", "x")
    assert sentence.startswith("wenmai: settings: language: ")
    assert sentence.count("\n") == 1


@pytest.mark.parametrize("url", ["foo", "nosuchdatabase://x/y"])
def test_a_database_address_that_cannot_be_used_is_named(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("WENMAI_DATABASE_URL", url)
    sentence = filled.terminal.refused("search", "x")
    assert "WENMAI_DATABASE_URL" in sentence
    assert sentence.count("\n") == 1


def test_a_workbook_with_more_sheets_says_which_were_not_read(filled: Filled, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["编号", "题名"])
    book.active.append(["w1", "园冶"])
    book.create_sheet("第二页")
    book.save(tmp_path / "two.xlsx")
    words = ("import", str(tmp_path / "two.xlsx"), "--institution", "nlc", "--kind", "book", "--dry-run")
    (error,) = filled.terminal.json(*words)["errors"]
    assert "第二页" in error["problem"]


def test_a_table_without_a_row_is_a_failure(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("编号,题名\n", encoding="utf-8")
    done = filled.terminal.run("import", str(tmp_path / "bare.csv"), "--institution", "nlc", "--kind", "book")
    assert done.exit_code == 1
    assert "has no record" in done.stderr


def test_the_version_is_told(filled: Filled) -> None:
    assert filled.terminal.run("--version").stdout == f"wenmai {version('wenmai')}\n"


def test_an_institution_is_changed_only_on_request(filled: Filled) -> None:
    terminal = filled.terminal
    terminal.json("institution", "add", "tongli", "同里图书馆", "--region", "320509")
    terminal.json("institution", "add", "tongli", "同里图书馆", "--region", "320509")
    terminal.json("institution", "add", "tongli", "同里古镇图书馆", "--replace")
    names = {house["code"]: house["name"] for house in terminal.json("institution", "list")}
    assert names["tongli"] == "同里古镇图书馆"


def test_a_workbook_is_imported_found_and_taken_back(tmp_path: Path, tiny_model: Path) -> None:
    terminal = Terminal(tmp_path / "data", tiny_model)
    terminal.json("init")
    terminal.json("institution", "add", "tongli", "同里图书馆")
    book = Workbook()
    book.active.append(["编号", "题名", "作者"])
    book.active.append(["1", "苏州园林", "陈从周"])
    book.save(tmp_path / "books.xlsx")
    report = terminal.json(
        "import", str(tmp_path / "books.xlsx"), "--institution", "tongli", "--kind", "book", "--publish"
    )
    assert (report["read"], report["created"], report["errors"]) == (1, 1, [])
    terminal.json("index", "build", "--activate")
    assert terminal.json("search", "陳從周")["items"][0]["title"] == "苏州园林"
    undone = terminal.run("batch", "undo", report["batch"]).stdout
    assert "undone: 1" in undone
    assert "kept: none" in undone


def test_a_file_of_which_nothing_could_be_taken_in_is_a_failure(filled: Filled, tmp_path: Path) -> None:
    path = tmp_path / "nameless.jsonl"
    path.write_text(json.dumps(BOOKS[2]), encoding="utf-8")
    done = filled.terminal.run("import", str(path), "--institution", "nlc", "--kind", "book", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["rejected"] == 1
    assert "nothing of nameless.jsonl was taken in" in done.stderr


def test_a_reader_of_the_output_may_stop_early(filled: Filled) -> None:
    environment = os.environ | {
        "WENMAI_DATA": str(filled.terminal.data), "WENMAI_MODEL": str(filled.terminal.model)
    }  # fmt: skip
    wenmai = Path(sys.executable).with_name("wenmai")
    with subprocess.Popen(
        [wenmai, "schema", "show", "heritage"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode == 0


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., None]:
    def write(name: str, *rows: dict[str, str]) -> None:
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    return write


@pytest.mark.slow
def test_exact_queries_of_a_test_set_score_one(
    filled: Filled, tmp_path: Path, write_lines: Callable[..., None]
) -> None:
    texts = {"d1": "敦煌莫高窟的壁画", "d2": "景德镇青花瓷器", "d3": "苏州昆曲折子戏"}
    write_lines("corpus.jsonl", *({"_id": name, "title": "", "text": text} for name, text in texts.items()))
    write_lines("queries.jsonl", *({"_id": "q" + name, "text": text} for name, text in texts.items()))
    grades = "".join(f"q{name}\t{name}\t1\n" for name in texts)
    (tmp_path / "qrels.tsv").write_text("query\tdocument\tgrade\n" + grades, encoding="utf-8")

    report = filled.terminal.json("evaluate", "search", str(tmp_path), "--ablation")

    modes = {"keyword", "vector", "hybrid"}
    assert report.keys() == {"set", "documents", "queries", "latency_ms", "hybrid_without"} | modes
    assert set(report["hybrid_without"].values()) == {1.0}
    assert (report["set"], report["documents"], report["queries"]) == (tmp_path.name, 3, 3)
    assert [report[mode] for mode in modes] == [{"ndcg@10": 1.0, "recall@100": 1.0}] * 3
    assert report["latency_ms"].keys() == modes
    assert all(times.keys() == {"p50", "p99"} for times in report["latency_ms"].values())


@pytest.mark.slow
def test_the_benchmark_reports_times_and_sizes(filled: Filled) -> None:
    report = filled.terminal.json("bench", "search", "--records", "100", "--queries", "10")

    legs = {"hybrid", "keyword", "vector", "facets", "suggest", "similar"}
    sizes = {"records", "queries", "build_seconds", "disk_bytes", "peak_rss_bytes"}
    assert report.keys() >= legs | sizes
    assert (report["records"], report["queries"]) == (100, 10)
    for leg in legs:
        assert report[leg]["wall_ms"].keys() == {"p50", "p95", "p99"}
        assert "cpu_ms" in report[leg]


def test_a_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "library"
    assert CliRunner().invoke(app, ["init", "--data", str(data)]).exit_code == 0
    assert data.stat().st_mode & 0o777 == 0o700
