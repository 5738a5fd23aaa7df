"""How pinyin is spelt: typed words that belong together, the letter ü, and cutting a word into syllables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_LONGEST_SYLLABLE = 6
_LONGEST_WORD = 60
_RUN = re.compile(r"[a-z]+(?:[\s'’-]{1,3}[a-z]+)*")
_WORD = re.compile(r"[a-z]+")
_UMLAUT = re.compile(r"(?<![a-z])v|([nljqxy])v")


def join_runs(text: str) -> list[list[str]]:
    """Latin words of a folded text, grouped where only blanks, hyphens or apostrophes lie between them."""
    return [_WORD.findall(run) for run in _RUN.findall(text)]


def spelling_of(word: str) -> str:
    """A typed word with ü, however it was typed (folding has made it u; many type v), as u."""
    return _UMLAUT.sub(lambda found: f"{found[1] or ''}u", word)


def split_syllables(word: str, valid: frozenset[str]) -> list[str] | None:
    """Cut a word into the fewest valid syllables; None where that cannot be done.

    Among equals the cut with fewest syllables that begin with a vowel wins, as pinyin's spelling rules put an
    apostrophe before those (fan-gan, not fang-an).
    """
    if not word or len(word) > _LONGEST_WORD:
        return None
    best: list[tuple[int, int, list[str]] | None] = [(0, 0, [])]
    for end in range(1, len(word) + 1):
        best.append(_best_ending(word, end, best, valid))
    found = best[-1]
    return found[2] if found else None


def doubtful_cuts(syllables: Sequence[str], valid: frozenset[str]) -> set[int]:
    """Between which syllables of a word, counted from 0, the cut may as well be a letter elsewhere: chan|gan is chang|an."""
    return {
        place
        for place, (first, second) in enumerate(pairwise(syllables))
        if valid.issuperset((first[:-1], first[-1] + second))
        or valid.issuperset((first + second[0], second[1:]))
    }


def _best_ending(
    word: str, end: int, best: list[tuple[int, int, list[str]] | None], valid: frozenset[str]
) -> tuple[int, int, list[str]] | None:
    """The best cut of `word[:end]`, from the best cuts of its beginnings."""
    cuts = []
    for start in range(max(0, end - _LONGEST_SYLLABLE), end):
        before, syllable = best[start], word[start:end]
        if before and syllable in valid:
            vowel = start > 0 and syllable[0] in "aoe"
            cuts.append((before[0] + 1, before[1] + vowel, [*before[2], syllable]))
    return min(cuts, default=None)
