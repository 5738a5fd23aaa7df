"""`wenmai evaluate recommend`, `evaluate convert`, `bench recommend`: how good and how fast recommendations are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from portal.bench.recommendation import run as run_bench
from portal.cli.common import AsJson, messages, plainly, print_json, show
from recommend.evaluation.conversion import convert as convert_set
from recommend.evaluation.interaction_set import read_interaction_set
from recommend.evaluation.protocol import Evaluation
from recommend.hyperparameters import load_hyperparameters

Seed = Annotated[int, typer.Option(help="Everything that is drawn is drawn by it.")]


def register(evaluate: typer.Typer, bench: typer.Typer) -> None:
    """Add the commands to `wenmai evaluate` and `wenmai bench`."""
    evaluate.command(name="recommend")(recommend)
    evaluate.command()(convert)
    bench.command(name="recommend")(bench_recommend)


@plainly
def recommend(
    directory: Annotated[
        Path, typer.Argument(help="Folder with train.txt, test.txt and, if known, items.jsonl.")
    ],
    baselines: Annotated[bool, typer.Option(help="Also popularity, item kNN, EASE and ALS.")] = True,
    ablation: Annotated[bool, typer.Option(help="Also our figures without each ingredient.")] = False,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Score recommendations for known readers, new readers and new items, beside the usual models.

    Example: wenmai evaluate recommend douban --json
    """
    data = read_interaction_set(directory)
    evaluation = Evaluation(
        data, load_hyperparameters(), seed, lambda text: messages.print(text, markup=False)
    )
    document = evaluation.run(baselines)
    if ablation:
        document["without"] = evaluation.ablation()
    if as_json:
        print_json(document)
        return
    _print_models(document)
    show({name: document[name] for name in ("cold", "few_events") if document[name]}, as_json=False)


@plainly
def convert(
    source: Annotated[Path, typer.Argument(help="Folder of CiteULike-t or of the Douban books.")],
    out: Annotated[Path, typer.Option(help="Folder for train.txt, test.txt and items.jsonl.")],
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Turn a published set of interactions into the form that `evaluate recommend` reads.

    Example: wenmai evaluate convert ../shared/data/interactions/citeulike-t --out citeulike
    """
    show({"set": str(out)} | convert_set(source, out, seed), as_json)


@plainly
def bench_recommend(
    items: Annotated[int, typer.Option(min=1000, help="Size of the synthetic catalogue.")] = 100_000,
    events: Annotated[int, typer.Option(min=1000, help="Synthetic events to learn from.")] = 1_000_000,
    queries: Annotated[int, typer.Option(min=10, help="Different requests.")] = 1000,
    seed: Seed = 7,
    keep: Annotated[
        Path | None, typer.Option(help="Directory that keeps the catalogue, as of `bench search`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from synthetic events, then measure lists over HTTP with a table that has every item, and taking events in.

    Example: wenmai bench recommend --items 100000 --events 1000000 --json
    """
    document = run_bench(items, events, seed, queries, lambda text: messages.print(text, markup=False), keep)
    show(document, as_json)


def _print_models(document: dict[str, Any]) -> None:
    table = Table("model", "recall@20", "ndcg@20", "coverage@20", "novelty@20", "popularity@20", "train s")
    rows = document["models"] | document.get("without", {})
    for name, scores in rows.items():
        if "left_out" in scores:
            table.add_row(name, scores["left_out"])
        else:
            table.add_row(name, *(str(value) for value in scores.values()))
    typer.echo(f"{document['set']}: {document['users']} users, {document['items']} items")
    messages.print(table)
