"""On a small transformer made here, with characters as its tokens."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import Catalogue, add, new_database, unavailable

from search.embedding.choice import load_embedding
from search.embedding.files import ModelError
from search.query import Mode
from search.specification import Specification, load_specification

pytestmark = pytest.mark.models

TEXTS = ["敦煌壁画", "云冈石窟", "四库全书"]


@pytest.fixture(scope="module", autouse=True)
def _library() -> None:
    if find_spec("sentence_transformers") is None:
        unavailable("the extra `models` (sentence-transformers) is not installed")


def write_transformer(folder: Path, seed: int) -> Path:
    """A sentence-transformers model of one small layer, its weights drawn by a seed."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(seed)
    bert = folder / "bert"
    bert.mkdir(parents=True)
    characters = [chr(code) for code in range(0x4E00, 0x9FA6)]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (bert / "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
    BertTokenizer(str(bert / "vocab.txt")).save_pretrained(bert)
    shape: dict[str, Any] = {
        "hidden_size": 24,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    BertModel(BertConfig(vocab_size=len(tokens), **shape)).save_pretrained(bert)
    transformer = Transformer(str(bert))
    SentenceTransformer(modules=[transformer, Pooling(24)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_transformer(tmp_path_factory.mktemp("transformer"), seed=1)


@pytest.fixture(scope="module")
def other(folder: Path) -> Specification:
    return load_specification(folder)


def test_any_model_gives_vectors_of_length_one_for_documents_and_queries(other: Specification) -> None:
    vectors = other.embedding.encode(TEXTS)
    assert vectors.shape == (3, other.embedding.dimension) == (3, 24)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert other.embedding.encode([]).shape == (0, 24)
    assert np.linalg.norm(other.embedding.encode_query(TEXTS[0])) == pytest.approx(1.0, abs=1e-5)


def test_the_prompt_that_a_model_names_for_queries_is_used(
    folder: Path, specification: Specification
) -> None:
    config = folder / "config_sentence_transformers.json"
    named = json.loads(config.read_text()) | {"prompts": {"query": "找：", "document": ""}}
    prompted = write_transformer(folder.parent / "prompted", seed=1)
    (prompted / config.name).write_text(json.dumps(named))
    embedding = load_embedding(prompted, specification.analyzer)
    assert embedding.encode_query("敦煌") == pytest.approx(embedding.encode(["找：敦煌"])[0], abs=1e-5)
    assert embedding.fingerprint != load_embedding(folder, specification.analyzer).fingerprint


def test_the_fingerprint_is_of_the_weights_not_of_the_place(
    folder: Path, other: Specification, specification: Specification
) -> None:
    again = load_embedding(write_transformer(folder.parent / "again", seed=1), specification.analyzer)
    changed = load_embedding(write_transformer(folder.parent / "changed", seed=2), specification.analyzer)
    assert again.fingerprint == other.embedding.fingerprint != changed.fingerprint


def test_a_catalogue_is_indexed_and_searched_by_it(other: Specification, tmp_path: Path) -> None:
    with new_database(f"sqlite:///{tmp_path / 'wenmai.db'}") as database:
        catalogue = Catalogue.over(database, tmp_path / "index", other)
        for title in TEXTS:
            add(database, title)
        catalogue.build()
        assert catalogue.titles("敦煌壁画", mode=Mode.VECTOR)[0] == "敦煌壁画"
        assert catalogue.verify().sound


def test_a_folder_without_a_model_is_refused_with_its_name(
    folder: Path, specification: Specification
) -> None:
    (folder.parent / "empty").mkdir()
    (folder.parent / "empty" / "modules.json").write_text("[]")
    with pytest.raises(ModelError, match="empty cannot be read"):
        load_embedding(folder.parent / "empty", specification.analyzer)
