"""The static embedding as search uses it: numpy alone, no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog.assets import asset
from search.analysis.words import Analyzer
from search.embedding.files import ModelFiles, read_model
from search.embedding.tokens import embedding_tokens


class StaticEmbedding:
    """Texts to vectors of unit length, so that a dot product is a cosine. Safe to share between threads."""

    def __init__(self, model: ModelFiles, analyzer: Analyzer) -> None:
        self._rows = model.rows
        self._scales = model.scales
        self._ids = {token: number for number, token in enumerate(model.tokens)}
        self._analyzer = analyzer
        self.dimension: int = model.rows.shape[1]
        self.fingerprint = model.fingerprint

    @classmethod
    def load(cls, folder: Path, analyzer: Analyzer | None = None) -> StaticEmbedding:
        """The embedding in a model folder; without an analyzer, the shipped one. Raises ModelError."""
        return cls(read_model(folder), analyzer or Analyzer(asset("index_config")))

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of shape (texts, dimension), each of length 1; zeros for a text without a known token."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            vector[:] = self.encode_query(text)
        return vectors

    def encode_query(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of what was typed, shape (dimension,)."""
        tokens = np.array(self.token_ids(text), dtype=np.intp)
        if not len(tokens):
            return np.zeros(self.dimension, dtype=np.float32)
        # `take` and `dot` do in a few microseconds what brackets and `norm` take three times as long for.
        total = self._scales.take(tokens) @ self._rows.take(tokens, axis=0).astype(np.float32)
        return np.asarray(total / max(math.sqrt(total.dot(total)), 1e-12))

    def token_ids(self, text: str) -> list[int]:
        """The rows whose weighted sum is the vector of a text."""
        ids = self._ids
        return [ids[token] for token in embedding_tokens(self._analyzer, text) if token in ids]
