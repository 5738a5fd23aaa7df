"""Words that stand for whatever has a code of a facet, whether or not its text has the word: 文物, 英文, 在线观看."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from catalog.errors import WenmaiError
from catalog.vocabularies import Vocabulary
from search.analysis.synonyms import table_lines
from search.query import FACETS
from search.reading.known_names import Mention

_MOST_WORDS = 6
# Names of languages that are first of all a book's or a style's, or no language's.
_OTHER_THINGS = frozenset(("国语", "官话", "文言", "未定", "无语言内容"))


class CodeWordError(WenmaiError):
    """A line of the table of code words cannot be read."""


class Coded(NamedTuple):
    """A word that ends before the word at `end`, and the codes that it stands for: (facet, code)."""

    end: int
    codes: tuple[tuple[str, str], ...]


class CodeWords:
    """Finds code words. `named`: (facet, code, name); `words` gives the words of a name as a text's are given."""

    def __init__(self, named: Iterable[tuple[str, str, str]], words: Callable[[str], list[str]]) -> None:
        codes: dict[str, list[tuple[str, str]]] = {}
        for facet, code, name in named:
            codes.setdefault("".join(words(name)), []).append((facet, code))
        self._codes = {key: tuple(dict.fromkeys(found)) for key, found in codes.items()}

    @classmethod
    def load(cls, config: Path, languages: Vocabulary, words: Callable[[str], list[str]]) -> CodeWords:
        """Those of `code_words.tsv`, and the Chinese names of languages, with 版 behind them, too. Raises CodeWordError."""
        return cls([*_lines(config / "code_words.tsv"), *_of_languages(languages)], words)

    def at(self, words: Sequence[str], start: int) -> Coded | None:
        """The longest one that begins with the folded word at `start`."""
        for end in range(min(len(words), start + _MOST_WORDS), start, -1):
            if codes := self._codes.get("".join(words[start:end])):
                return Coded(end, codes)
        return None

    def in_field(
        self, field: str, words: Sequence[str], mentions: Sequence[Mention]
    ) -> tuple[tuple[str, str], ...]:
        """The codes of a facet that all of these words name, as one of theirs or as one of the mentions.

        A kind may be that of any facet: 类型:电影 is a type of contents.
        """
        coded = self.at(words, 0)
        codes = coded.codes if coded and coded.end == len(words) else ()
        whole = [(m.facet, m.code) for m in mentions if m.end - m.start == len(words)]
        found = [(facet, code) for facet, code in codes if field in (facet, "kind")]
        return tuple(found or [(facet, code) for facet, code in whole if facet == field])


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    for place, cells in table_lines(path):
        if len(cells) != 3 or cells[1] not in FACETS:
            raise CodeWordError(f"{place}: write a word, a facet and a code of it, tabs between")
        yield cells[1], cells[2], cells[0]


def _of_languages(languages: Vocabulary) -> Iterator[tuple[str, str, str]]:
    for term in languages.terms:
        for name in (term.zh, *term.aliases):
            if not name.isascii() and name not in _OTHER_THINGS:
                yield "language", term.code, name
                yield "language", term.code, f"{name}版"
