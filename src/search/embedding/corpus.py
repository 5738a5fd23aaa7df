"""Pair sets as numbers: the vocabulary chosen from them, and their texts as token ids."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from search.analysis.words import Analyzer
from search.embedding.pairs import PairFileError, read_pairs
from search.embedding.tokens import embedding_tokens

LONGEST_TRAINING_TEXT = 256
"""Characters of a passage that are learnt from; more costs time and changes little."""

SET_EXPONENT = 0.7
"""Sets are drawn by size to this power, so that large ones do not drown small ones."""

_COUNTED_PAIRS = 20_000


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as token ids, one behind the other: text i is `tokens[starts[i]:starts[i + 1]]`; equal texts have one key."""

    tokens: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Token ids of the given texts, one behind the other, and where each begins."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        places = np.arange(int(lengths.sum())) - np.repeat(begins - self.starts[rows], lengths)
        return self.tokens[places].astype(np.int64), begins


@dataclass(frozen=True, slots=True)
class PairSet:
    """One file of pairs: query i belongs to passage i."""

    name: str
    queries: Texts
    passages: Texts

    def __len__(self) -> int:
        return len(self.queries.starts) - 1


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens that have a vector, and how telling each is (idf, natural logarithm)."""

    tokens: list[str]
    idf: npt.NDArray[np.float32]


def choose_vocabulary(analyzer: Analyzer, paths: Sequence[Path], size: int) -> Vocabulary:
    """The `size` tokens found in most texts, where a set counts as much as it is drawn in training."""
    weights: dict[str, float] = {}
    texts = 0.0
    for path in paths:
        counts, pairs = _document_frequencies(analyzer, path)
        share = pairs**SET_EXPONENT / pairs
        texts += 2 * pairs * share
        for token, count in counts.items():
            if count > 1:
                weights[token] = weights.get(token, 0.0) + count * share
    tokens = sorted(weights, key=lambda token: (-weights[token], token))[:size]
    idf = [math.log(1 + texts / weights[token]) for token in tokens]
    return Vocabulary(tokens, np.array(idf, dtype=np.float32))


def read_pair_set(analyzer: Analyzer, path: Path, ids: dict[str, int]) -> PairSet:
    """A file of pairs as token ids; pairs that lose all tokens on one side are left out."""
    queries, passages = _Writer(), _Writer()
    for pair in read_pairs(path):
        query, passage = (_known(analyzer, text, ids) for text in pair)
        if query and passage:
            queries.add(query)
            passages.add(passage)
    if not queries.starts[1:]:
        raise PairFileError(f"{path.name} has no pair with known words: leave it out.")
    return PairSet(path.name, queries.texts(), passages.texts())


def _document_frequencies(analyzer: Analyzer, path: Path) -> tuple[Counter[str], int]:
    """In how many texts each token is, estimated from pairs at even spacing, and the number of pairs."""
    pairs = list(read_pairs(path))
    if not pairs:
        raise PairFileError(f"{path.name} is empty: leave it out.")
    step = max(1, len(pairs) // _COUNTED_PAIRS)
    counts: Counter[str] = Counter()
    for pair in pairs[::step]:
        for text in pair:
            counts.update(set(embedding_tokens(analyzer, text, LONGEST_TRAINING_TEXT)))
    return Counter({token: count * step for token, count in counts.items() if count > 1}), len(pairs)


def _known(analyzer: Analyzer, text: str, ids: dict[str, int]) -> list[int]:
    return [ids[token] for token in embedding_tokens(analyzer, text, LONGEST_TRAINING_TEXT) if token in ids]


class _Writer:
    """Collects texts in two flat arrays: lists of lists would take eight times the memory."""

    def __init__(self) -> None:
        self.tokens = array("i")
        self.starts = array("q", [0])
        self.keys = array("q")

    def add(self, tokens: list[int]) -> None:
        self.tokens.extend(tokens)
        self.starts.append(len(self.tokens))
        self.keys.append(hash(tuple(tokens)))

    def texts(self) -> Texts:
        return Texts(
            np.array(self.tokens, dtype=np.int32),
            np.array(self.starts, dtype=np.int64),
            np.array(self.keys, dtype=np.int64),
        )
