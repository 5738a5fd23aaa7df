from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DIMENSION

from catalog.schema import Schemas
from catalog.schema import fingerprint as schema_fingerprint
from search import specification as module
from search.embedding.files import ModelError, write_model
from search.specification import Specification, load_specification


def test_the_fingerprint_is_the_same_at_every_start(specification: Specification, tiny_model: Path) -> None:
    assert load_specification(tiny_model, specification.schemas).fingerprint == specification.fingerprint


def test_another_model_or_layout_has_another_fingerprint(
    specification: Specification, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path, ["文"], np.ones((1, DIMENSION), dtype=np.float32))
    assert load_specification(tmp_path, specification.schemas).fingerprint != specification.fingerprint
    monkeypatch.setattr(module, "LAYOUT_VERSION", 10_000)
    assert load_specification(tiny_model, specification.schemas).fingerprint != specification.fingerprint


def test_the_fingerprint_of_the_schema_changes_with_any_of_its_files_but_not_with_mappings(
    tmp_path: Path,
) -> None:
    (tmp_path / "vocabularies").mkdir()
    (tmp_path / "mappings").mkdir()
    seen = {schema_fingerprint(tmp_path)}
    for name in ("book.yaml", "vocabularies/clc.yaml", "vocabularies/access.yaml"):
        (tmp_path / name).write_text("a: 1")
        seen.add(schema_fingerprint(tmp_path))
    assert len(seen) == 4
    (tmp_path / "mappings" / "m.yaml").write_text("a: 1")
    assert schema_fingerprint(tmp_path) in seen


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        load_specification(tmp_path / "nowhere", Schemas({}, {}))


def test_a_mistake_in_the_ranking_is_named(tmp_path: Path) -> None:
    (tmp_path / "ranking.yaml").write_text(
        "fields: {}\nvector: {unsure: much, least: 0, sure: 1}\nexact_title: 1\n"
    )
    with pytest.raises(Exception, match=r"(?s)ranking\.yaml.*vector\.unsure"):
        module._read_ranking(tmp_path / "ranking.yaml")


@given(coverage=st.floats(0, 1), more=st.floats(0, 1))
def test_the_surer_the_keywords_the_less_the_vectors_count(coverage: float, more: float) -> None:
    share = module.VectorShare(unsure=0.7, least=0.01, sure=0.2)
    assert 0.01 <= share.weight(max(coverage, more)) <= share.weight(min(coverage, more)) <= 0.7
    assert (share.weight(0), share.weight(0.1), share.weight(0.2)) == (0.7, pytest.approx(0.35), 0.01)
