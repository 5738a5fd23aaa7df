from __future__ import annotations

from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation import Figures, RetrievalSet, RetrievalSetError, measure, ndcg, read_retrieval_set

CORPUS = '{"_id": "d1", "title": "", "text": "一"}\n{"_id": "d2", "title": "", "text": "二"}\n'
QUERIES = '{"_id": "q1", "text": "问一"}\n{"_id": "q2", "text": "问二"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td1\t0\n"


def write(folder: Path, corpus: str = CORPUS, queries: str = QUERIES, qrels: str = QRELS) -> Path:
    for name, content in (("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("ranked", "grades", "expected"),
    [
        (["a"], {"a": 1}, 1.0),
        (["x", "a"], {"a": 1}, 1 / log2(3)),
        (["x", "y"], {"a": 1}, 0.0),
        ([], {"a": 1}, 0.0),
        (["a", "b"], {"a": 1, "b": 2}, (1 + 3 / log2(3)) / (3 + 1 / log2(3))),
        (["b", "x", "a"], {"a": 1, "b": 3}, (7 + 1 / 2) / (7 + 1 / log2(3))),
        (["a"], {"a": 0}, 0.0),
    ],
)
def test_the_discounted_gain_is_as_computed_by_hand(
    ranked: list[str], grades: dict[str, int], expected: float
) -> None:
    assert ndcg(ranked, grades) == pytest.approx(expected)


def test_more_relevant_documents_than_places_still_allow_a_perfect_score() -> None:
    grades = {f"d{number}": 1 for number in range(30)}
    assert ndcg([f"d{number}" for number in range(10)], grades) == pytest.approx(1)


@pytest.mark.parametrize("header", [True, False])
def test_a_set_is_read_with_and_without_a_header(tmp_path: Path, header: bool) -> None:
    qrels = QRELS if header else QRELS.split("\n", 1)[1]
    found = read_retrieval_set(write(tmp_path, qrels=qrels))
    assert found.grades == {"q1": {"d1": 1}, "q2": {"d2": 2, "d1": 0}}
    assert found.queries == {"q1": "问一", "q2": "问二"}
    assert [document["_id"] for document in found.documents()] == ["d1", "d2"]
    assert found.name == tmp_path.name


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"qrels": QRELS + "q1\td1\n"}, r"qrels\.tsv, line 5"),
        ({"qrels": QRELS + "q1\td1\tgood\n"}, r"qrels\.tsv, line 5: .*whole-number grade"),
        ({"queries": QUERIES + "{\n"}, r"queries\.jsonl, line 3: not JSON"),
        ({"queries": QUERIES + '{"_id": "q3"}\n'}, r"queries\.jsonl, line 3: .*text"),
        ({"queries": "[]\n"}, r"queries\.jsonl, line 1"),
        ({"qrels": QRELS + "q1\td1\t--1\n"}, r"qrels\.tsv, line 5: .*whole-number grade"),
        ({"qrels": QRELS + "q1\td1\t99999\n"}, r"qrels\.tsv, line 5: .*whole-number grade"),
        ({"queries": "[" * 100_000}, r"queries\.jsonl, line 1: not JSON"),
        ({"qrels": "q1\td1\t0\n"}, "no query with a relevant document"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, files: dict[str, str], told: str
) -> None:
    with pytest.raises(RetrievalSetError, match=told):
        read_retrieval_set(write(tmp_path, **files))


def test_a_broken_line_of_the_corpus_is_named_when_it_is_reached(tmp_path: Path) -> None:
    found = read_retrieval_set(write(tmp_path, corpus=CORPUS + "oops\n"))
    with pytest.raises(RetrievalSetError, match=r"corpus\.jsonl, line 3"):
        list(found.documents())


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    with (tmp_path / name).open("ab") as file:
        file.write("馆\n".encode("gbk"))
    with pytest.raises(RetrievalSetError, match=rf"{name}, line \d: not UTF-8"):
        list(read_retrieval_set(tmp_path).documents())


def test_a_corpus_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RetrievalSetError, match=r"corpus\.jsonl has no documents"):
        read_retrieval_set(write(tmp_path, corpus=""))


def test_a_folder_without_a_file_says_which(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(RetrievalSetError, match=r"has no qrels\.tsv"):
        read_retrieval_set(tmp_path)


def made_set(total: int) -> RetrievalSet:
    """Queries q0, q1, ...; every fourth has no relevant document."""
    ids = [f"q{number}" for number in range(total)]
    grades = {query: {"d": 0 if number % 4 == 3 else 1} for number, query in enumerate(ids)}
    return RetrievalSet("made", Path(), {query: query for query in ids}, grades)


def test_a_sample_is_taken_at_even_spacing_over_the_judged_queries() -> None:
    judged = [f"q{number}" for number in range(20) if number % 4 != 3]
    assert len(judged) == 15
    assert made_set(20).sample(4) == [judged[0], judged[3], judged[7], judged[11]]
    assert made_set(20).sample(None) == made_set(20).sample(99) == judged


@given(total=st.integers(1, 200), count=st.integers(1, 250))
def test_a_sample_has_as_many_queries_as_asked_for_each_once(total: int, count: int) -> None:
    sample = made_set(total).sample(count)
    assert len(sample) == len(set(sample)) == min(count, len(made_set(total).sample(None)))


def test_figures_are_means_over_the_queries(tmp_path: Path) -> None:
    found = read_retrieval_set(write(tmp_path))
    answers = {"问一": ["d1", "d2"], "问二": ["d1", "d2"]}
    figures = measure(found, ["q1", "q2"], answers.__getitem__)
    assert figures.scores() == {"ndcg@10": round((1 + 1 / log2(3)) / 2, 4), "recall@100": 1.0}
    assert len(figures.milliseconds) == 2


def test_recall_looks_a_hundred_deep_and_no_deeper(tmp_path: Path) -> None:
    found = read_retrieval_set(write(tmp_path))
    filling = [f"x{number}" for number in range(99)]
    for ranked, recall in (([*filling, "d1"], 1.0), ([*filling, "y", "d1"], 0.0)):
        assert measure(found, ["q1"], lambda text, ranked=ranked: ranked).recall == recall  # type: ignore[misc]


def test_latency_is_told_as_median_and_tail() -> None:
    assert Figures(0, 0, [1.0, 2.0, 3.0]).latency() == {"p50": 2.0, "p99": 2.98}
