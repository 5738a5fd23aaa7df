"""`wenmai evaluate recommend`, `evaluate convert`, `bench recommend`: how good and how fast recommendations are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from portal.bench.recommendation import run as run_bench
from portal.cli.common import (
    DEFAULT_DATA,
    AsJson,
    Data,
    Seed,
    messages,
    plainly,
    print_json,
    services_of,
    show,
)
from recommend.evaluation.conversion import convert as convert_set
from recommend.evaluation.interaction_set import read_interaction_set
from recommend.evaluation.protocol import Evaluation
from recommend.evaluation.replay import replay as replay_events
from recommend.hyperparameters import load_hyperparameters

_MEASURES = ("recall@20", "ndcg@20", "coverage@20", "novelty@20", "popularity@20")


def register(evaluate: typer.Typer, bench: typer.Typer) -> None:
    """Add the commands to `wenmai evaluate` and `wenmai bench`."""
    evaluate.command(name="recommend")(recommend)
    evaluate.command()(convert)
    evaluate.command()(replay)
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

    train.txt and test.txt have a line for each user, "user item item …" with blanks between, or a line for each pair, "user item".

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
def replay(seed: Seed = 7, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Score recommendations on a catalogue's own events, in the order of time: each is foretold from those before it.

    Example: wenmai evaluate replay --data var --json
    """
    with services_of(data) as services, services.database.read() as session:
        document = replay_events(session, services.hyperparameters, seed)
    if as_json:
        print_json(document)
        return
    typer.echo(f"{document['events']} events, the first {document['learnt']} learnt from")
    _print_scores(document["models"])


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
    typer.echo(f"{document['set']}: {document['users']} users, {document['items']} items")
    _print_scores(document["models"])
    for name, scores in document.get("without", {}).items():
        known = {measure: scores[measure] for measure in _MEASURES}
        later = {measure: value for measure, value in scores.items() if measure.startswith("ndcg@20 after")}
        show({f"without {name}": known | later}, as_json=False)


def _print_scores(models: dict[str, Any]) -> None:
    table = Table("model", *_MEASURES)
    for name, scores in models.items():
        table.add_row(name, *(str(scores.get(measure, "-")) for measure in _MEASURES))
    Console(width=110).print(table)
    for name, scores in models.items():
        if "left_out" in scores:
            typer.echo(f"{name} was left out: it {scores['left_out']}")
