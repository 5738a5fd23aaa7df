"""Other names: 紫禁城 is 故宫, 北图 is the 国家图书馆, and a temple is a 寺. Used on what is typed, not on the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from catalog.errors import WenmaiError
from search.analysis.tokens import OF

_HOUSES = frozenset(("博物馆", "博物院", "图书馆", "美术馆", "文化馆", "纪念馆"))
_MOST_WORDS = 8


class SynonymTableError(WenmaiError):
    """A line of the table of synonyms does not hold two names, or holds a name of another line."""


class Named(NamedTuple):
    """A name that ends before the word at `end`, and its other names; `one_way`: they do not lead back to it.

    `is_class`: it is a word for a kind of things. `standard`: the first of its names, where it is another one.
    """

    end: int
    others: tuple[str, ...]
    one_way: bool
    is_class: bool = False
    standard: str = ""


class Synonyms:
    """The names of three tables of an `index_config` directory, separated by tabs, a line each.

    `synonyms.tsv` has names of one thing: each of them leads to the others. `former_names.tsv` has a place and its former
    names, which lead to it. `class_words.tsv` has an English or a general word for a kind of thing, then Chinese ones: it leads to
    those, and they to nothing. `words` gives the words of a text as
    the queries' are given.
    """

    def __init__(self, directory: Path, words: Callable[[str], list[str]]) -> None:
        self._others: dict[str, tuple[str, ...]] = {}
        self._standard: dict[str, str] = {}
        for place, names in table_lines(directory / "class_words.tsv"):
            self._add(place, [_key(words(name)) for name in names[:1]], names)
        self._classes = set(self._others)
        for place, (today, *former) in table_lines(directory / "former_names.tsv"):
            for name in former:
                self._add(place, [_key(words(name))], [name, today])
        self._one_way = set(self._others)
        for place, names in table_lines(directory / "synonyms.tsv"):
            keys = [_key(words(name)) for name in names]
            self._add(place, keys, names)
            self._standard |= dict.fromkeys(keys[1:], names[0])

    def at(self, words: Sequence[str], place: int) -> Named | None:
        """The longest name that begins with the folded word at `place`; within it there may be a 的 (孔子的墓)."""
        for end in range(min(len(words), place + _MOST_WORDS), place, -1):
            if OF in (words[place], words[end - 1]):
                continue
            if OF in words[place:end] and words[end - 1] in _HOUSES:
                # 北京的图书馆 are many, 北京图书馆 is one.
                continue
            key = _key(words[place:end])
            if others := self._others.get(key):
                standard = self._standard.get(key, "")
                return Named(end, others, key in self._one_way, key in self._classes, standard)
        return None

    def _add(self, place: str, keys: list[str], names: list[str]) -> None:
        """Let each key, the words of one of the names in their order, lead to the names but its own."""
        if len(names) < 2 or not all(keys) or self._others.keys() & keys:
            raise SynonymTableError(
                f"{place}: write at least two names, none of which leads to others already"
            )
        for number, key in enumerate(keys):
            self._others[key] = tuple(n for k, n in enumerate(names) if k != number)


def _key(words: Iterable[str]) -> str:
    return "".join(word for word in words if word != OF)


def table_lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """(file and line number, cells) of each line of a table that is no comment."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            yield f"{path.name}, line {number}", line.split("\t")
