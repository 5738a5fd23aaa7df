from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalog.assets import asset
from search.embedding.static import StaticEmbedding

sentence_transformers = pytest.importorskip(
    "sentence_transformers", reason="the extra `models` (sentence-transformers) is not installed"
)
pytestmark = pytest.mark.models

TEXTS = ["云冈石窟", "雲岡石窟的開鑿年代", "Yungang Grottoes", "诏复民田租一岁", "非物质文化遗产" * 200, ""]


def test_sentence_transformers_gives_the_vectors_of_the_plain_reader(tmp_path: Path) -> None:
    folder = asset("models") / "wenmai-static-256"
    model = sentence_transformers.SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)
    plain = StaticEmbedding.load(folder)
    assert model.get_embedding_dimension() == plain.dimension
    assert np.allclose(model.encode(TEXTS), plain.encode(TEXTS), atol=1e-5)


def test_a_saved_model_is_read_by_both_again(tmp_path: Path) -> None:
    folder = asset("models") / "wenmai-static-256"
    sentence_transformers.SentenceTransformer(str(folder), device="cpu", trust_remote_code=True).save(
        str(tmp_path)
    )
    again = sentence_transformers.SentenceTransformer(str(tmp_path), device="cpu", trust_remote_code=True)
    expected = StaticEmbedding.load(folder).encode(TEXTS)
    assert np.allclose(again.encode(TEXTS), expected, atol=1e-2)
    assert np.allclose(StaticEmbedding.load(tmp_path).encode(TEXTS), expected, atol=1e-2)
