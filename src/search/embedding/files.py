"""The model folder: rows of 8-bit numbers with a scale each, the vocabulary, and a description."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from catalog.errors import WenmaiError

WEIGHTS = "model.safetensors"
VOCABULARY = "vocabulary.txt"
CONFIG = "config.json"
MODULES = "modules.json"
OURS = "search.embedding.module.StaticTokens"
_HASHED = (CONFIG, VOCABULARY, WEIGHTS)


class ModelError(WenmaiError):
    """A model folder is missing, incomplete or damaged."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What a model folder holds: token i has the vector `rows[i] * scales[i]`."""

    tokens: list[str]
    rows: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    fingerprint: str


def write_model(folder: Path, tokens: list[str], vectors: npt.NDArray[np.float32]) -> None:
    """Write token vectors, shape (tokens, dimension), rounded to 8 bits a number, to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    largest = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-4))
    scales = (largest / 127).astype(np.float16)
    rows = np.clip(np.rint(vectors / scales[:, None].astype(np.float32)), -127, 127).astype(np.int8)
    (folder / WEIGHTS).write_bytes(save({"rows": rows, "scales": scales}))
    (folder / VOCABULARY).write_text("\n".join(tokens) + "\n", encoding="utf-8")
    _write_json(folder / CONFIG, {"dimension": vectors.shape[1], "tokens": len(tokens)})
    _write_json(folder / MODULES, [_MODULE])
    _write_json(folder / "config_sentence_transformers.json", _SENTENCE_TRANSFORMERS)


def read_model(folder: Path) -> ModelFiles:
    """Read a model folder; raises ModelError that names the file at fault."""
    for name in _HASHED:
        if not (folder / name).is_file():
            raise ModelError(f"The model folder {folder} lacks {name}: train or fetch the model.")
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tokens = (folder / VOCABULARY).read_text(encoding="utf-8").split("\n")[:-1]
        arrays = load_file(folder / WEIGHTS)
        rows, scales = arrays["rows"], arrays["scales"].astype(np.float32)
        shape = (config["tokens"], config["dimension"])
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"The model folder {folder} is damaged ({error}): fetch it again.") from error
    if rows.shape != shape or scales.shape != shape[:1] or len(tokens) != shape[0]:
        raise ModelError(f"The files of model folder {folder} do not belong together: fetch it again.")
    return ModelFiles(tokens, rows, scales, fingerprint(folder))


def fingerprint(folder: Path) -> str:
    """SHA-256 (hexadecimal) of the description, vocabulary and weights of a model folder."""
    digest = hashlib.sha256()
    for name in _HASHED:
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()


_MODULE = {"idx": 0, "name": "0", "path": "", "type": OURS}
_SENTENCE_TRANSFORMERS = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
