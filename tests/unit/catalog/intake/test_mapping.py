from __future__ import annotations

from typing import Any

import pytest
import yaml

from catalog.intake.documents import Mapped
from catalog.intake.mapping import ColumnMapping, compile_mapping
from catalog.intake.steps import MappingError
from catalog.schema import Schemas


def mapping(schemas: Schemas, text: str, kind: str = "book") -> ColumnMapping:
    return compile_mapping(yaml.safe_load(f"name: test\n{text}"), kind, schemas)


def data(schemas: Schemas, fields: str, record: dict[str, Any], kind: str = "book") -> dict[str, Any]:
    mapped = mapping(schemas, f"fields: {fields}", kind).document(record)
    assert not mapped.problems
    return dict(mapped.data)


def test_a_list_entry_whose_column_is_empty_vanishes(schemas: Schemas) -> None:
    fields = "{titles: [{value: {column: 题名}, type: main}, {value: {column: 英文}, type: parallel}]}"
    made = data(schemas, fields, {"题名": "红楼梦", "英文": " "})
    assert made == {"titles": [{"value": "红楼梦", "type": "main"}]}


def test_an_entry_without_the_field_that_the_schema_requires_vanishes(schemas: Schemas) -> None:
    fields = "{contributors: [{name: {column: author}, dynasty: {column: dynasty}}]}"
    assert data(schemas, fields, {"author": "", "dynasty": "唐"}) == {}


def test_a_field_with_a_vocabulary_takes_names_for_codes(schemas: Schemas) -> None:
    fields = "{contributors: [{name: {column: a}, dynasty: {column: d}}], languages: {column: l, split: 、}}"
    made = data(schemas, fields, {"a": "李白", "d": "唐", "l": "中文、英语"})
    assert made["contributors"] == [{"name": "李白", "dynasty": "tang"}]
    assert made["languages"] == ["zho", "eng"]


def test_what_a_vocabulary_does_not_know_is_a_complaint_that_names_field_and_value(schemas: Schemas) -> None:
    mapped = mapping(schemas, "fields: {languages: {column: l}}").document({"l": "火星语"})
    problem = mapped.problems[0]
    assert (problem.field, problem.en) == ("languages", "'火星语' is not in the vocabulary language")


@pytest.mark.parametrize(("otherwise", "expected"), [("zho", {"languages": ["zho"]}), ("null", {})])
def test_otherwise_stands_for_what_is_not_known(
    schemas: Schemas, otherwise: str, expected: dict[str, Any]
) -> None:
    assert data(schemas, f"{{languages: {{column: l, otherwise: {otherwise}}}}}", {"l": "火星语"}) == expected


def test_several_values_of_one_column_make_several_objects(schemas: Schemas) -> None:
    fields = "{contributors: [{name: {column: a, split: [、, ；]}, role: author}]}"
    made = data(schemas, fields, {"a": "鲁迅、茅盾； 巴金"})
    assert [entry["name"] for entry in made["contributors"]] == ["鲁迅", "茅盾", "巴金"]
    assert {entry["role"] for entry in made["contributors"]} == {"author"}


def test_a_date_as_written_is_understood_and_kept(schemas: Schemas) -> None:
    made = data(schemas, "{dates: [{date: {column: d}, type: issued}]}", {"d": "光绪二十三年"})
    assert made["dates"][0]["edtf"] == "1897"
    assert made["dates"][0]["display"] == "光绪二十三年"


def test_a_date_that_means_nothing_is_kept_as_written(schemas: Schemas) -> None:
    assert data(schemas, "{dates: [{date: {column: d}}]}", {"d": "很久以前"}) == {
        "dates": [{"display": "很久以前"}]
    }


def test_steps_are_taken_in_the_order_written(schemas: Schemas) -> None:
    fields = '{extent: {column: n, match: "([0-9]+)", times: 2, prefix: 共, suffix: 页}}'
    assert data(schemas, fields, {"n": "12 叶"}) == {"extent": "共24页"}


def test_a_path_reaches_into_nested_objects_and_lists(schemas: Schemas) -> None:
    record = {"attrs": {"出版": [{"社": "中华书局"}]}}
    assert data(schemas, '{publisher: {path: "attrs.出版[0].社"}}', record) == {"publisher": "中华书局"}
    assert data(schemas, '{publisher: {path: "attrs.出版[1].社"}}', record) == {}


def test_the_first_column_that_is_filled_in_serves_a_field_with_one_value(schemas: Schemas) -> None:
    assert data(schemas, "{publisher: {column: [a, b]}}", {"a": "", "b": "中华书局"}) == {
        "publisher": "中华书局"
    }


def test_for_makes_an_object_of_each_entry_with_the_record_at_hand(schemas: Schemas) -> None:
    fields = "{contributors: {for: people, name: {column: name}, dynasty: {column: era}}}"
    record = {"era": "宋", "people": [{"name": "苏轼"}, {"name": "黄庭坚", "era": "北宋"}]}
    assert data(schemas, fields, record)["contributors"] == [
        {"name": "苏轼", "dynasty": "song"},
        {"name": "黄庭坚", "dynasty": "northern_song"},
    ]


def test_years_are_counted_as_edtf_counts_them(schemas: Schemas) -> None:
    fields = "{dates: [{edtf: {column: [from, to], year: true, join: /}}]}"
    assert data(schemas, fields, {"from": -206, "to": "0220-01-01"}) == {"dates": [{"edtf": "-0205/0220"}]}


def test_text_becomes_a_number_where_the_schema_wants_one(schemas: Schemas) -> None:
    assert data(schemas, "{volumes: {column: v}}", {"v": " 120 "}) == {"volumes": 120}
    mapped = mapping(schemas, "fields: {volumes: {column: v}}").document({"v": "一百二十"})
    assert mapped.problems[0].field == "volumes"


def test_a_record_that_is_left_out_carries_the_reason(schemas: Schemas) -> None:
    skip = "skip: [{when_any: [job], because: {zh: 人物, en: a person}}]"
    text = f"{skip}\nfields: {{titles: [{{value: {{column: t}}}}]}}"
    made: Mapped = mapping(schemas, text).document({"t": "李白", "job": "诗人"})
    assert made.problems[0].zh == "不收录：人物"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red\nfields: {}", "colour: unknown key"),
        ("fields: {titel: {column: a}}", "fields.titel: the schema has no such field; did you mean titles"),
        ("fields: {titles: [{valeu: {column: a}}]}", r"fields.titles\[0\].valeu: .* did you mean value"),
        ("fields: {publisher: {colum: a}}", "fields.publisher: there is no step 'colum'"),
        ("fields: {publisher: {split: a}}", "fields.publisher: needs either column or path"),
        ("fields: {id: {column: a}}", "fields.id: this field is set by the system"),
        (
            "fields: {titles: [{value: {column: a}, type: mein}]}",
            "'mein' is not a code of the vocabulary title_type",
        ),
        ("fields: {publisher: [{column: a}]}", "holds one value, not a list"),
        ("fields: {publisher: {column: a, match: '(('}}", "is not a regular expression"),
        ("fields: {publisher: {column: a, vocabulary: nope}}", "there is no vocabulary 'nope'"),
        ("fields: {publisher: {column: a, date: true}}", "no step 'date'"),
        ("set: {content_types: [histry]}\nfields: {}", r"set.content_types\[0\]"),
        ("kind: heritage\nfields: {}", "makes heritage, not book"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_with_the_place(
    schemas: Schemas, text: str, said: str
) -> None:
    with pytest.raises(MappingError, match=said):
        mapping(schemas, text)


def test_a_column_that_the_file_lacks_is_named_with_the_nearest_one(schemas: Schemas) -> None:
    compiled = mapping(schemas, "optional: [备注]\nfields: {publisher: {column: [出版社, 备注]}}")
    with pytest.raises(MappingError, match=r"no column '出版社'.*did you mean '出版者'.*are: 题名, 出版者"):
        compiled.check(["题名", "出版者"])
    assert compiled.check(["出版社", "价格"]) == ["价格"]
