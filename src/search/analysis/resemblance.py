"""How alike a typed text and a name of the catalogue are: by sound, by shape, or but for one slip of the hand."""

from __future__ import annotations

import re
from pathlib import Path

from search.analysis.fold import Folding
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import table_lines

_SHORTEST_SLIP, _SHORTEST_EXCHANGE = 4, 3
_CHARACTERS_A_SUBSTITUTION = 3
_LONG_LATIN = 8
# Sounds that many speakers do not tell apart: initials and endings.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"))
_NASAL = re.compile("(?<=[aei])ng$")


class Resemblance:
    """Compares folded texts by the tables of an `index_config` directory. Safe to share between threads."""

    def __init__(self, directory: Path, pinyin: Pinyin) -> None:
        fold = Folding.load(directory).fold
        self._pinyin = pinyin
        self._shapes: dict[str, set[str]] = {}
        for line in (directory / "shapes.tsv").read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                group = set(fold(line))
                for character in group:
                    self._shapes.setdefault(character, set()).update(group)

        self._heard: dict[str, tuple[str, ...]] = {}
        for syllable in sorted(pinyin.known_syllables):
            self._heard[near(syllable)] = (*self._heard.get(near(syllable), ()), syllable)

        self._tones = {
            character: tone
            for _, (tone, characters) in table_lines(directory / "tones.tsv")
            for character in characters
        }

    def heard_alike(self, syllable: str) -> tuple[str, ...]:
        """The syllables that many speakers do not tell apart from this one, itself among them."""
        return self._heard.get(near(syllable), (syllable,))

    def surely_alike(self, typed: str, meant: str) -> bool:
        """Whether each character reads as the other does, tones and all, by its first reading, or is taken for it by its shape."""
        if len(typed) != len(meant):
            return False
        sounds, meant_sounds = self._pinyin.syllables(typed), self._pinyin.syllables(meant)
        same = [a == b for a, b in zip(sounds, meant_sounds, strict=False)]
        return len(same) == len(typed) and all(
            one == other
            or other in self._shapes.get(one, ())
            or (sound and self._tones.get(one) == self._tones.get(other))
            for one, other, sound in zip(typed, meant, same, strict=True)
        )

    def window(self, typed: str, name: str) -> tuple[int, int] | None:
        """Where in a name stands what the typed text was meant to be: (start, end); None if nowhere.

        The same number of characters, of which one in three may be another that is alike in sound or shape; or, of three
        and more, two neighbours exchanged; or, of four and more, one character missing or too many. The text itself is not sought.
        """
        size = len(typed)
        # Most names that are compared have too little of the text for any window of them to be like it.
        if sum(map(name.__contains__, typed)) < size - _most_substituted(size):
            return None
        for start in range(len(name) - size + 1):
            if self._alike(typed, name[start : start + size]):
                return start, start + size
        if size < _SHORTEST_SLIP:
            return None
        for length in (size + 1, size - 1):
            for start in range(len(name) - length + 1):
                if _one_more(typed, name[start : start + length]):
                    return start, start + length
        return None

    def _alike(self, typed: str, meant: str) -> bool:
        """Whether some characters, but not too many, were taken for others, or two neighbours exchanged."""
        other = [place for place, pair in enumerate(zip(typed, meant, strict=True)) if pair[0] != pair[1]]
        if len(typed) >= _SHORTEST_EXCHANGE and _exchanged(typed, meant, other):
            return True
        if not 0 < len(other) <= _most_substituted(len(typed)):
            return False
        sounds, meant_sounds = self._pinyin.syllables(typed), self._pinyin.syllables(meant)
        if len(sounds) != len(typed) or len(meant_sounds) != len(meant):
            return False
        return all(
            meant[place] in self._shapes.get(typed[place], ())
            or near(sounds[place]) == near(meant_sounds[place])
            for place in other
        )


def _most_substituted(size: int) -> int:
    """How many of so many characters may have been taken for others."""
    return max(1, size // _CHARACTERS_A_SUBSTITUTION)


def _exchanged(typed: str, meant: str, other: list[int]) -> bool:
    """Whether the places where the texts differ are two neighbours, exchanged."""
    if len(other) != 2 or other[1] != other[0] + 1:
        return False
    first, second = other
    return typed[first] == meant[second] and typed[second] == meant[first]


def near(syllable: str) -> str:
    """A syllable without the differences that many speakers do not make: zhang and zan are near."""
    for initial, other in _INITIALS:
        if syllable.startswith(initial):
            syllable = other + syllable[len(initial) :]
            break
    return _NASAL.sub("n", syllable)


def _one_more(one: str, other: str) -> bool:
    """Whether the longer text is the shorter with one character put between its others."""
    short, long = sorted((one, other), key=len)
    common = 0
    while common < len(short) and short[common] == long[common]:
        common += 1
    # Put before or behind, it would be another part of the name, not a slip.
    return 0 < common < len(short) and short[common:] == long[common + 1 :]


def slips_allowed(word: str) -> int:
    """How many slips of the hand a latin word of this length may have."""
    return 1 if len(word) < _LONG_LATIN else 2


def slips(one: str, other: str) -> int:
    """How many letters must be put in, taken out, exchanged for another or for their neighbour to make one the other.

    Optimal string alignment distance (Damerau 1964).
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, meant in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != meant))
            if row > 1 < column and letter == other[column - 2] and one[row - 2] == meant:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
