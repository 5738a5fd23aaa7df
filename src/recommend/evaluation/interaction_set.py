"""A published set of interactions: train.txt, test.txt, and items.jsonl with what is known of the items."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from catalog.errors import WenmaiError
from recommend.evaluation.features import FeatureContent, feature_content
from recommend.learning.sparse import Matrix, Numbers, matrix

# A line of a user who read everything there is.
_MOST_ITEMS = 10_000_000
# What other files have between their columns.
_SEPARATORS = re.compile("[,;|]|::")


class InteractionSetError(WenmaiError):
    """A file of the set cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class InteractionSet:
    """`train` and `test` have a row a user and a column an item, 1 where the user used it.

    `repeated` pairs of test were in train, too: they are in `test` no more, for nothing that was seen is recommended.
    """

    name: str
    train: Matrix
    test: Matrix
    content: FeatureContent | None
    repeated: int = 0

    @property
    def whole(self) -> Matrix:
        """Train and test together."""
        return self.train.maximum(self.test).tocsr()


def read_interaction_set(directory: Path) -> InteractionSet:
    """The set in a folder. Raises InteractionSetError."""
    for name in ("train.txt", "test.txt"):
        if not (directory / name).is_file():
            raise InteractionSetError(
                f"{directory} is no set of interactions: it has no {name}; `wenmai evaluate convert` makes one"
            )
    items_file = directory / "items.jsonl"
    features = dict(_features(items_file)) if items_file.is_file() else {}
    lines = [list(_lines(directory / name)) for name in ("train.txt", "test.txt")]
    items = {item for part in lines for _, of_user in part for item in of_user} | set(features)
    users = {user for part in lines for user, _ in part}
    # Numbers that the set gives stay where they can, so that what is drawn by seed does not hang on names.
    places = {item: place for place, item in enumerate(sorted(items, key=_order))}
    rows = {user: row for row, user in enumerate(sorted(users, key=_order))}
    train, test = (_matrix(part, rows, places) for part in lines)
    for name, part in (("train.txt", train), ("test.txt", test)):
        if not part.nnz:
            raise InteractionSetError(
                f"{directory / name} has no items: there is nothing to learn or to score"
            )
    repeated = test.multiply(train)
    unseen = (test - repeated).tocsr()
    unseen.eliminate_zeros()
    if not unseen.nnz:
        raise InteractionSetError(
            f"{directory / 'test.txt'} has no pair that is not in train.txt: what a user has in train is never recommended, so "
            "that nothing could be found; leave the pairs of test out of train"
        )
    return InteractionSet(directory.name, train, unseen, feature_content(places, features), repeated.nnz)


def _order(name: str) -> tuple[int, int, str]:
    """Numbers first, by size."""
    return (0, int(name), name) if name.isdecimal() else (1, 0, name)


def _matrix(lines: list[tuple[str, list[str]]], rows: dict[str, int], places: dict[str, int]) -> Matrix:
    users = np.array([rows[user] for user, items in lines for _ in items], dtype=np.int64)
    items = np.array([places[item] for _, items in lines for item in items], dtype=np.int64)
    return matrix(users, items, (len(rows), len(places)))


def _lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Users and items of each line: a line for each user with all items, or one for each pair of a user and an item."""
    users: set[str] = set()
    is_repeated, is_of_pairs = False, True
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        user, *items = line.split()
        if not items and _SEPARATORS.search(user):
            raise InteractionSetError(
                f"{path}, line {number}: separate user and items by blanks, not {line!r}"
            )
        if len(items) > _MOST_ITEMS:
            raise InteractionSetError(f"{path}, line {number}: has more than {_MOST_ITEMS} items")
        is_repeated, is_of_pairs = is_repeated or user in users, is_of_pairs and len(items) == 1
        if is_repeated and not is_of_pairs:
            raise InteractionSetError(
                f"{path}, line {number}: write one line for each user, with all items, or one for each pair of a user and an "
                "item; here users come again, and not every line is a pair (leave out ratings and times)"
            )
        users.add(user)
        yield user, items


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file, each with its number from 1 on. Raises InteractionSetError."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                yield number, line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise InteractionSetError(
            f"{path} is not UTF-8 in line {number + 1} or soon after: {error.reason}"
        ) from error


def _features(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
            features = {}
            for field, values in row["features"].items():
                if not isinstance(values, list):
                    raise TypeError(f"{field} is no list")
                features[str(field)] = list(map(str, values))
            yield str(row["id"]), features
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InteractionSetError(
                f'{path}, line {number}: should be {{"id", "features": {{field: [values]}}}} ({error})'
            ) from error


def users_with_tests(of: InteractionSet) -> Numbers:
    """The users that have something in test."""
    return np.flatnonzero(np.diff(of.test.indptr) > 0)
