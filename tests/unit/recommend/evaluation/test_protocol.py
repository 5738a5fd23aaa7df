from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalog.assets import asset
from catalog.errors import WenmaiError
from recommend.evaluation.conversion import convert
from recommend.evaluation.interaction_set import InteractionSetError, read_interaction_set
from recommend.evaluation.metrics import Tally, ndcg, recall
from recommend.evaluation.models import _free_bytes, ease, popularity
from recommend.evaluation.protocol import Evaluation
from recommend.hyperparameters import load_hyperparameters

USERS, ITEMS, GROUPS = 80, 60, 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Readers who each keep to one of four groups of books; a book's maker is that of its group."""
    rng = np.random.default_rng(1)
    train, test = [], []
    for user in range(USERS):
        own = np.flatnonzero(np.arange(ITEMS) % GROUPS == user % GROUPS)
        read = rng.permutation(own)[:12]
        train.append(" ".join(map(str, [user, *read[:8]])))
        test.append(" ".join(map(str, [user, *read[8:]])))
    (tmp_path / "train.txt").write_text("\n".join(train))
    (tmp_path / "test.txt").write_text("\n".join(test))
    items = [
        json.dumps({"id": str(item), "features": {"maker": [str(item % GROUPS)], "year": ["1980"]}})
        for item in range(ITEMS)
    ]
    (tmp_path / "items.jsonl").write_text("\n".join(items))
    return tmp_path


def evaluate(folder: Path, seed: int = 7) -> dict[str, Any]:
    said: list[str] = []
    return Evaluation(read_interaction_set(folder), load_hyperparameters(), seed, said.append).run()


def without_times(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {name: without_times(value) for name, value in part.items() if name != "train_seconds"}


def test_models_that_look_at_use_find_what_popularity_does_not(folder: Path) -> None:
    models = evaluate(folder)["models"]
    for name in ("itemknn", "ease", "wenmai"):
        assert models[name]["recall@20"] > 0.95 > models["popularity"]["recall@20"]


def test_new_items_are_found_by_what_they_are(folder: Path) -> None:
    assert evaluate(folder)["cold"]["recall@20"] == 1.0


def test_the_same_seed_gives_the_same_figures(folder: Path) -> None:
    first, again = evaluate(folder), evaluate(folder)
    assert without_times(first) == without_times(again)


def test_what_was_seen_in_train_is_not_recommended(folder: Path) -> None:
    data = read_interaction_set(folder)
    model = ease(data.train)
    assert not isinstance(model, str)
    history = data.train.indices[data.train.indptr[0] : data.train.indptr[1]]
    assert not np.isin(model.rank(history, 20), history).any()


def test_a_model_that_does_not_fit_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommend.evaluation.models._free_bytes", lambda: 10)
    assert "needs" in evaluate(folder)["models"]["ease"]["left_out"]


def test_memory_that_only_keeps_files_can_be_had(tmp_path: Path) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:  9 kB\nMemFree:   1 kB\nMemAvailable:   7 kB\nCached:  6 kB\n")
    assert _free_bytes(told) == 7 * 1024
    assert _free_bytes(tmp_path / "no-linux") > 0


def test_where_few_are_left_the_list_is_short(folder: Path) -> None:
    history = np.arange(ITEMS - 3)
    ranked = popularity(read_interaction_set(folder).train).rank(history, 20)
    assert sorted(ranked) == [ITEMS - 3, ITEMS - 2, ITEMS - 1]


def test_names_that_are_one_number_keep_one_order(folder: Path) -> None:
    (folder / "items.jsonl").unlink()
    columns = set()
    for names in ("7 07 007 1", "007 1 07 7", "1 007 7 07"):
        (folder / "train.txt").write_text(f"1 {names}\n2 07\n")
        (folder / "test.txt").write_text("1 2\n")
        train = read_interaction_set(folder).train
        columns.add(int(train.indices[train.indptr[1]]))
    # After 1 and 2 stands 007, then 07.
    assert columns == {3}


@pytest.mark.parametrize("features", [{}, {"author": []}])
def test_items_of_which_nothing_is_known_are_as_if_there_were_no_file(
    folder: Path, features: dict[str, list[str]]
) -> None:
    (folder / "items.jsonl").write_text(json.dumps({"id": "1", "features": features}))
    assert read_interaction_set(folder).content is None


def test_a_field_without_values_beside_others_holds_nothing(folder: Path) -> None:
    with (folder / "items.jsonl").open("a") as file:
        file.write("\n" + json.dumps({"id": "1", "features": {"author": []}}))
    assert read_interaction_set(folder).content is not None


def test_gains_fall_with_the_place_and_the_best_list_has_one() -> None:
    wanted = np.array([3, 4])
    assert ndcg(np.array([3, 4, *range(10, 28)]), wanted) == pytest.approx(1)
    late = ndcg(np.array([*range(10, 28), 3, 4]), wanted)
    assert 0 < late < 0.5
    assert recall(np.array([3, *range(10, 29)]), wanted) == 0.5


def test_coverage_counts_each_item_once() -> None:
    tally = Tally(np.ones(10, dtype=np.float32), 5)
    for _ in range(3):
        tally.add(np.array([1, 2]), np.array([2]))
    assert tally.scores()["coverage@20"] == 0.2


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("items.jsonl", '{"id": 1}', "items.jsonl, line 1"),
        ("items.jsonl", "no json", "items.jsonl, line 1"),
        (
            "items.jsonl",
            '{"id": "1", "features": {"author": "甲乙"}}',
            "items.jsonl, line 1.*author is no list",
        ),
        ("test.txt", "", "test.txt has no items"),
        ("train.txt", "1 10\n2,20\n", "train.txt, line 2: separate user and items by blanks"),
        ("train.txt", "1::10::5\n", "train.txt, line 1: separate"),
        ("train.txt", "1 10 5\n2 10 4\n1 11 3\n", "train.txt, line 3: write one line for each user"),
        ("test.txt", "1 10\n1 11\n2 10 12\n", "test.txt, line 3: write one line for each user"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(folder: Path, name: str, text: str, problem: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(InteractionSetError, match=problem):
        read_interaction_set(folder)


def test_a_file_of_pairs_says_the_same_as_one_with_a_line_for_each_user(folder: Path) -> None:
    of_users = read_interaction_set(folder)
    for name in ("train.txt", "test.txt"):
        rows = [line.split() for line in (folder / name).read_text().splitlines()]
        pairs = "\n".join(f"{user}\t{item}" for user, *items in rows for item in items)
        (folder / name).write_text(pairs, encoding="utf-8-sig")
    of_pairs = read_interaction_set(folder)
    assert (of_pairs.train != of_users.train).nnz == (of_pairs.test != of_users.test).nnz == 0


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "train.txt").write_text("1 2\n3 4\n", encoding="utf-16")
    with pytest.raises(InteractionSetError, match=r"train\.txt is not UTF-8"):
        read_interaction_set(folder)


def test_a_folder_without_a_set_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InteractionSetError, match=r"train\.txt"):
        read_interaction_set(tmp_path)
    with pytest.raises(WenmaiError, match="neither"):
        convert(tmp_path, tmp_path / "out", 7)


def test_a_set_is_not_written_over_itself(folder: Path) -> None:
    before = (folder / "train.txt").read_text()
    with pytest.raises(InteractionSetError, match="name another"):
        convert(folder, folder / "." / "", 7)
    assert (folder / "train.txt").read_text() == before


@pytest.mark.parametrize(
    ("value", "nonsense"),
    [
        ("least_subjects: 3", "least_subjects: 0"),
        ("most_of_one_subject: 500", "most_of_one_subject: yes"),
        ("settled: 7.0", "settled: .inf"),
        ("content: 0.5", "content: .nan"),
        ("half_life_days: 14", "half_life_days: 1e300"),
        ("width: 100", "width: 1000000000"),
    ],
)
def test_a_hyperparameter_that_means_nothing_is_named(tmp_path: Path, value: str, nonsense: str) -> None:
    whole = (asset("index_config") / "recommendation.yaml").read_text(encoding="utf-8")
    assert value in whole
    file = tmp_path / "recommendation.yaml"
    file.write_text(whole.replace(value, nonsense, 1), encoding="utf-8")
    with pytest.raises(WenmaiError, match=value.partition(":")[0]):
        load_hyperparameters(file)


@pytest.mark.slow
def test_the_published_books_are_read_and_beaten(shared_data: Path, tmp_path: Path) -> None:
    """Douban books: EASE reaches nDCG@20 .223 and recall@20 .2125 on this split."""
    counts = convert(shared_data / "interactions" / "douban-book", tmp_path, 7)
    assert counts["items.jsonl"] > 20_000
    said: list[str] = []
    evaluation = Evaluation(read_interaction_set(tmp_path), load_hyperparameters(), 7, said.append)
    figures = evaluation.known(evaluation.ours())
    assert figures["ndcg@20"] >= 0.25
    assert figures["recall@20"] >= 0.233


def test_a_set_of_which_nothing_is_known_but_use_is_evaluated_too(folder: Path) -> None:
    (folder / "items.jsonl").unlink()
    document = evaluate(folder)
    assert document["cold"] == {}
    assert document["models"]["wenmai"]["recall@20"] > 0.95


def test_blank_lines_hold_nothing(folder: Path) -> None:
    before = read_interaction_set(folder).train
    path = folder / "train.txt"
    path.write_text("\n" + path.read_text() + "\n \n")
    assert (read_interaction_set(folder).train != before).nnz == 0


def test_a_test_that_is_all_in_train_is_refused(folder: Path) -> None:
    (folder / "test.txt").write_text((folder / "train.txt").read_text())
    with pytest.raises(InteractionSetError, match="no pair that is not in train"):
        read_interaction_set(folder)


def test_pairs_of_test_that_are_in_train_are_left_out_and_told_of(folder: Path) -> None:
    expected = evaluate(folder)["models"]["wenmai"]
    seen = [" ".join(line.split()[:2]) for line in (folder / "train.txt").read_text().splitlines()]
    pairs = [
        f"{user} {item}"
        for user, *items in map(str.split, (folder / "test.txt").read_text().splitlines())
        for item in items
    ]
    (folder / "test.txt").write_text("\n".join([*pairs, *seen]))
    said: list[str] = []
    data = read_interaction_set(folder)
    found = Evaluation(data, load_hyperparameters(), 7, said.append).run(baselines=False)
    assert any(f"{USERS} pairs of test.txt are in train.txt, too" in one for one in said)
    assert without_times(found["models"]["wenmai"]) == without_times(expected)
