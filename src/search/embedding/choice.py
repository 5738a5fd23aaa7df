"""Which embedding an installation uses: a model folder of ours, or any model of sentence-transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.analysis.words import Analyzer
from search.embedding.files import CONFIG, MODULES, OURS
from search.embedding.sentence import SentenceEmbedding
from search.embedding.static import StaticEmbedding


class Embedding(Protocol):
    """Texts to vectors of unit length, so that a dot product is a cosine. Safe to share between threads.

    `fingerprint` changes with whatever changes a vector.
    """

    dimension: int
    fingerprint: str

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of documents, shape (texts, dimension)."""

    def encode_query(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of what was typed, shape (dimension,)."""


def load_embedding(model: Path, analyzer: Analyzer) -> Embedding:
    """The embedding in a folder, or of the name that a model has at the hub. Raises ModelError."""
    if model.is_dir() and not _is_foreign(model):
        return StaticEmbedding.load(model, analyzer)
    return SentenceEmbedding(str(model))


def _is_foreign(folder: Path) -> bool:
    """Whether a folder says that it is a model of another make; a damaged one of ours is not."""
    try:
        if (folder / MODULES).is_file():
            return all(module["type"] != OURS for module in json.loads((folder / MODULES).read_bytes()))
        return "model_type" in json.loads((folder / CONFIG).read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return False
