"""Folding: one context-free table that makes width, case, script and variant forms of a character agree.

Every character is folded by itself, never by its neighbours, so a substring of a folded text is the folded
substring: index, query, suggestions and highlights agree by construction.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from catalog.errors import WenmaiError

_SPACES = frozenset(("Cc", "Cs", "Zs", "Zl", "Zp"))
_UTF32, _LOST = "utf-32-le", "surrogatepass"
# No folded text has it: controls become spaces.
_NONE = "\0"


class FoldTableError(WenmaiError):
    """The folding table has a line that is not `character<TAB>character`."""


def read_fold_table(path: Path) -> dict[int, str]:
    """The characters of a `from<TAB>to` file, by code point; `#` starts a comment line.

    Raises FoldTableError with the line number when a line is not two single characters.
    """
    table: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        source, _, target = line.partition("\t")
        if len(source) != 1 or len(target) != 1:
            raise FoldTableError(f"{path.name}, line {number}: write one character, a tab, one character.")
        table[ord(source)] = target
    return table


class Folding:
    """Folds text: width and compatibility forms, case, accents, traditional to simplified, variants.

    The table is filled as characters are met (at most one entry a code point), for `str.translate`.
    """

    def __init__(self, characters: Mapping[int, str]) -> None:
        self._table = _Table(characters)
        # By code point the one that it folds to, 0 for what is not known yet and what does not fold to exactly one.
        self._even = np.zeros(sys.maxunicode + 1, dtype="<u4")

    @classmethod
    def load(cls, directory: Path) -> Folding:
        """The folding whose table is `fold.tsv` of an `index_config` directory."""
        return cls(read_fold_table(directory / "fold.tsv"))

    def fold(self, text: str) -> str:
        """The folded text. Controls and lone surrogates become spaces; marks and format characters go."""
        return text.translate(self._table)

    def fold_with_offsets(self, text: str) -> tuple[str, Sequence[int]]:
        """The folded text, and for each of its characters the index in `text` of the one it comes from."""
        folded = text.translate(self._table)
        if self._table.uneven.isdisjoint(text):
            return folded, range(len(text))
        offsets: list[int] = []
        begin = 0
        for index in (index for index, character in enumerate(text) if character in self._table.uneven):
            offsets += range(begin, index)
            offsets += [index] * len(self._table[ord(text[index])])
            begin = index + 1
        offsets += range(begin, len(text))
        return folded, offsets

    def fold_each(self, texts: Sequence[str]) -> Iterator[tuple[str, Sequence[int]]]:
        """`fold_with_offsets` of each of these, in a fraction of the time where there are many."""
        codes = np.frombuffer("".join(texts).encode(_UTF32, _LOST), dtype="<u4")
        even = self._even[codes]
        if not even.all():
            for code in np.unique(codes[even == 0]).tolist():
                folded = self._table[code]
                self._even[code] = ord(folded) if len(folded) == 1 else 0
            even = self._even[codes]
        joined = even.tobytes().decode(_UTF32, _LOST)
        end = 0
        for text in texts:
            begin, end = end, end + len(text)
            folded = joined[begin:end]
            yield self.fold_with_offsets(text) if _NONE in folded else (folded, range(len(text)))


def origin_of(origin: Sequence[int], begin: int, end: int, size: int) -> tuple[int, int]:
    """Where in a text of `size` characters that stands which folds to those from `begin` to before `end`.

    `origin` is of `fold_with_offsets`. Marks and variation selectors behind a character belong to it.
    """
    last, behind = origin[end - 1], end
    # The characters that ㈱ folds to are of one place.
    while behind < len(origin) and origin[behind] == last:
        behind += 1
    return origin[begin], origin[behind] if behind < len(origin) else size


class _Table(dict[int, str]):
    """Code point to folded string; an entry is worked out when its code point is first met."""

    def __init__(self, characters: Mapping[int, str]) -> None:
        super().__init__()
        self._characters = characters
        # Characters met so far that do not fold to exactly one.
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = "".join(map(self._fold_one, _plain(chr(code))))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        self[code] = folded
        return folded

    def _fold_one(self, character: str) -> str:
        target = self._characters.get(ord(character))
        return character if target is None else self._fold_one(target)


def _plain(character: str) -> str:
    """Compatibility form, lower case, without marks; a space for what cannot be shown."""
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    if category == "Cf":
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not _is_mark(c))
    lower = unicodedata.normalize("NFKC", bare).lower()
    return lower if lower == character or not lower else "".join(map(_plain, lower))


def _is_mark(character: str) -> bool:
    """Accents, kana voicing and variation selectors: written both ways in practice, so they never count."""
    return (
        "\u0300" <= character <= "\u036f"
        or character in "\u3099\u309a"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
