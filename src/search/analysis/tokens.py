"""Runs of text: Chinese-like runs, which have no spaces between words, and all other letters and digits."""

from __future__ import annotations

import re
from operator import add

UNSPACED = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3105-\u312f\u3131-\u318e\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\ue000-\ufaff"
    "\U00017000-\U00018d7f\U0001b000-\U0001b2ff\U00020000-\U0003ffff\U000f0000-\U0010fffd"
)
"""Within brackets of a pattern: ideographs, kana (old ones, too), bopomofo, hangul, Yi, Tangut, Khitan, Nüshu and private-use
characters (old books use those for rare characters)."""
FIRST_UNSPACED = "\u3005"
"""What begins before it is no token of a Chinese-like run."""
OF = "的"
"""The word of grammar that joins what belongs together (北京的图书馆); few names have it."""
RUN = re.compile(f"([{UNSPACED}]+)|([^\\W_{UNSPACED}]+)(?:['’]s\\b)?")
"""Group 1 is a Chinese-like run, group 2 a latin word or number; a possessive 's is passed over."""

_VOWELS = frozenset("aeiouy")
LONGEST_WORD = 64
"""A latin run is cut here, so that no token is longer than an engine takes."""


def bigrams_of(run: str) -> list[str]:
    """Neighbouring pairs of characters of a Chinese-like run; none for a single character."""
    return list(map(add, run, run[1:]))


def latin_word(run: str) -> str:
    """A lower-case latin run without its plural s, cut at LONGEST_WORD characters.

    The plural rules are those of the S stemmer (Harman, 1991, "How effective is suffixing?").
    """
    word = run[:LONGEST_WORD]
    # Without a vowel it is no word: cnjs are initials.
    if len(word) < 4 or not word.endswith("s") or not word.isascii() or _VOWELS.isdisjoint(word):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and word.endswith(("aes", "ees", "oes")):
        return word
    return word if word.endswith(("us", "ss")) else word[:-1]
