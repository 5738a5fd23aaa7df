"""`wenmai evaluate`: relevance figures on published test sets. `wenmai bench`: times and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from catalog.bulk import NewResource
from portal.bench.ablation import rankings_without
from portal.bench.peers.runner import PEERS, peer_names
from portal.bench.search import run as run_bench
from portal.cli.common import AsJson, Seed, messages, plainly, show
from portal.services import Services
from portal.temporary import fill, temporary_services
from search.evaluation import RECALL_DEPTH, RetrievalSet, measure, read_retrieval_set
from search.query import Mode, Query
from search.service import SearchService

app = typer.Typer(help="Measure relevance and recommendations on published test sets.", no_args_is_help=True)
bench = typer.Typer(help="Measure times and sizes.", no_args_is_help=True)

_HOUSE = {"code": "test-set", "name": "Test set", "type": "library"}
# Documents are named by their place in the corpus; an id of ours has 26 characters.
_ID = "{:026d}"


@app.command()
@plainly
def search(
    directory: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl, qrels.tsv.")],
    queries: Annotated[int | None, typer.Option(min=1, help="So many queries, at even spacing.")] = None,
    mode: Annotated[Literal["all", "keyword", "vector", "hybrid"], typer.Option(help="Which legs.")] = "all",
    ablation: Annotated[
        bool, typer.Option(help="Also hybrid nDCG@10 without each ingredient of the ranking.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score keyword, vector and hybrid search by nDCG@10 and recall@100.

    Example: wenmai evaluate search ../shared/data/ir/drcd_dev --queries 600
    """
    test_set = read_retrieval_set(directory)
    chosen = test_set.sample(queries)
    modes = [Mode.KEYWORD, Mode.VECTOR, Mode.HYBRID] if mode == "all" else [Mode(mode)]
    with temporary_services([_HOUSE]) as services:
        names: list[str] = []
        generation = fill(services, _documents(test_set, names))
        messages.print(f"{generation.documents} documents indexed, {len(chosen)} queries", highlight=False)
        figures = {m.value: measure(test_set, chosen, _ranker(services.search, m, names)) for m in modes}
        without = _ablation(services, test_set, chosen, names) if ablation else {}
    report: dict[str, Any] = {"set": test_set.name, "documents": len(names), "queries": len(chosen)}
    report |= {name: found.scores() for name, found in figures.items()}
    report["latency_ms"] = {name: found.latency() for name, found in figures.items()}
    if without:
        report["hybrid_without"] = without
    show(report, as_json)


@bench.command(name="search")
@plainly
def bench_search(
    records: Annotated[int, typer.Option(min=100, help="Size of the synthetic catalogue.")] = 100_000,
    seed: Seed = 7,
    queries: Annotated[int, typer.Option(min=10, help="Different queries of each sort.")] = 1000,
    peers: Annotated[
        str, typer.Option(help=f"Measure these engines too, comma-separated: {', '.join(PEERS)}.")
    ] = "",
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Directory that keeps the catalogue; one that is there is measured without building."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a synthetic catalogue by the ordinary path and measure each leg, one thread, caches warm.

    Example: wenmai bench search --records 100000 --peers sqlite-fts5,lancedb --json
    """
    names = peer_names(peers)
    document = run_bench(records, seed, queries, lambda text: messages.print(text, markup=False), names, keep)
    show(document, as_json)


def _documents(test_set: RetrievalSet, names: list[str]) -> Iterator[NewResource]:
    for number, document in enumerate(test_set.documents()):
        names.append(document["_id"])
        data: dict[str, Any] = {"description": document["text"]}
        if document.get("title"):
            data["titles"] = [{"value": document["title"]}]
        yield NewResource("book", _HOUSE["code"], data, id=_ID.format(number))


def _ablation(
    services: Services, test_set: RetrievalSet, queries: Sequence[str], names: Sequence[str]
) -> dict[str, float]:
    """nDCG@10 of the hybrid ranking without each ingredient."""
    figures = {}
    for name, ranking in rankings_without(services.specification.ranking).items():
        specification = replace(services.specification, ranking=ranking)
        search = SearchService(services.database, services.generations, specification)
        found = measure(test_set, queries, _ranker(search, Mode.HYBRID, names))
        figures[name] = found.scores()["ndcg@10"]
    return figures


def _ranker(search: SearchService, mode: Mode, names: Sequence[str]) -> Callable[[str], list[str]]:
    def rank(text: str) -> list[str]:
        result = search.search(Query(text=text, mode=mode, size=RECALL_DEPTH))
        return [names[int(item.resource.id)] for item in result.items]

    return rank
