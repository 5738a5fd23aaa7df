"""Turns published sets of interactions into train.txt, test.txt and items.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from recommend.evaluation.interaction_set import InteractionSetError, numbered_lines

_TEST_SHARE = 0.2
# An abstract has no word ten thousand times.
_COUNT_DIGITS = 4
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
        _check_files(source, "mult.dat", "citations.dat")
        made = _citeulike(source, seed)
    elif (source / "train.txt").is_file():
        _check_files(source, "test.txt")
        made = _books(source)
    else:
        raise InteractionSetError(f"{source} has neither users.dat nor train.txt: it is no set that is known")
    # All is read before anything is written: a source that is broken further down leaves no half of a set.
    files = {name: list(lines) for name, lines in made.items()}
    target.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        (target / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return {name: len(lines) for name, lines in files.items()}


def _check_files(source: Path, *names: str) -> None:
    for name in names:
        if not (source / name).is_file():
            raise InteractionSetError(f"{source} has no {name}, which belongs to the set")


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
    return (line for _, line in numbered_lines(path))


def _citeulike(source: Path, seed: int) -> dict[str, Iterator[str]]:
    rng = np.random.default_rng(seed)
    train: list[str] = []
    test: list[str] = []
    for number, items in _lists(source / "users.dat"):
        drawn = rng.random(len(items)) < _TEST_SHARE
        for lines, chosen in ((train, ~drawn), (test, drawn)):
            kept = [str(item) for item, there in zip(items, chosen, strict=True) if there]
            if kept:
                lines.append(" ".join([str(number - 1), *kept]))
    return {"train.txt": iter(train), "test.txt": iter(test), "items.jsonl": _articles(source)}


def _articles(source: Path) -> Iterator[str]:
    cited = [items for _, items in _lists(source / "citations.dat")]
    words = source / "mult.dat"
    for number, line in numbered_lines(words):
        if number > len(cited):
            raise InteractionSetError(
                f"{words}, line {number}: citations.dat has {len(cited)} lines only; both should have one an article"
            )
        # An article counts as citing itself, so that one that cites it shares something with it.
        cites = [str(number - 1), *map(str, cited[number - 1])]
        yield _item(number - 1, {"word": _words(words, number, line), "cites": cites})


def _words(path: Path, number: int, line: str) -> list[str]:
    """The words of an article, each as often as it has it."""
    words: list[str] = []
    for part in line.split()[1:]:
        word, _, count = part.partition(":")
        if not count.isdecimal() or len(count) > _COUNT_DIGITS:
            raise InteractionSetError(
                f"{path}, line {number}: {part!r} should be a word, a colon and how often"
            )
        words += [word] * int(count)
    return words


def _item(item: int, features: Mapping[str, list[str]]) -> str:
    return json.dumps({"id": str(item), "features": features})


def _lists(path: Path) -> Iterator[tuple[int, list[int]]]:
    """The items of each line, which begins with how many they are."""
    for number, parts in _numbers(path):
        if not parts:
            raise InteractionSetError(f"{path}, line {number}: is empty; write 0 where there is nothing")
        yield number, parts[1:]


def _numbers(path: Path) -> Iterator[tuple[int, list[int]]]:
    for number, line in numbered_lines(path):
        try:
            yield number, [int(part) for part in line.split()]
        except ValueError as error:
            raise InteractionSetError(
                f"{path}, line {number}: should be whole numbers with blanks between ({error})"
            ) from error
