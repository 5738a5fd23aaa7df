"""Relevance figures of a retrieval test set: nDCG@10 (Järvelin, Kekäläinen 2002; gain 2^grade - 1) and recall@100."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from catalog.errors import WenmaiError

NDCG_DEPTH = 10
RECALL_DEPTH = 100
_KEYS = ("_id", "text")
# Gains grow with the power of the grade.
_GRADE = re.compile(r"-?\d{1,3}")

Ranker = Callable[[str], Sequence[str]]


class RetrievalSetError(WenmaiError):
    """A file of the test set cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Queries with the grades of their relevant documents; documents stay in their file."""

    name: str
    corpus: Path
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]

    def documents(self) -> Iterator[dict[str, str]]:
        """Each document: `_id`, `title`, `text`."""
        return _json_lines(self.corpus)

    def sample(self, count: int | None) -> list[str]:
        """Ids of `count` queries that have a relevant document, at even spacing; all of them without a count."""
        judged = [query for query in self.queries if any(g > 0 for g in self.grades.get(query, {}).values())]
        if count is None or count >= len(judged):
            return judged
        return [judged[math.floor(number * len(judged) / count)] for number in range(count)]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the queries, and the wall time of each query in milliseconds."""

    ndcg: float
    recall: float
    milliseconds: Sequence[float]

    def scores(self) -> dict[str, float]:
        """The two figures under their usual names."""
        return {"ndcg@10": round(self.ndcg, 4), "recall@100": round(self.recall, 4)}

    def latency(self) -> dict[str, float]:
        """Median and 99th percentile in milliseconds."""
        middle, tail = np.percentile(self.milliseconds, [50, 99])
        return {"p50": round(float(middle), 2), "p99": round(float(tail), 2)}


def read_retrieval_set(directory: Path) -> RetrievalSet:
    """The test set of a folder with corpus.jsonl, queries.jsonl and qrels.tsv. Raises RetrievalSetError."""
    missing = [n for n in ("corpus.jsonl", "queries.jsonl", "qrels.tsv") if not (directory / n).is_file()]
    if missing:
        raise RetrievalSetError(f"{directory} is not a retrieval test set: it has no {missing[0]}")
    queries = {row["_id"]: row["text"] for row in _json_lines(directory / "queries.jsonl")}
    grades = _read_grades(directory / "qrels.tsv")
    found = RetrievalSet(directory.name, directory / "corpus.jsonl", queries, grades)
    if next(found.documents(), None) is None:
        raise RetrievalSetError(f"{directory / 'corpus.jsonl'} has no documents")
    if not found.sample(1):
        raise RetrievalSetError(f"{directory} has no query with a relevant document")
    return found


def measure(test_set: RetrievalSet, queries: Sequence[str], rank: Ranker) -> Figures:
    """Run `rank` (text to document ids, best first) for each query and score its answers."""
    gains, recalls, times = [], [], []
    for query in queries:
        started = perf_counter()
        ranked = rank(test_set.queries[query])
        times.append((perf_counter() - started) * 1000)
        grades = test_set.grades[query]
        gains.append(ndcg(ranked[:NDCG_DEPTH], grades))
        relevant = {document for document, grade in grades.items() if grade > 0}
        recalls.append(len(relevant & set(ranked[:RECALL_DEPTH])) / len(relevant))
    return Figures(float(np.mean(gains)), float(np.mean(recalls)), times)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Discounted gain of a ranking as a share of the best possible one at the same depth."""
    ideal = _dcg(sorted((grade for grade in grades.values()), reverse=True)[:NDCG_DEPTH])
    return _dcg([grades.get(document, 0) for document in ranked]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _read_grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        row = line.rstrip("\r\n").split("\t")
        if len(row) == 3 and _GRADE.fullmatch(row[2]):
            grades.setdefault(row[0], {})[row[1]] = int(row[2])
        # Some published sets leave the header out, so the first line is a header only if it is not a grade.
        elif number > 1:
            raise RetrievalSetError(f"{path}, line {number}: write query, document and a whole-number grade")
    return grades


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RetrievalSetError(f"{path}, line {number}: not JSON ({error})") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in _KEYS):
            raise RetrievalSetError(f"{path}, line {number}: needs {' and '.join(_KEYS)}, both text")
        yield row


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield number, line.decode()
            except UnicodeDecodeError as error:
                raise RetrievalSetError(
                    f"{path}, line {number}: not UTF-8 text: save the file as UTF-8"
                ) from error
