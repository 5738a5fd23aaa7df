from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.assets import asset
from catalog.vocabularies import Vocabulary, VocabularyError, load_vocabularies, load_vocabulary


@pytest.fixture(scope="module")
def vocabularies() -> Mapping[str, Vocabulary]:
    return load_vocabularies(asset("schemas") / "vocabularies")


def write(folder: Path, text: str) -> Path:
    path = folder / "colour.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_vocabulary_that_a_schema_names_exists(vocabularies: Mapping[str, Vocabulary]) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in asset("schemas").glob("*.yaml"))
    named = set(re.findall(r"vocabulary: ([a-z_]+)", text))
    assert len(named) > 20
    assert named <= vocabularies.keys()


def test_every_label_is_in_both_languages(vocabularies: Mapping[str, Vocabulary]) -> None:
    without = {"region"}  # counties have no English names
    for name, vocabulary in vocabularies.items():
        assert all(vocabulary.label[language] for language in ("zh", "en"))
        assert name in without or all(term.zh and term.en for term in vocabulary.terms), name


def test_every_term_is_found_by_its_code(vocabularies: Mapping[str, Vocabulary]) -> None:
    for vocabulary in vocabularies.values():
        for number, term in enumerate(vocabulary.terms):
            assert vocabulary.get(term.code) is term
            assert term.number == number


def test_codes_are_short_ascii(vocabularies: Mapping[str, Vocabulary]) -> None:
    for vocabulary in vocabularies.values():
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,48}", term.code) for term in vocabulary.terms), (
            vocabulary.name
        )


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("region", "广西", "450000"),
        ("region", "北京市", "110000"),
        ("region", "Xinjiang", "650000"),
        ("ich_category", "民间音乐", "II"),
        ("language", "ZH", "zho"),
        ("dynasty", "汉", "han"),
        ("dynasty", "魏", "cao_wei"),
        ("clc", "k", "K"),
        ("access", " 公开 ", "open"),
        ("relic_category", "其他", "other"),
    ],
)
def test_a_term_is_found_by_any_of_its_names(
    vocabularies: Mapping[str, Vocabulary], name: str, text: str, code: str
) -> None:
    term = vocabularies[name].find(text)
    assert term is not None
    assert term.code == code


def test_an_unknown_name_is_not_found(vocabularies: Mapping[str, Vocabulary]) -> None:
    assert vocabularies["region"].find("亚特兰蒂斯") is None
    assert vocabularies["region"].get("999999") is None


def test_ancestors_come_nearest_first(vocabularies: Mapping[str, Vocabulary]) -> None:
    assert [term.code for term in vocabularies["region"].ancestors("450102")] == ["450100", "450000"]
    assert [term.code for term in vocabularies["dynasty"].ancestors("spring_autumn")] == [
        "eastern_zhou",
        "zhou",
    ]
    assert vocabularies["dynasty"].ancestors("nowhere") == ()


@pytest.mark.parametrize(
    ("name", "size"),
    [("clc", 22), ("ich_category", 10), ("site_class", 6), ("relic_category", 35), ("handbook_category", 4)],
)
def test_a_closed_list_has_the_number_of_terms_its_standard_gives(
    vocabularies: Mapping[str, Vocabulary], name: str, size: int
) -> None:
    assert len(vocabularies[name].terms) == size


def test_all_34_provinces_are_there_with_their_short_names(vocabularies: Mapping[str, Vocabulary]) -> None:
    provinces = [term for term in vocabularies["region"].terms if term.parent is None]
    assert len(provinces) == 34
    assert all(term.en and term.aliases and term.code.endswith("0000") for term in provinces)


def test_a_region_lies_in_the_region_its_code_says(vocabularies: Mapping[str, Vocabulary]) -> None:
    for term in vocabularies["region"].terms:
        expected = None if term.code.endswith("0000") else term.code[:2]
        assert (term.parent or "")[:2] == (expected or ""), term


def test_vocabularies_are_read_by_the_loader_in_c_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # The other one takes seconds for the regions.
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML has no C loader here")
    loaders: list[type] = []
    load = yaml.load

    def noting(text: Any, Loader: type) -> Any:  # noqa: N803 - so PyYAML calls it
        loaders.append(Loader)
        return load(text, Loader)

    monkeypatch.setattr(yaml, "load", noting)
    load_vocabulary(asset("schemas") / "vocabularies" / "region.yaml")
    assert loaders == [yaml.CSafeLoader]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("[{code: red, zh: 红}, {code: red, zh: 赤}]", "given twice"),
        ("[{code: pink, zh: 粉, parent: red}, {code: red, zh: 红}]", "must stand before"),
        ("[{code: 110000, zh: 红}]", "quote numbers"),
        ("[{code: red, zh: 红, colour: 1}]", "unknown keys"),
        ("[red]", "needs code and zh"),
    ],
)
def test_a_wrong_term_is_refused_with_the_reason(tmp_path: Path, terms: str, message: str) -> None:
    path = write(tmp_path, f"name: colour\nlabel: {{zh: 颜色, en: Colour}}\nterms: {terms}\n")
    with pytest.raises(VocabularyError, match=message):
        load_vocabulary(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "not YAML"),
        ("name: colour", "needs the keys"),
        ("name: sound\nlabel: {}\nterms: []", "must be the same"),
        ("!!python/object/apply:os.getcwd []", "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        load_vocabulary(write(tmp_path, text))
