"""Makes units: what counts as having a word that was typed, a time, a number or a thing of several names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from search.analysis.pinyin import Pinyin
from search.analysis.words import Analyzer
from search.periods import Period
from search.understanding import Unit

_DURING = re.compile("(?:时期|時期|年间|年間|期间|期間|时代|時代)$")
SHORTEST_NAME = 2
"""Characters of a name that the dictionary does not know."""


class UnitMaker:
    """Makes units by one analyzer and its pinyin. Safe to share."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin

    def of(self, word: str, label: str) -> Unit:
        """A folded word, or several with blanks between, written as `label`."""
        # A word's bigrams find it however the catalogue's text was cut into words around it.
        bigrams = tuple(self._analyzer.bigrams(word))
        parts = tuple(pair for part in self._analyzer.parts(word) for pair in self._analyzer.bigrams(part))
        if len(word) > SHORTEST_NAME and not word.isascii() and len(self._analyzer.words(word)) == len(word):
            parts = tuple(word)
        return Unit(label, bigrams, None if bigrams else word, self._sounds(word), parts=parts)

    def named(self, words: Sequence[str], label: str, others: Sequence[str]) -> Unit:
        """A thing of several names, or a number, written with these folded words."""
        joined = (" " if words[0].isascii() else "").join(words)
        names = (self.parts(self._analyzer.fold(name)) for name in others)
        return replace(self.of(joined, label), other_names=tuple(tuple(name) for name in names if name))

    def of_time(self, period: Period) -> Unit:
        """A time, which its years alone can meet."""
        name = self._analyzer.fold(_DURING.sub("", period.text))
        names = tuple(tuple(self.parts(self._analyzer.fold(other))) for other in period.names)
        # Song is a time here, and no sound.
        return replace(
            self.of(name, period.text),
            pinyin=(),
            years=period.beginnings,
            vague=period.vague,
            dynasty=period.dynasty,
            other_names=names,
        )

    def parts(self, folded: str) -> list[str]:
        """The bigrams and latin words of a name, and its characters that stand alone."""
        pairs = self._analyzer.bigrams(folded)
        alone = [one for one in self._analyzer.characters(folded) if not any(one in pair for pair in pairs)]
        return pairs + alone

    def _sounds(self, word: str) -> tuple[str, ...]:
        # Ming alone would stand for Ming Tombs.
        if not word.isascii() or (" " in word and not all(map(self._pinyin.split_pinyin, word.split()))):
            return ()
        return tuple(self._pinyin.query_tokens(word, certain=True))
