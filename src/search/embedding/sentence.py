"""Any model of sentence-transformers as the embedding, instead of the one that ships. Needs the extra `models`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search.embedding.files import ModelError

_BATCH = 64


class SentenceEmbedding:
    """Texts to vectors of unit length by a model's folder or its name at the hub. Safe to share between threads.

    Documents and queries get the prompts that the model names for them, if it does. Raises ModelError where the model or the
    library is not to be had. Code that comes with a model is never run.
    """

    def __init__(self, name: str) -> None:
        self._model = _loaded(name)
        self.dimension = int(self._model.get_embedding_dimension())
        self.fingerprint = _fingerprint(self._model)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of documents, shape (texts, dimension)."""
        return self._encoded(self._model.encode_document, texts)

    def encode_query(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of what was typed, shape (dimension,)."""
        (vector,) = self._encoded(self._model.encode_query, [text])
        return np.asarray(vector)

    def _encoded(self, encode: Any, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = encode(
            list(texts),
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _loaded(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(
            f"{name} is not a model folder of wenmai; reading others needs the extra `models`"
        ) from error
    try:
        return SentenceTransformer(name, device="cpu", trust_remote_code=False)
    except Exception as error:
        # The library raises whatever its own libraries do: OSError, ValueError, httpx's and the hub's errors.
        raise ModelError(f"the model {name} cannot be read: {error}") from error


def _fingerprint(model: Any) -> str:
    """Of what decides the vectors: every parameter, by name, and the prompts; the same wherever the model lies."""
    digest = hashlib.sha256(json.dumps(model.prompts, sort_keys=True).encode())
    for name, values in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(values.detach().cpu().float().numpy()).tobytes())
    return digest.hexdigest()
