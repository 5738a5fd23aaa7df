"""A catalogue of any size that behaves like a real one: Zipf words over topics, regions, years, kinds. Seeded."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from catalog.bulk import NewResource
from catalog.schema import Schemas

TOPICS = 4096
INSTITUTIONS = 500
FIRST_YEAR, YEARS = 1900, 126
TITLE_WORDS, DESCRIPTION_WORDS = 6, 30
KINDS = ("book", "audiovisual", "virtual", "heritage")
# What is counted; every record of the catalogue has one code of each.
FACETS = ("kind", "institution", "region", "content_type", "access")
COMMONEST = 20
_WORDS_PER_TOPIC = 200
_SHARED_WORDS = 5000
_TOPIC_SHARE = 0.6
# Documents that queries are made of, and how often making one more different query is tried.
_KEPT = 10_000
_TRIES = 20

_Shares = np.ndarray[Any, np.dtype[np.float64]]


class Synthetic:
    """Makes institutions, documents and queries from one seed."""

    def __init__(self, schemas: Schemas, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._words = _dictionary_words()
        regions = [t.code for t in schemas.vocabulary("region").terms if t.code.endswith("0000")][:31]
        self.institutions = [_institution(n, regions[n % len(regions)]) for n in range(INSTITUTIONS)]
        self._codes = {
            field: [t.code for t in schemas.vocabulary(name).terms]
            for field, name in (("content_types", "content_type"), ("service_forms", "service_form"), ("scenarios", "scenario"))
        }  # fmt: skip
        self._access = [t.code for t in schemas.vocabulary("access").terms]
        self._topics = self._random.integers(_SHARED_WORDS, len(self._words), (TOPICS, _WORDS_PER_TOPIC))
        self._topic_shares = _zipf(TOPICS)
        self._word_shares = _zipf(_WORDS_PER_TOPIC)
        self._shared_shares = _zipf(_SHARED_WORDS)
        self._kept: list[tuple[list[str], list[str]]] = []

    def documents(self, count: int) -> Iterator[NewResource]:
        """`count` documents; the words of some of them, at even spacing, are kept for queries."""
        spacing = max(1, count // _KEPT)
        for number in range(count):
            topic = self._ranks(self._topic_shares, 1)[0]
            title, description = self._text(topic, TITLE_WORDS), self._text(topic, DESCRIPTION_WORDS)
            if number % spacing == 0:
                self._kept.append((title, description))
            data: dict[str, Any] = {
                "titles": [{"value": "".join(title), "type": "main"}],
                "description": "".join(description),
                "dates": [{"edtf": str(FIRST_YEAR + int(self._random.integers(YEARS)))}],
                "rights": {"access": self._pick(self._access)},
            }
            data |= {field: [self._pick(codes)] for field, codes in self._codes.items()}
            house = self.institutions[int(self._random.integers(INSTITUTIONS))]["code"]
            yield NewResource(KINDS[number % len(KINDS)], house, data)

    def title_queries(self, count: int) -> list[str]:
        """`count` different texts: 1 to 5 words of a title, in order, the commonest words left out."""
        return self._different(count, self._title_query)

    def questions(self, count: int) -> list[str]:
        """`count` different texts: 15 to 30 characters from a description, from the beginning of a word."""
        return self._different(count, self._question)

    def _different(self, count: int, make: Callable[[list[str], list[str]], str]) -> list[str]:
        texts: dict[str, None] = {}
        for _ in range(count * _TRIES):
            if len(texts) == count:
                break
            text = make(*self._kept[int(self._random.integers(len(self._kept)))])
            if text:
                texts[text] = None
        return list(texts)

    def _title_query(self, title: list[str], _: list[str]) -> str:
        telling = [word for word in title if word not in self._words[:COMMONEST]]
        size = min(len(telling), int(self._random.integers(1, 6)))
        places = sorted(self._random.choice(len(telling), size, replace=False)) if telling else ()
        return "".join(telling[place] for place in places)

    def _question(self, _: list[str], description: list[str]) -> str:
        length = int(self._random.integers(15, 31))
        first = int(self._random.integers(len(description) // 2))
        return "".join(description[first:])[:length]

    def _text(self, topic: int, words: int) -> list[str]:
        own = self._random.random(words) < _TOPIC_SHARE
        from_topic = self._topics[topic][self._ranks(self._word_shares, words)]
        shared = self._ranks(self._shared_shares, words)
        return [self._words[index] for index in np.where(own, from_topic, shared)]

    def _ranks(self, shares: _Shares, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """`count` ranks, each as often as its share says."""
        return np.searchsorted(shares, self._random.random(count), side="right")

    def _pick(self, codes: list[str]) -> str:
        return codes[int(self._random.integers(len(codes)))]


def _institution(number: int, region: str) -> dict[str, Any]:
    return {"code": f"house-{number:03}", "name": f"第{number:03}馆", "type": "library", "region": region}


def _zipf(count: int) -> _Shares:
    """The shares of the first ranks together: 1, 2, ... `count` of them. The last one is 1."""
    shares = np.cumsum(1.0 / np.arange(1, count + 1))
    return np.asarray(shares / shares[-1])


def _dictionary_words() -> list[str]:
    """Words of jieba's dictionary of two to four characters, commonest first."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "the package jieba, whose dictionary the synthetic catalogue is made of, is missing"
        )
    lines = Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split(" ") for line in lines]
    words = [(int(entry[1]), entry[0]) for entry in entries if 2 <= len(entry[0]) <= 4]
    return [word for _, word in sorted(words, key=lambda item: (-item[0], item[1]))]
