from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from catalog.assets import asset
from search.analysis.words import Analyzer
from search.embedding.corpus import choose_vocabulary, read_pair_set
from search.embedding.pairs import PairFileError


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(asset("index_config"))


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [("云冈", "云冈石窟"), ("龙门", "龙门石窟"), ("?", "石窟"), ("云", "石")]
    path.write_text("".join(json.dumps({"q": q, "p": p}) + "\n" for q, p in rows), encoding="utf-8")
    return path


def test_the_vocabulary_holds_repeated_tokens_commonest_first(analyzer: Analyzer, pairs: Path) -> None:
    vocabulary = choose_vocabulary(analyzer, [pairs], 4)
    assert vocabulary.tokens == ["石", "云", "石窟", "窟"]
    assert list(vocabulary.idf) == sorted(vocabulary.idf)


def test_texts_are_taken_back_as_they_were_written(analyzer: Analyzer, pairs: Path) -> None:
    pair_set = read_pair_set(analyzer, pairs, {"云": 0, "石": 1, "窟": 2, "龙": 3})
    tokens, begins = pair_set.passages.take(np.array([2, 0]))
    assert len(pair_set) == 3
    assert tokens.tolist() == [1, 0, 1, 2]
    assert begins.tolist() == [0, 1]


def test_a_file_without_known_words_is_named(analyzer: Analyzer, pairs: Path) -> None:
    with pytest.raises(PairFileError, match=r"pairs\.jsonl has no pair"):
        read_pair_set(analyzer, pairs, {})


def test_an_empty_file_is_named(analyzer: Analyzer, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(PairFileError, match=r"empty\.jsonl is empty"):
        choose_vocabulary(analyzer, [tmp_path / "empty.jsonl"], 10)
