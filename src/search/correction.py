"""Did you mean: a text that nothing has as a whole, spelt as the catalogue's own titles spell what it resembles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from search.analysis.pinyin import Pinyin
from search.analysis.resemblance import Resemblance
from search.analysis.words import Analyzer
from search.engine import Engine
from search.understanding import Understanding

# A longer text has words enough to be found by.
_LONGEST = 24
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 12
_TITLES = 60

Titles = Callable[[Sequence[int]], list[str]]


class Corrector:
    """Suggests another spelling. One object serves all requests."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin, resemblance: Resemblance) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._resemblance = resemblance

    def correct(self, text: Understanding, engine: Engine, titles: Titles) -> str | None:
        """The text with its pieces spelt as titles spell what they resemble; None where nothing does.

        `titles` gives the titles of resources by their numbers. An identifier or an expression is never touched.
        """
        if text.expression or len(text.text) > _LONGEST:
            return None
        folded, origin = self._analyzer.folding.fold_with_offsets(text.text)
        pieces = [piece for piece in self._pieces(folded) if not any(c.isdecimal() for c in piece)]
        if not pieces:
            return None
        sounds = [sound for piece in pieces for sound in self._pinyin.pinyin_tokens(piece)]
        characters = [character for piece in pieces for character in piece]
        found = titles(
            engine.resembling(tuple(dict.fromkeys(characters)), tuple(dict.fromkeys(sounds)), _TITLES)
        )
        corrected = text.text
        for piece in reversed(pieces):
            meant = self._meant(piece, found)
            if meant:
                start = folded.rindex(piece)
                first, last = origin[start], origin[start + len(piece) - 1]
                corrected = corrected[:first] + meant + corrected[last + 1 :]
        return corrected if corrected != text.text else None

    def _pieces(self, folded: str) -> list[str]:
        """Stretches of Chinese words that say something, long enough to be a name."""
        pieces, piece = [], ""
        place = 0
        for word in self._analyzer.words(folded):
            start = folded.find(word, place)
            joins = start == place and word not in self._analyzer.stopwords and not word.isascii()
            if not joins:
                pieces.append(piece)
                piece = ""
            if not word.isascii() and word not in self._analyzer.stopwords:
                piece += word
            place = max(place, start) + len(word)
        return [one for one in (*pieces, piece) if _SHORTEST_PIECE <= len(one) <= _LONGEST_PIECE]

    def _meant(self, piece: str, titles: Sequence[str]) -> str | None:
        """What most titles have in place of the piece; None where one of them has the piece itself, or nothing like it."""
        meant: Counter[str] = Counter()
        for title in titles:
            folded, origin = self._analyzer.folding.fold_with_offsets(title)
            if piece in folded:
                return None
            if window := self._resemblance.window(piece, folded):
                meant[title[origin[window[0]] : origin[window[1] - 1] + 1]] += 1
        return meant.most_common(1)[0][0] if meant else None
