"""What the command line makes of files and texts that are not as they should be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from terminal import Terminal

from portal.cli.serving import prepare
from portal.sample import load_sample
from portal.services import open_services
from portal.settings import Settings

BOOK = "编号,题名\n{number},{title}\n"


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Terminal:
    made = Terminal(tmp_path_factory.mktemp("input") / "data", tiny_model)
    made.json("init")
    made.json("institution", "add", "nlc", "国家图书馆")
    made.json("index", "build", "--activate")
    return made


def take_in(terminal: Terminal, *files: Path) -> tuple[str, ...]:
    return ("import", *map(str, files), "--institution", "nlc", "--kind", "book")


def test_one_refused_file_keeps_no_other_out_and_every_report_is_printed(
    terminal: Terminal, tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.csv" for name in "abc"]
    for number, file in enumerate(files):
        file.write_text(BOOK.format(number=f"three-{number}", title="红楼梦"), encoding="utf-8")
    files[1].write_bytes(b"\xff\xfe\x00")
    done = terminal.run(*take_in(terminal, *files))
    assert done.exit_code == 1
    assert "a.csv: 1 read, 1 created" in done.stdout
    assert "c.csv: 1 read, 1 created" in done.stdout
    assert "not taken in: b.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["藏书{2024}.csv", "{.csv", "{8F3A-1}.csv", "[bold]书.csv"])
def test_any_name_is_a_name_of_a_file(terminal: Terminal, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BOOK.format(number=name, title="红楼梦"), encoding="utf-8")
    done = terminal.run(*take_in(terminal, tmp_path / name))
    assert done.exit_code == 0, done.output
    assert f"{name}: 1 read" in done.stdout


@pytest.mark.parametrize("dry", [True, False])
def test_a_name_that_is_no_utf_8_is_told_as_far_as_it_can_be(
    terminal: Terminal, tmp_path: Path, dry: bool
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + "/藏书.csv".encode("gbk")))
    file.write_text(BOOK.format(number="gbk", title="红楼梦"), encoding="utf-8")
    done = terminal.run(*take_in(terminal, file), *(["--dry-run"] if dry else []))
    assert done.exit_code == 0, done.output
    assert ".csv: 1 read" in done.stdout


GBK = os.fsdecode("馆".encode("gbk"))


@pytest.mark.parametrize(
    "words",
    [
        ("search", "x", "--institution", GBK),
        ("index", "activate", GBK),
        ("batch", "show", GBK),
        ("resource", "show", GBK),
    ],
    ids=" ".join,
)
def test_words_in_another_encoding_are_refused_in_one_sentence(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    sentence = terminal.refused(*words)
    assert "is no UTF-8 text" in sentence
    assert sentence.count("\n") == 1


@pytest.mark.parametrize("subject", ["short", GBK * 16])
def test_what_can_be_no_pseudonym_is_refused_in_one_sentence(terminal: Terminal, subject: str) -> None:
    assert "a subject is a pseudonym" in terminal.refused("recommend", "--subject", subject)


def test_what_is_given_again_of_one_facet_joins_what_was_given(terminal: Terminal) -> None:
    asked = ("search", "--kind", "book", "--field", "kind=heritage, virtual", "--field", "kind=book,", "")
    kinds = terminal.json(*asked)["facets"]["kind"]
    assert {kind["value"] for kind in kinds if kind["selected"]} == {"book", "heritage", "virtual"}


@pytest.mark.parametrize("text", ['"[/敦煌]"', '"[bold]敦煌"'])
def test_what_was_typed_is_told_as_text(terminal: Terminal, text: str) -> None:
    done = terminal.run("search", text)
    assert done.exit_code == 0, done.output
    assert text in done.stdout


def test_what_is_not_said_of_an_institution_stays_as_it_was(terminal: Terminal) -> None:
    terminal.json(
        "institution", "add", "tongli", "同里文化馆", "--type", "culture_hall", "--region", "320509"
    )
    terminal.json("institution", "add", "tongli", "同里镇文化馆", "--replace")
    (found,) = (one for one in terminal.json("institution", "list") if one["code"] == "tongli")
    assert found == {"code": "tongli", "name": "同里镇文化馆", "type": "culture_hall", "region": "320509"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "line 2 is not JSON"),
        ('{"name": "馆"}'.encode(), "line 2: code"),
        ('{"code": "x", "name": "馆"}'.encode("gbk"), "line 2 is not UTF-8"),
        (b"[1]", "line 2 should be one JSON object"),
    ],
)
def test_a_file_of_institutions_is_refused_with_its_line(
    terminal: Terminal, tmp_path: Path, line: bytes, said: str
) -> None:
    file = tmp_path / "institutions.jsonl"
    sound = json.dumps({"code": "sound", "name": "一馆\u2028", "type": "library"}, ensure_ascii=False)
    file.write_bytes(sound.encode() + b"\n" + line + b"\n")
    assert said in terminal.refused("institution", "load", str(file))


def test_the_sample_is_loaded_to_its_end_where_it_was_broken_off(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    prepare(settings)
    services = open_services(settings)
    said: list[str] = []

    def stop(text: str) -> None:
        said.append(text)
        if "resources" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_sample(services, stop)
    assert load_sample(services, said.append)
    assert services.generations.active_id()
    again = len(said)
    assert load_sample(services, said.append)
    assert len(said) == again
    services.close()


def test_the_sample_stays_out_of_a_catalogue_of_somebodys_own(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(BOOK.format(number="own", title="我的书"), encoding="utf-8")
    assert terminal.run(*take_in(terminal, tmp_path / "own.csv")).exit_code == 0
    services = open_services(Settings(data=terminal.data))
    said: list[str] = []
    assert not load_sample(services, said.append)
    assert not said
    services.close()
