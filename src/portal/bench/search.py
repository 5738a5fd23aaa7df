"""`wenmai bench search`: each leg of search on a synthetic catalogue built by the ordinary path."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path
from typing import Any

from catalog.assets import asset
from catalog.bulk import publish_all
from catalog.errors import WenmaiError
from catalog.schema import Schemas
from portal.bench.changes import under_changes
from portal.bench.peers.base import Records
from portal.bench.peers.preparation import asked_of, records_of
from portal.bench.peers.runner import Questions, measure_peers
from portal.bench.recall import NEAREST, QUERIES, recall
from portal.bench.serving import WARM_UP, over_http, read_through, throughput
from portal.bench.synthetic import FACETS, KINDS, Synthetic
from portal.bench.timing import memory_bytes, peak_rss_bytes, timed
from portal.services import Services
from portal.temporary import ACTOR, kept_services, new_services, temporary_services
from search.query import MAX_SIZE, Filters, Mode, Query
from search.ranker import CANDIDATES

# One query in five has a filter.
_FILTERED = 5
# What `_build` tells of a catalogue besides what it was made by.
_TOLD = {"texts", "questions", "build_seconds", "disk_bytes", "peak_rss_bytes"}


def run(
    records: int,
    seed: int,
    queries: int,
    report: Callable[[str], None],
    peers: Sequence[str] = (),
    keep: Path | None = None,
) -> dict[str, Any]:
    """Build, warm up, measure, then the peers on the same; returns the document that the command prints.

    In the directory `keep` the catalogue stays, and one that is there is measured again without building.
    """
    with catalogue(records, seed, queries, report, keep) as (services, built):
        report("measuring")
        read_through(services)
        # As `serve` does: what lives as long as the process is not looked through for garbage.
        gc.collect()
        gc.freeze()
        texts, questions = built["texts"][:queries], built["questions"][:queries]
        document: dict[str, Any] = {"records": records, "queries": queries}
        document |= _measure(services, texts, questions)
        document |= {name: built[name] for name in ("build_seconds", "disk_bytes", "peak_rss_bytes")}
        document |= memory_bytes()
        if peers:
            document["peers"] = measure_peers(peers, lambda: _for_peers(services, texts), document, report)
        return document


@contextmanager
def catalogue(
    records: int, seed: int, queries: int, report: Callable[[str], None], keep: Path | None
) -> Iterator[tuple[Services, Mapping[str, Any]]]:
    """The services of the catalogue, and what there is to say of its making, with queries made of its texts."""
    synthetic = Synthetic(Schemas.load(asset("schemas")), seed)
    made: dict[str, Any] = {"records": records, "seed": seed, "queries": queries}
    if keep is None:
        with temporary_services(synthetic.institutions) as services:
            yield services, _build(services, synthetic, made, report)
        return
    note = keep / "bench.json"
    if note.exists():
        built = _read_note(note)
        services = kept_services(keep)
        made["fingerprint"] = services.specification.fingerprint
        if {name: built.get(name) for name in made} != made or not built.keys() >= _TOLD:
            services.close()
            raise WenmaiError(f"{keep} keeps another catalogue or another version's: {note.name} says which")
    else:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise WenmaiError(
                f"{keep} has no finished catalogue (no {note.name}): delete it, or name another"
            )
        services = new_services(keep, synthetic.institutions)
        built = _build(services, synthetic, made, report)
        note.write_text(json.dumps(built, ensure_ascii=False), encoding="utf-8")
    try:
        yield services, built
    finally:
        services.close()


def _read_note(note: Path) -> dict[str, Any]:
    try:
        built = json.loads(note.read_bytes())
    except ValueError as error:
        raise WenmaiError(f"{note} is damaged: delete {note.parent}, or name another") from error
    return built if isinstance(built, dict) else {}


def _build(
    services: Services, synthetic: Synthetic, made: Mapping[str, Any], report: Callable[[str], None]
) -> dict[str, Any]:
    report(f"loading {made['records']} records")
    load = _seconds(lambda: _load(services, synthetic, made["records"]))
    report("building the index")
    generation = services.indexer.build(processes=os.cpu_count() or 1)
    with services.database.write() as session:
        services.generations.activate(session, generation.id)
    return {
        **made,
        "fingerprint": services.specification.fingerprint,
        "texts": synthetic.title_queries(made["queries"]),
        "questions": synthetic.questions(made["queries"]),
        "build_seconds": {"load": load, "index": round(generation.seconds, 2)},
        "disk_bytes": services.generations.bytes(generation.id),
        "peak_rss_bytes": peak_rss_bytes(),
    }


def _load(services: Services, synthetic: Synthetic, records: int) -> None:
    publish_all(services.database, synthetic.documents(records), actor=ACTOR)


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2)


def _for_peers(services: Services, texts: list[str]) -> tuple[Records, Questions]:
    specification = services.specification
    return records_of(services), Questions(
        texts=asked_of(specification, _queries(texts, Mode.HYBRID)),
        kinds=asked_of(specification, _whole_kinds(len(texts))),
    )


def _measure(services: Services, texts: list[str], questions: list[str]) -> dict[str, Any]:
    search = services.search
    # Otherwise read in the background, beside what is measured.
    services.recommendation.trends()
    search.read_used_titles()
    found = [
        item.resource for text in texts[:WARM_UP] for item in search.search(Query(text=text, size=3)).items
    ]
    return {
        "hybrid": timed(search.search, _queries(texts, Mode.HYBRID, FACETS)),
        "questions": timed(search.search, _queries(questions, Mode.HYBRID, FACETS)),
        "keyword": timed(search.search, _queries(texts, Mode.KEYWORD)),
        "vector": timed(search.search, _queries(texts, Mode.VECTOR))
        | {"recall@10": _recall(services, texts)},
        "nearest": _nearest(services, _queries(texts, Mode.VECTOR)),
        "facets": timed(search.search, _whole_kinds(len(texts))),
        "text_facets": timed(search.search, _queries(texts, Mode.KEYWORD, FACETS, size=1)),
        "suggest": timed(lambda text: search.suggest(text, 8), [text[:2] for text in texts]),
        "similar": timed(
            lambda one: services.recommendation.similar(one, 8),
            [found[n % len(found)] for n in range(len(texts))],
        ),
        "http": over_http(services, _queries(texts, Mode.HYBRID, FACETS)),
        "throughput": throughput(services, _queries(texts, Mode.HYBRID, FACETS)),
        # Last: it changes the catalogue.
        "changes": under_changes(services, _queries(texts, Mode.HYBRID, FACETS)),
    }


def _nearest(services: Services, queries: list[Query]) -> dict[str, Any]:
    """The bare look-up of vectors that the search does, without what surrounds it."""
    engine, encode = services.search.engine(), services.specification.embedding.encode_query
    asked = [(vector, query.filters) for query in queries if (vector := encode(query.text)).any()]
    return timed(lambda one: engine.nearest(one[0], one[1], CANDIDATES), asked)


def _recall(services: Services, texts: list[str]) -> float:
    """Share of the ten nearest by comparing all that the vector leg has as its ten best, whatever a place or a time adds."""
    engine, encode = services.search.engine(), services.specification.embedding.encode_query
    asked = [(text, vector) for text in texts[:QUERIES] if (vector := encode(text)).any()]
    return recall(
        (
            [
                item.resource.number
                for item in services.search.search(_explained(text)).items
                if item.legs and item.legs["vector"].rank <= NEAREST
            ],
            [hit.number for hit in engine.exact(vector, NEAREST)],
        )
        for text, vector in asked
    )


def _explained(text: str) -> Query:
    return Query(text=text, mode=Mode.VECTOR, size=MAX_SIZE, explain=True)


def _whole_kinds(count: int) -> list[Query]:
    """The facets in ever another order: what was counted for one order of them is not remembered for the next."""
    orders = list(permutations(FACETS))
    return [
        Query(facets=orders[n // len(KINDS) % len(orders)], filters=_filter(n), size=1) for n in range(count)
    ]


def _queries(texts: list[str], mode: Mode, facets: tuple[str, ...] = (), size: int = 20) -> list[Query]:
    filters = [_filter(n) if n % _FILTERED == 0 else Filters() for n in range(len(texts))]
    return [
        Query(text=text, mode=mode, facets=facets, filters=filters[n], size=size)
        for n, text in enumerate(texts)
    ]


def _filter(number: int) -> Filters:
    return Filters({"kind": (KINDS[number % len(KINDS)],)})
