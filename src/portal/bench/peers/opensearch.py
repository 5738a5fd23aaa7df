"""OpenSearch: BM25 on words that our analysis cut, k-NN by its lucene engine, terms aggregations.

WENMAI_TEST_OPENSEARCH names a server, http://HOST:PORT, that has the k-NN plugin. The index made there is dropped
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException
from opensearchpy.helpers import bulk

from portal.bench.peers.base import CANDIDATES, SIZE, Asked, Counts, Legs, Missing, Records, server_address
from portal.bench.peers.fusion import NOTE, fused
from portal.bench.synthetic import FACETS

ADDRESS = "WENMAI_TEST_OPENSEARCH"
# More codes than any facet has, so that the counts are whole.
_CODES = 1000
# Merging 100,000 graphs into one takes minutes.
_PATIENCE_SECONDS = 1800


class OpenSearchPeer:
    """One index of one shard without a replica, merged into one segment."""

    notes = (
        "words cut by our analysis, analyzer `whitespace`; any of them, ranked by BM25",
        f"vectors by k-NN, engine lucene, k {CANDIDATES}; one shard merged into one segment",
        "counts by terms aggregations without the cache of requests",
        NOTE,
    )
    in_process = False

    def __init__(self, client: OpenSearch, index: str) -> None:
        self._client = client
        self._index = index

    def load(self, records: Records) -> None:
        """Send everything in bulk with refreshing off, then merge."""
        self._client.indices.create(index=self._index, body=_definition(records.vectors.shape[1]))
        rows = zip(records.numbers, records.codes, records.words, records.vectors, strict=True)
        documents = (
            {
                "_index": self._index,
                "_id": str(number),
                "words": words,
                "vector": vector.tolist(),
                **dict(zip(FACETS, codes, strict=True)),
            }
            for number, codes, words, vector in rows
        )
        bulk(self._client, documents, request_timeout=_PATIENCE_SECONDS)
        self._client.indices.forcemerge(
            index=self._index, max_num_segments=1, request_timeout=_PATIENCE_SECONDS
        )
        self._client.indices.refresh(index=self._index, request_timeout=_PATIENCE_SECONDS)

    def disk_bytes(self) -> int:
        """The store of the index."""
        stats = self._client.indices.stats(index=self._index, metric="store")
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def legs(self) -> Legs:
        """Everything; the hybrid query is in a plugin that a bare server lacks."""
        return Legs(
            keyword=self._keyword,
            facets=self._facets,
            vector=self._vector,
            hybrid=fused(self._keyword, self._vector),
        )

    def _keyword(self, asked: Asked) -> list[int]:
        return self._numbers(_matching(asked))

    def _vector(self, asked: Asked) -> list[int]:
        wanted: dict[str, Any] = {"vector": asked.vector.tolist(), "k": CANDIDATES}
        if asked.kind:
            wanted["filter"] = {"term": {"kind": asked.kind}}
        return self._numbers({"knn": {"vector": wanted}})

    def _facets(self, asked: Asked) -> Counts:
        body = {
            "size": 0,
            "query": _matching(asked),
            "aggs": {facet: {"terms": {"field": facet, "size": _CODES}} for facet in FACETS},
        }
        # Asked a second time, an answer of size 0 would come from the cache.
        answer = self._client.search(index=self._index, body=body, params={"request_cache": "false"})
        return {
            facet: {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}
            for facet, found in answer["aggregations"].items()
        }

    def _numbers(self, query: dict[str, Any]) -> list[int]:
        body = {"size": SIZE, "_source": False, "query": query}
        answer = self._client.search(index=self._index, body=body)
        return [int(hit["_id"]) for hit in answer["hits"]["hits"]]


def _definition(dimension: int) -> dict[str, Any]:
    """Settings and mapping. Of vectors of length 1 the inner product is the cosine, and it takes zeros too."""
    method = {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct"}
    return {
        "settings": {
            "index": {
                "knn": True,
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
            }
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "words": {"type": "text", "analyzer": "whitespace"},
                "vector": {"type": "knn_vector", "dimension": dimension, "method": method},
                **{facet: {"type": "keyword"} for facet in FACETS},
            },
        },
    }


def _matching(asked: Asked) -> dict[str, Any]:
    query: dict[str, Any] = {}
    if asked.words:
        query["must"] = {"match": {"words": " ".join(asked.words)}}
    if asked.kind:
        query["filter"] = {"term": {"kind": asked.kind}}
    return {"bool": query}


@contextmanager
def open_peer(folder: Path) -> Iterator[OpenSearchPeer]:
    """An index of its own on the server, which keeps its files itself. Raises Missing where there is no server."""
    address = server_address(ADDRESS, "http://HOST:PORT")
    index = f"wenmai-bench-{uuid4().hex}"
    with closing(OpenSearch(address)) as client:
        try:
            plugins = client.cat.plugins(format="json")
        except OpenSearchException as error:
            raise Missing(f"the server that {ADDRESS} names cannot be reached: {error}") from error
        if not any(plugin["component"] == "opensearch-knn" for plugin in plugins):
            raise Missing(f"the server that {ADDRESS} names has no k-NN plugin")
        try:
            yield OpenSearchPeer(client, index)
        finally:
            client.indices.delete(index=index, ignore_unavailable=True)
