"""Every peer that can be opened here gives the same answers on a catalogue that can be counted by hand.

Peers on servers are tried where the address of one is set; CI has none.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

import numpy as np
import pytest
from support import unavailable

from portal.bench.peers.base import Asked, Legs, Peer, Records
from portal.bench.peers.runner import PEERS, opened

_SERVERS = {"postgres": "WENMAI_TEST_POSTGRES", "opensearch": "WENMAI_TEST_OPENSEARCH"}
_HERE = [name for name in PEERS if name not in _SERVERS or os.environ.get(_SERVERS[name])]
_WITHOUT_VECTORS = ("SQLite has no vector index", "the server has no pgvector")

RECORDS = Records(
    numbers=[1, 2, 3, 4],
    words=["敦煌 壁画", "敦煌 石窟 研究", "苏州 园林", "明 画"],
    codes=[
        ("book", "nlc", "110000", "text", "open"),
        ("heritage", "nlc", "110000", "image", "open"),
        ("book", "suzhou", "320000", "text", "open"),
        ("book", "suzhou", "320000", "image", "onsite"),
    ],
    vectors=np.eye(4, 8, dtype=np.float32),
)


@pytest.fixture(scope="module", params=_HERE)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    if request.param == "lancedb" and importlib.util.find_spec("lancedb") is None:
        unavailable("LanceDB is not tried: the extra `peers` is not installed")
    with opened(request.param) as peer:
        peer.load(RECORDS)
        yield peer


@pytest.fixture
def legs(peer: Peer) -> Legs:
    return peer.legs()


def asked(*words: str, near: int = 1, kind: str | None = None) -> Asked:
    """A query whose vector is that of the record `near`."""
    return Asked(words, RECORDS.vectors[near - 1], kind)


def test_any_of_the_words_is_enough_and_who_has_both_leads(legs: Legs) -> None:
    found = legs.keyword(asked("敦煌", "壁画", "园林"))
    assert found[0] == 1
    assert sorted(found) == [1, 2, 3]


def test_a_word_of_one_character_is_a_word(legs: Legs) -> None:
    assert legs.keyword(asked("明")) == [4]
    assert legs.keyword(asked("敦")) == []


def test_a_filter_leaves_one_kind(legs: Legs) -> None:
    assert legs.keyword(asked("敦煌", kind="heritage")) == [2]
    assert legs.keyword(asked("园林", kind="heritage")) == []


def test_facets_are_counted_over_all_matches(legs: Legs) -> None:
    if isinstance(legs.facets, str):
        assert legs.facets == "LanceDB counts no facets"
        return
    assert legs.facets(asked("敦煌", "明")) == {
        "kind": {"book": 2, "heritage": 1},
        "institution": {"nlc": 2, "suzhou": 1},
        "region": {"110000": 2, "320000": 1},
        "content_type": {"text": 1, "image": 2},
        "access": {"open": 2, "onsite": 1},
    }
    assert legs.facets(asked("敦煌", kind="book"))["content_type"] == {"text": 1}
    assert legs.facets(asked(kind="book"))["institution"] == {"nlc": 1, "suzhou": 2}


def test_the_nearest_vector_comes_first(legs: Legs) -> None:
    if isinstance(legs.vector, str):
        assert legs.vector in _WITHOUT_VECTORS
        return
    assert legs.vector(asked(near=3))[0] == 3
    assert legs.vector(asked(near=3, kind="heritage")) == [2]


def test_who_is_found_by_both_legs_leads(legs: Legs) -> None:
    if isinstance(legs.hybrid, str):
        assert legs.hybrid in _WITHOUT_VECTORS
        return
    assert legs.hybrid(asked("敦煌", "石窟", near=2))[0] == 2
    assert legs.hybrid(asked("敦煌", near=3, kind="heritage")) == [2]


def test_what_is_loaded_takes_room(peer: Peer) -> None:
    assert peer.disk_bytes() > 1000
    assert peer.notes
