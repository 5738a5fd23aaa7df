"""Searching goes on while generations are built and activated."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from support import Catalogue, add, wait

from search.results import SearchResult

FIRST, MORE, ROUNDS, READERS = 12, 5, 3, 3


def test_a_rebuild_and_its_activation_under_load_drop_no_request_and_mix_no_results(
    catalogue: Catalogue,
) -> None:
    for number in range(FIRST):
        add(catalogue.database, f"云冈石窟第{number}窟")
    catalogue.build()
    done = threading.Event()

    def read() -> list[SearchResult]:
        answers = []
        while not done.is_set():
            answers.append(catalogue.ask("石窟", facets=("kind",), size=100))
        return answers

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        try:
            for number in range(ROUNDS * MORE):
                add(catalogue.database, f"龙门石窟第{number}窟")
                if number % MORE == MORE - 1:
                    catalogue.build()
                    # Whoever asks while another reader opens the new generation is answered by the former one.
                    wait(lambda expected=FIRST + number + 1: catalogue.ask("石窟").total == expected)
        finally:
            done.set()
        answers = [answer for reader in readers for answer in reader.result()]

    generations = [FIRST + MORE * number for number in range(ROUNDS + 1)]
    totals = {answer.total for answer in answers}
    assert totals <= set(generations)
    assert len(totals) > 1
    for answer in answers:
        assert len(answer.items) == answer.total
        assert [value.total for value in answer.facets["kind"]] == [answer.total]
        assert not any(item.outside_tier for item in answer.items)
