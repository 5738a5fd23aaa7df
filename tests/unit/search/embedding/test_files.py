from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.embedding.files import CONFIG, VOCABULARY, WEIGHTS, ModelError, read_model, write_model

TOKENS = ["云", "冈", "云冈"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path, TOKENS, _vectors())
    return tmp_path


def test_vectors_come_back_within_half_a_step_of_their_scale(folder: Path) -> None:
    model = read_model(folder)
    error = np.abs(model.rows * model.scales[:, None] - _vectors()).max(axis=1)
    assert model.tokens == TOKENS
    assert (error <= model.scales * 0.6).all()


def test_the_fingerprint_changes_with_the_weights(folder: Path) -> None:
    before = read_model(folder).fingerprint
    write_model(folder, TOKENS, _vectors() * 2)
    assert read_model(folder).fingerprint != before


@pytest.mark.parametrize("name", [CONFIG, VOCABULARY, WEIGHTS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        read_model(folder)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_cut_file_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ModelError, match="is damaged"):
        read_model(folder)


def test_files_of_two_models_are_refused(folder: Path) -> None:
    (folder / VOCABULARY).write_text("云\n", encoding="utf-8")
    with pytest.raises(ModelError, match="do not belong together"):
        read_model(folder)


def _vectors() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(1).normal(size=(len(TOKENS), 8)).astype(np.float32)
