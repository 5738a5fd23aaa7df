"""Turns published sets of interactions into train.txt, test.txt and items.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from recommend.evaluation.interaction_set import InteractionSetError

_TEST_SHARE = 0.2
_BOOK_FIELDS = ("author", "publisher", "year")


def convert(source: Path, target: Path, seed: int) -> dict[str, int]:
    """Write the set in `source` to `target`; returns how many lines each file has. Raises InteractionSetError.

    CiteULike-t (users.dat, mult.dat, citations.dat) has no published split: of each user's articles one in five, drawn by
    seed, is the test. Its tags are left out, for they were given by the very users whose saving is to be foretold.
    """
    if target.resolve() == source.resolve():
        raise InteractionSetError(
            f"{target} is the folder of the set itself, which would be overwritten: name another"
        )
    if (source / "users.dat").is_file():
        files = _citeulike(source, seed)
    elif (source / "train.txt").is_file():
        files = _books(source)
    else:
        raise InteractionSetError(f"{source} has neither users.dat nor train.txt: it is no set that is known")
    target.mkdir(parents=True, exist_ok=True)
    return {name: _write(target / name, lines) for name, lines in files.items()}


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, line in enumerate(lines, 1):  # noqa: B007
            file.write(line + "\n")
    return count


def _books(source: Path) -> dict[str, Iterator[str]]:
    """The split as published; attributes are those of the item whose number is one less."""
    features: dict[int, dict[str, list[str]]] = {}
    for field in _BOOK_FIELDS:
        path = source / f"book_{field}.dat"
        if not path.is_file():
            continue
        for number, parts in _numbers(path):
            if len(parts) != 2:
                raise InteractionSetError(
                    f"{path}, line {number}: should be an item and the number of a {field}"
                )
            features.setdefault(parts[0] - 1, {}).setdefault(field, []).append(str(parts[1]))
    return {
        "train.txt": _copied(source / "train.txt"),
        "test.txt": _copied(source / "test.txt"),
        "items.jsonl": (_item(item, features[item]) for item in sorted(features)),
    }


def _copied(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from (line.rstrip("\n") for line in file)


def _citeulike(source: Path, seed: int) -> dict[str, Iterator[str]]:
    rng = np.random.default_rng(seed)
    train: list[str] = []
    test: list[str] = []
    for number, (_, *items) in _numbers(source / "users.dat"):
        drawn = rng.random(len(items)) < _TEST_SHARE
        for lines, chosen in ((train, ~drawn), (test, drawn)):
            kept = [str(item) for item, there in zip(items, chosen, strict=True) if there]
            if kept:
                lines.append(" ".join([str(number - 1), *kept]))
    return {"train.txt": iter(train), "test.txt": iter(test), "items.jsonl": _articles(source)}


def _articles(source: Path) -> Iterator[str]:
    with (source / "mult.dat").open(encoding="utf-8") as words:
        cited = [items for _, (_, *items) in _numbers(source / "citations.dat")]
        for article, line in enumerate(words):
            pairs = (part.partition(":") for part in line.split()[1:])
            features = {"word": [word for word, _, count in pairs for _ in range(int(count))]}
            # An article counts as citing itself, so that one that cites it shares something with it.
            features["cites"] = [str(article), *map(str, cited[article])]
            yield _item(article, features)


def _item(item: int, features: Mapping[str, list[str]]) -> str:
    return json.dumps({"id": str(item), "features": features})


def _numbers(path: Path) -> Iterator[tuple[int, list[int]]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield number, [int(part) for part in line.split()]
    except (OSError, ValueError) as error:
        raise InteractionSetError(f"{path} cannot be read: {error}") from error
