"""Did you mean: a text that nothing has as a whole, spelt as the catalogue's own titles and names spell what it resembles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from search.analysis.pinyin import Pinyin
from search.analysis.resemblance import Resemblance, slips, slips_allowed
from search.analysis.tokens import RUN
from search.analysis.words import Analyzer
from search.engine import Engine
from search.understanding import Understanding

# A longer text has words enough to be found by.
_LONGEST = 24
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 12
_RESOURCES = 60
_LONGEST_WORD = 3
_OF = "的"
_LATIN = re.compile("[A-Za-z]+")
_SHORTEST_LATIN = 5
_INITIALS = re.compile("(?<=[aeiouvng])[bcdfghjklmpqrstwxyz][bcdfghjklmnpqrstwxyz]+$")

Spellings = Callable[[Sequence[int]], list[str]]


class Corrector:
    """Suggests another spelling. One object serves all requests."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin, resemblance: Resemblance) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._resemblance = resemblance

    def correct(self, text: Understanding, engine: Engine, spellings: Spellings) -> str | None:
        """The text with its pieces spelt as titles or names spell what they resemble; None where nothing does.

        `spellings` gives both of resources by their numbers. An identifier or an expression is never touched.
        """
        if text.expression or len(text.text) > _LONGEST:
            return None
        spelt = self._latin(text.text, engine, spellings) or self._chinese(text.text, engine, spellings)
        return spelt if spelt and self._keeps_names(text, spelt) else None

    def _keeps_names(self, text: Understanding, spelt: str) -> bool:
        """Whether every place and time that was typed is still there: 泉州清真寺 is no slip for another town's 泉清真寺."""
        folded = self._analyzer.fold(spelt)
        places = [one.text for one in text.mentions if one.facet == "region"]
        return all(name in folded for name in (*places, *(self._analyzer.fold(p.text) for p in text.periods)))

    def _latin(self, text: str, engine: Engine, spellings: Spellings) -> str | None:
        """The text with its latin words spelt as titles spell a word, or sound, that is a slip or two away."""
        spelt = text
        for word in dict.fromkeys(_LATIN.findall(text)):
            # What can be read as syllables may well be one of the many readings that the catalogue lacks.
            if len(word) < _SHORTEST_LATIN or self._may_be_pinyin(word.lower()):
                continue
            found = spellings(engine.near(word.lower(), _RESOURCES))
            if meant := self._nearest(word.lower(), found):
                spelt = spelt.replace(word, meant)
        return spelt if spelt != text else None

    def _may_be_pinyin(self, word: str) -> bool:
        """Whether it can be read as syllables, or as syllables and then initials (sanxd)."""
        initials = _INITIALS.search(word)
        return bool(
            self._pinyin.split_pinyin(word)
            or (initials and self._pinyin.split_pinyin(word[: initials.start()]))
        )

    def _nearest(self, word: str, spellings: Sequence[str]) -> str | None:
        """What is least far from the word, of words and beginnings of readings; None where it is there itself."""
        words: Counter[str] = Counter()
        for spelling in spellings:
            words.update({latin.lower() for latin in _LATIN.findall(spelling)})
            words.update(accumulate(self._pinyin.syllables(spelling)))
        most = slips_allowed(word)
        near = [
            (slips(word, other), -count, other)
            for other, count in words.items()
            if abs(len(other) - len(word)) <= most
        ]
        least = min(near, default=(most + 1, 0, ""))
        return least[2] if 0 < least[0] <= most else None

    def _chinese(self, text: str, engine: Engine, spellings: Spellings) -> str | None:
        folded = self._analyzer.fold(text)
        runs = _names(run[0] for run in RUN.findall(folded))
        pieces = _names(self._pieces(folded))
        if not runs and not pieces:
            return None
        sounds = dict.fromkeys(sound for run in (*runs, *pieces) for sound in self._pinyin.pinyin_tokens(run))
        characters = dict.fromkeys("".join((*runs, *pieces)))
        found = spellings(engine.resembling(tuple(characters), tuple(sounds), _RESOURCES))
        # A name may hold words of grammar (清明上河图), and a question is more than the name in it.
        return self._spelt(text, runs, found) or self._spelt(text, pieces, found)

    def _spelt(self, text: str, pieces: Sequence[str], spellings: Sequence[str]) -> str | None:
        """The text with the pieces spelt as these spell them; None where that changes nothing."""
        folded, origin = self._analyzer.folding.fold_with_offsets(text)
        meant = {
            folded.index(piece): (piece, spelling)
            for piece in pieces
            if (spelling := self._meant(piece, spellings))
        }
        spelt = text
        # From the end, so that what is still to be put in stands where it stood.
        for start, (piece, spelling) in sorted(meant.items(), reverse=True):
            spelt = spelt[: origin[start]] + spelling + spelt[origin[start + len(piece) - 1] + 1 :]
        return spelt if spelt != text else None

    def _pieces(self, folded: str) -> list[str]:
        """Chinese words that say something, those side by side joined."""
        pieces, piece, place = [], "", 0
        for word in self._analyzer.words(folded):
            start = folded.find(word, place)
            telling = not word.isascii() and word not in self._analyzer.stopwords
            if start != place or not telling:
                pieces.append(piece)
                piece = ""
            piece += word if telling else ""
            place = max(place, start) + len(word)
        return [*pieces, piece]

    def _meant(self, piece: str, spellings: Sequence[str]) -> str | None:
        """What most of these have in place of the piece, of equals what one of them is as a whole; None where one has the piece
        itself, or nothing is like it."""
        meant: Counter[str] = Counter()
        for spelling in spellings:
            folded, origin = self._analyzer.folding.fold_with_offsets(spelling)
            if piece in folded:
                return None
            window = self._resemblance.window(piece, folded)
            if window and self._may_be_meant(piece, folded[slice(*window)], folded):
                found = spelling[origin[window[0]] : origin[window[1] - 1] + 1]
                meant[found] += 1
        whole = {*spellings}
        return max(meant, key=lambda found: (meant[found], found in whole), default=None)

    def _may_be_meant(self, typed: str, meant: str, spelling: str) -> bool:
        """Whether this part of a spelling is no chance.

        A word of the dictionary is meant though nothing has it, unless it sounds like a whole name or is one with two
        characters exchanged. Two characters are a whole name that sounds just so, tones and all, or looks alike: they are many
        words and names, of which a catalogue lacks most, and 李静 is no slip for 李璟.
        """
        exchanged = sorted(typed) == sorted(meant)
        if len(typed) == _SHORTEST_PIECE and not exchanged:
            return meant == spelling and self._resemblance.surely_alike(typed, meant)
        if len(typed) <= _LONGEST_WORD and self._is_word(typed):
            alike = exchanged or self._pinyin.syllables(typed) == self._pinyin.syllables(meant)
            return meant == spelling and alike
        return not self._is_cut_short(typed, meant)

    def _is_word(self, text: str) -> bool:
        return self._analyzer.words(text) == [text]

    def _is_cut_short(self, typed: str, meant: str) -> bool:
        """Whether a word of what was typed would lose a character: 阳关遗址 is no slip for 阳遗址.

        One that was typed twice (上河河图) makes no word.
        """
        if len(meant) >= len(typed):
            return False
        place = next((n for n, character in enumerate(meant) if character != typed[n]), len(meant))
        if typed[place] in typed[place - 1 : place] + typed[place + 1 : place + 2]:
            return False
        if typed[place] == _OF:
            # 上海的博物馆 are many.
            return True
        end = 0
        for word in self._analyzer.words(typed):
            start, end = end, end + len(word)
            if start <= place < end:
                return len(word) > 1
        return False


def _names(pieces: Iterable[str]) -> list[str]:
    """Those that are as long as a name, each once."""
    return list(dict.fromkeys(piece for piece in pieces if _SHORTEST_PIECE <= len(piece) <= _LONGEST_PIECE))
