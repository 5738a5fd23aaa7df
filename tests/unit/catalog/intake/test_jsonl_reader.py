from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import WenmaiError
from catalog.intake.encoding import detect
from catalog.intake.jsonl_reader import JsonlReader
from catalog.intake.records import IntakeError, Limits, RawRecord
from catalog.intake.sources import Source


def records(path: Path, content: str | bytes, limits: Limits | None = None) -> list[RawRecord]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = Source.of(path, limits or Limits())
    return list(JsonlReader(source, detect(source)).records())


def test_each_line_that_is_not_blank_is_a_record(tmp_path: Path) -> None:
    first, second = records(tmp_path / "a.jsonl", '{"a": "书"}\n\n  \n{"a": 2}')
    assert (first.fields, first.number, first.offset) == ({"a": "书"}, 1, 0)
    assert (second.fields, second.number, second.offset) == ({"a": 2}, 2, 17)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"a": }', "not valid JSON at character 7"),
        ("[1]", "must be one JSON object"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "-Infinity is not a JSON number"),
        ('{"a": 1e999}', "1e999 is too large"),
        ('{"a": ' + "1" * 5000 + "}", "contains a number that cannot be used"),
        ('{"a": ["\\ud800"]}', "contains a lone surrogate"),
        ('{"a": "x\\u0000y"}', "contains the character \\u0000"),
        ('{"a": ' + "[" * 600 + "]" * 600 + "}", "nested too deeply"),
        ('{"a": ' + '{"a": ' * 200 + "1" + "}" * 200 + "}", "nested too deeply"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    ],
)
def test_what_is_not_fit_to_keep_is_refused_with_its_reason(tmp_path: Path, line: str, said: str) -> None:
    bad, good = records(tmp_path / "a.jsonl", line + '\n{"a": "good"}\n')
    assert said in bad.problems[0].en
    assert good.fields == {"a": "good"}


def test_a_lone_surrogate_is_complained_about_with_its_place(tmp_path: Path) -> None:
    only = records(tmp_path / "a.jsonl", '{"titles": [{"value": "\\udcff"}]}')
    assert only[0].problems[0].field == "titles[0].value"


def test_a_pair_of_surrogates_is_one_character(tmp_path: Path) -> None:
    assert records(tmp_path / "a.jsonl", '{"a": "\\ud842\\udfb7"}')[0].fields == {"a": "𠮷"}


def test_a_line_beyond_the_limit_is_a_complaint(tmp_path: Path) -> None:
    long, good = records(tmp_path / "a.jsonl", '{"a": "' + "x" * 99 + '"}\n{"a": 1}\n', Limits(record=50))
    assert "more than 50 characters" in long.problems[0].en
    assert good.fields == {"a": 1}


def test_one_document_over_many_lines_is_refused_once(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="one JSON document"):
        records(tmp_path / "a.jsonl", '[\n{"a": 1}\n]')


def test_the_real_malformed_file_is_refused_in_one_sentence(shared_data: Path, tmp_path: Path) -> None:
    content = (shared_data / "importer" / "json_malformed" / "FOLKCOSTUM.json").read_bytes()
    with pytest.raises(IntakeError, match="one JSON document"):
        records(tmp_path / "a.json", content)


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode())))
def test_any_content_gives_records_or_a_plain_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        rows = records(tmp_path_factory.getbasetemp() / "random.jsonl", content)
    except WenmaiError:
        return
    assert all(row.problems or isinstance(row.fields, dict) for row in rows)


def test_many_values_side_by_side_are_not_deep(tmp_path: Path) -> None:
    only = records(tmp_path / "a.jsonl", '{"a": [' + ",".join(["[1]"] * 500) + "]}")
    assert not only[0].problems
