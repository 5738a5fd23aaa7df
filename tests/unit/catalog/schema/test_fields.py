from __future__ import annotations

from pathlib import Path

import pytest

from catalog.schema import SchemaError, Schemas
from catalog.schema.fields import load_kinds

COMMON = """
label: {zh: 公共字段, en: Common fields}
fields:
  titles:
    label: {zh: 题名, en: Titles}
    type: object
    many: true
    required: true
    fields:
      value: {label: {zh: 题名, en: Title}, type: string, required: true}
"""
BOOK = """
kind: book
label: {zh: 图书, en: Book}
fields:
  edition: {label: {zh: 版本, en: Edition}, type: string}
"""


def write(folder: Path, **files: str) -> Path:
    for name, content in ({"common": COMMON, "book": BOOK} | files).items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def test_a_kind_has_the_common_fields_before_its_own(tmp_path: Path) -> None:
    kinds = load_kinds(write(tmp_path), ())
    assert list(kinds) == ["book"]
    assert list(kinds["book"].fields) == ["titles", "edition"]


def test_a_standalone_kind_has_its_own_fields_only(tmp_path: Path) -> None:
    house = BOOK.replace("kind: book", "kind: house\nstandalone: true")
    assert list(load_kinds(write(tmp_path, house=house), ())["house"].fields) == ["edition"]


def test_leaves_are_the_fields_that_hold_values(tmp_path: Path) -> None:
    leaves = load_kinds(write(tmp_path), ())["book"].leaves()
    assert [".".join(path) for path, _ in leaves] == ["titles.value", "edition"]


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        (("type: string", "type: sting"), r"fields\.edition\.type"),
        (("en: Edition}", "en: Edition, fr: Édition}"), r"fields\.edition\.label\.fr"),
        (("en: Edition}, ", "}, "), r"fields\.edition\.label\.en"),
        (("type: string}", "type: string, manny: true}"), r"fields\.edition\.manny"),
        (("type: string}", "type: object}"), "exactly the fields of type object"),
        (("type: string}", "type: string, searched: everywhere}"), r"fields\.edition\.searched"),
        (("type: string}", "type: string, personal: secret}"), r"fields\.edition\.personal"),
        (("fields:", "fields: ["), "line"),
        (("type: string}", "type: string, vocabulary: no_such_list}"), "no_such_list"),
        (("type: string}", 'type: string, pattern: "["}'), r"fields\.edition\.pattern"),
    ],
)
def test_a_mistake_in_a_schema_file_is_refused_with_file_and_field(
    tmp_path: Path, mistake: tuple[str, str], told: str
) -> None:
    assert mistake[0] in BOOK
    (tmp_path / "vocabularies").mkdir()
    with pytest.raises(SchemaError, match=rf"(?s)book\.yaml.*{told}"):
        Schemas.load(write(tmp_path, book=BOOK.replace(*mistake)))


def test_two_files_of_one_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"second\.yaml.*book"):
        load_kinds(write(tmp_path, second=BOOK), ())


def test_a_file_without_a_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"book\.yaml.*kind"):
        load_kinds(write(tmp_path, book=BOOK.replace("kind: book\n", "")), ())


def test_every_field_of_every_shipped_kind_is_loaded_and_labelled(schemas: Schemas) -> None:
    assert set(schemas.kinds) == {"book", "audiovisual", "virtual", "heritage", "collection", "institution"}
    assert schemas.resource_kinds == [kind for kind in schemas.kinds if kind != "institution"]
    leaves = [leaf for kind in schemas.kinds.values() for leaf in kind.leaves()]
    assert len(leaves) > 300
    for path, field in leaves:
        assert field.label.zh, path
        assert field.label.en, path
        assert field.vocabulary is None or field.vocabulary in schemas.vocabularies, path


def test_every_facet_is_driven_by_a_field(schemas: Schemas) -> None:
    facets = {field.facet for _, field in schemas.kind("book").leaves() if field.facet}
    assert facets == {
        "kind", "institution", "region", "period", "content_type", "language", "service_form", "scenario", "access",
    }  # fmt: skip
