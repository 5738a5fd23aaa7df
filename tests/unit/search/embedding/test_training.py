from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch (extra `models`) is not installed")

import torch

from search.embedding.static import StaticEmbedding
from search.embedding.training import contrastive_loss, train

pytestmark = pytest.mark.models

WORDS = {
    "寺": "佛门僧舍",
    "桥": "跨水通行",
    "塔": "高耸多层",
    "窑": "烧造瓷器",
    "墓": "葬人之处",
    "井": "取水之穴",
}


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [{"q": word, "p": meaning} for word, meaning in WORDS.items()] * 2
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_trained_model_knows_which_passage_answers(pairs: Path, tmp_path: Path) -> None:
    _train(pairs, tmp_path / "model", seed=1)
    embedding = StaticEmbedding.load(tmp_path / "model")
    cosines = embedding.encode(list(WORDS)) @ embedding.encode(list(WORDS.values())).T
    assert cosines.argmax(axis=1).tolist() == list(range(len(WORDS)))


def test_the_same_seed_gives_the_same_model(pairs: Path, tmp_path: Path) -> None:
    prints = []
    for number, seed in enumerate((1, 1, 2)):
        _train(pairs, tmp_path / str(number), seed)
        prints.append(StaticEmbedding.load(tmp_path / str(number)).fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_progress_is_told_to_the_last_step(pairs: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    train(
        [pairs], tmp_path / "m", steps=25, batch=8, dimension=8, progress=lambda step, _: steps.append(step)
    )
    assert steps == [20, 25]


def test_pairs_that_share_a_text_are_no_wrong_answers_to_each_other() -> None:
    texts = torch.eye(4).repeat(1, 2)
    texts[1] = texts[0]
    none, shared = torch.zeros(4, 4, dtype=torch.bool), torch.zeros(4, 4, dtype=torch.bool)
    shared[0, 1] = shared[1, 0] = True
    told, untold = contrastive_loss(texts, texts, shared), contrastive_loss(texts, texts, none)
    assert told < 0.1 < untold


def test_the_right_passage_is_to_be_nearer_by_a_margin() -> None:
    queries, passages = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.8, 0.6], [0.6, 0.8]])
    just_right = contrastive_loss(queries, passages, torch.eye(2, dtype=torch.bool))
    # The right one is nearer by .2, which is less than the margin: about as bad as a wrong one, not as a right one.
    assert just_right > 2 * 0.6


def _train(pairs: Path, out: Path, seed: int) -> None:
    train([pairs], out, steps=40, batch=8, dimension=16, vocabulary=50, seed=seed)
