"""Other names of one and the same thing: 紫禁城 is 故宫, 北图 is the 国家图书馆. Used on what is typed, not on the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from catalog.errors import WenmaiError

_MOST_WORDS = 8


class SynonymTableError(WenmaiError):
    """A line of the table of synonyms does not hold two names, or holds a name of another line."""


class Synonyms:
    """The names of `synonyms.tsv` of an `index_config` directory: names of one thing, separated by tabs, a line each.

    `words` gives the words of a text as the queries' are given.
    """

    def __init__(self, directory: Path, words: Callable[[str], list[str]]) -> None:
        self._others: dict[str, tuple[str, ...]] = {}
        path = directory / "synonyms.tsv"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            names = line.split("\t")
            keys = ["".join(words(name)) for name in names]
            if len(names) < 2 or not all(keys) or self._others.keys() & keys:
                raise SynonymTableError(
                    f"{path.name}, line {number}: write at least two names, none of which stands on another line"
                )
            for key in keys:
                self._others[key] = tuple(n for n, k in zip(names, keys, strict=True) if k != key)

    def at(self, words: Sequence[str], place: int) -> tuple[int, tuple[str, ...]] | None:
        """(word behind the name, the other names) of the longest name that begins with the folded word at `place`."""
        for end in range(min(len(words), place + _MOST_WORDS), place, -1):
            if others := self._others.get("".join(words[place:end])):
                return end, others
        return None
