from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.assets import asset
from search.embedding.static import StaticEmbedding


@pytest.fixture(scope="module")
def embedding() -> StaticEmbedding:
    return StaticEmbedding.load(asset("models") / "wenmai-static-256")


def test_vectors_are_of_unit_length_and_an_unknown_text_is_zero(embedding: StaticEmbedding) -> None:
    vectors = embedding.encode(["云冈石窟", "", "\ud800", "Yungang Grottoes of the Northern Wei"])
    assert vectors.shape == (4, embedding.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 1])


def test_both_scripts_have_the_same_vector(embedding: StaticEmbedding) -> None:
    simplified, traditional = embedding.encode(["云冈石窟与戏曲", "雲岡石窟與戯曲"])
    assert np.array_equal(simplified, traditional)


def test_a_modern_sentence_is_nearest_to_its_classical_original(embedding: StaticEmbedding) -> None:
    query, right, wrong = embedding.encode(
        ["皇上下诏免除百姓一年的田租", "诏复民田租一岁", "诏以王为大将军，帅师伐之"]
    )
    assert query @ right > query @ wrong


@given(text=st.text(st.characters(exclude_categories=())))
def test_no_text_is_refused(embedding: StaticEmbedding, text: str) -> None:
    length = float(np.linalg.norm(embedding.encode([text])))
    assert length == pytest.approx(1) or length == 0


def test_what_is_typed_has_the_vector_of_a_text(embedding: StaticEmbedding) -> None:
    for text in ("云冈石窟", "", "Yungang Grottoes 石窟"):
        vector = embedding.encode_query(text)
        assert (vector.shape, vector.dtype) == ((embedding.dimension,), np.float32)
        assert np.array_equal(vector, embedding.encode([text])[0])
