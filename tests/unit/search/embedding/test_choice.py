from __future__ import annotations

from pathlib import Path

import pytest
from support import write_tiny_model

from search.embedding.choice import load_embedding
from search.embedding.files import ModelError
from search.embedding.static import StaticEmbedding
from search.specification import Specification


def test_a_folder_of_ours_needs_no_other_library(tiny_model: Path, specification: Specification) -> None:
    assert isinstance(load_embedding(tiny_model, specification.analyzer), StaticEmbedding)


def test_a_damaged_folder_of_ours_is_no_other_model(tmp_path: Path, specification: Specification) -> None:
    folder = write_tiny_model(tmp_path / "model")
    (folder / "vocabulary.txt").unlink()
    with pytest.raises(ModelError, match=r"lacks vocabulary\.txt"):
        load_embedding(folder, specification.analyzer)
