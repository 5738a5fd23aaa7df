"""The same embedding as a module of sentence-transformers, so that `SentenceTransformer(folder)` reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule
from torch import Tensor, nn
from torch.nn import functional

from catalog.assets import asset
from search.analysis.words import Analyzer
from search.embedding.files import read_model, write_model
from search.embedding.static import StaticEmbedding


class StaticTokens(InputModule):  # type: ignore[misc, unused-ignore]
    """Sums token vectors and normalises; the vectors can be trained further with the library's losses."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        model = read_model(folder)
        self._tokens = model.tokens
        self._reader = StaticEmbedding(model, Analyzer(asset("index_config")))
        vectors = torch.from_numpy(model.rows * model.scales[:, None])
        self.embedding = nn.EmbeddingBag.from_pretrained(vectors, freeze=False, mode="sum")
        self.tokenizer = None

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
        """Token numbers of all texts, one behind the other, and where each text begins."""
        ids = [self._reader.token_ids((prompt or "") + text) for text in inputs]
        begins = np.cumsum([0, *(len(text) for text in ids[:-1])])
        flat = torch.tensor([number for text in ids for number in text], dtype=torch.long)
        return {"input_ids": flat, "offsets": torch.from_numpy(begins)}

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Adds `sentence_embedding`, shape (texts, dimension), of unit length."""
        sums = self.embedding(features["input_ids"], features["offsets"])
        return features | {"sentence_embedding": functional.normalize(sums)}

    @property
    def max_seq_length(self) -> None:
        """No limit in tokens: texts are cut by characters."""
        return

    def get_embedding_dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.embedding.embedding_dim)

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the model folder, rounding the vectors to 8 bits again."""
        write_model(Path(output_path), self._tokens, self.embedding.weight.detach().cpu().numpy())

    @classmethod
    def load(cls, model_name_or_path: str, **_: Any) -> StaticTokens:
        """Read a model folder on this machine. Raises ModelError."""
        return cls(Path(model_name_or_path))
