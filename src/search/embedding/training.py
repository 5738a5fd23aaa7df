"""Training the static embedding from pairs of texts, on the processor alone.

Method: contrastive learning with in-batch negatives in both directions (Henderson et al., 2017; van den Oord
et al., 2018) and an additive margin (Yang et al., 2019) of a weighted sum of token vectors, also on the first half of
the dimensions, so that a vector can be cut there (Matryoshka: Kusupati et al., 2022). Needs torch: install the extra
`models`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from catalog.assets import asset
from search.analysis.words import Analyzer
from search.embedding.corpus import SET_EXPONENT, PairSet, Texts, choose_vocabulary, read_pair_set
from search.embedding.files import write_model

SCALE = 20.0
"""Cosines are multiplied by this before the softmax (an inverse temperature)."""

MARGIN = 0.5
"""So much nearer than any other passage the right one is to be: its cosine is lowered by this in training."""

LEARNING_RATE = 0.01
"""Adam's rate at the first step; it falls to nothing in a straight line."""


class WeightedTokens(nn.Module):  # type: ignore[misc, unused-ignore]
    """A vector and a weight for every token; a text is the weighted sum of its tokens' vectors."""

    def __init__(self, idf: npt.NDArray[np.float32], dimension: int) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(len(idf), dimension, mode="sum")
        nn.init.normal_(self.vectors.weight, std=dimension**-0.5)
        self.weights = nn.Parameter(torch.from_numpy(idf).clone())

    def forward(self, texts: Texts, rows: npt.NDArray[np.int64]) -> Tensor:
        """Sums of the given texts, shape (rows, dimension), not yet of unit length."""
        tokens, begins = (torch.from_numpy(part) for part in texts.take(rows))
        return self.vectors(tokens, begins, per_sample_weights=self.weights[tokens])

    def rows(self) -> npt.NDArray[np.float32]:
        """The vectors times their weights, shape (vocabulary, dimension)."""
        rows = self.weights[:, None] * self.vectors.weight
        return rows.detach().numpy()  # type: ignore[no-any-return]


def train(
    pairs: Sequence[Path],
    out: Path,
    *,
    steps: int = 1500,
    batch: int = 1024,
    dimension: int = 256,
    vocabulary: int = 80_000,
    seed: int = 7,
    progress: Callable[[int, float], None] | None = None,
    analyzer: Analyzer | None = None,
) -> None:
    """Learn an embedding from files of pairs and write it to the folder `out`.

    `progress` is called now and then with the step and the mean loss since its last call. The same pairs,
    settings and seed give the same model on the same machine. Raises PairFileError.
    """
    analyzer = analyzer or Analyzer(asset("index_config"))
    chosen = choose_vocabulary(analyzer, pairs, vocabulary)
    ids = {token: number for number, token in enumerate(chosen.tokens)}
    sets = [read_pair_set(analyzer, path, ids) for path in pairs]
    torch.manual_seed(seed)
    model = WeightedTokens(chosen.idf, dimension)
    _fit(model, sets, steps, batch, np.random.default_rng(seed), progress)
    write_model(out, chosen.tokens, model.rows())


def _fit(
    model: WeightedTokens,
    sets: Sequence[PairSet],
    steps: int,
    batch: int,
    chance: np.random.Generator,
    progress: Callable[[int, float], None] | None,
) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    shares = np.array([len(pair_set) for pair_set in sets], dtype=np.float64) ** SET_EXPONENT
    losses: list[float] = []
    for step in range(1, steps + 1):
        pair_set = sets[chance.choice(len(sets), p=shares / shares.sum())]
        rows = chance.choice(len(pair_set), min(batch, len(pair_set)), replace=False)
        optimizer.zero_grad()
        equal = _same(pair_set.queries.keys[rows]) | _same(pair_set.passages.keys[rows])
        loss = contrastive_loss(model(pair_set.queries, rows), model(pair_set.passages, rows), equal)
        loss.backward()
        optimizer.step()
        falling.step()
        losses.append(loss.item())
        if progress and (step % 20 == 0 or step == steps):
            progress(step, sum(losses) / len(losses))
            losses.clear()


def contrastive_loss(queries: Tensor, passages: Tensor, equal: Tensor) -> Tensor:
    """Cross-entropy of finding row i's passage by its query and the other way, whole and halved vectors.

    Row j is no wrong answer to row i where `equal`, shape (rows, rows), holds: the pairs share a text.
    """
    half = queries.shape[1] // 2
    return _loss(queries, passages, equal) + _loss(queries[:, :half], passages[:, :half], equal)


def _loss(queries: Tensor, passages: Tensor, equal: Tensor) -> Tensor:
    cosines = functional.normalize(queries) @ functional.normalize(passages).T
    itself = torch.eye(len(cosines), dtype=torch.bool)
    scores = SCALE * (cosines - MARGIN * itself).masked_fill(equal & ~itself, -torch.inf)
    right = torch.arange(len(scores))
    return (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2


def _same(keys: npt.NDArray[np.int64]) -> Tensor:
    """Which texts are equal, shape (texts, texts)."""
    of = torch.from_numpy(keys)
    return of[:, None] == of[None]
