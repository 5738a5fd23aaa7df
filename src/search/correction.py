"""Did you mean: a text that nothing has as a whole, spelt as the catalogue's own titles and names spell what it resembles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from search.analysis.fold import origin_of
from search.analysis.pinyin import Pinyin
from search.analysis.resemblance import Resemblance, near, slips, slips_allowed
from search.analysis.tokens import OF, RUN
from search.analysis.words import Analyzer
from search.engine import Engine
from search.reading.understanding import Understanding

# A longer text has words enough to be found by; of one in pinyin a character is three letters or so.
_LONGEST, _LONGEST_READING = 24, 48
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 12
_RESOURCES = 60
_LONGEST_WORD = 3
_LATIN = re.compile("[A-Za-z]+")
_SHORTEST_LATIN = 5
# So many syllables that sound like others are no chance, and so many letters make a reading that nobody means but for a slip.
_FEWEST_HEARD, _LONG_READING = 3, 10
# Who types a longer word spells it out: honglouemng is a slip.
_LONGEST_WITH_INITIALS = 8
_INITIALS = re.compile("(?<=[aeiouvng])[bcdfghjklmpqrstwxyz][bcdfghjklmnpqrstwxyz]+$")

Spellings = Callable[[Sequence[int]], list[str]]
_Piece = tuple[int, str]
"""A part of a folded text, behind the place where it begins."""


class _Folded(NamedTuple):
    """A text, as it is folded, and for each character of that the index in `text` of the one it comes from."""

    text: str
    folded: str
    origin: Sequence[int]

    def written(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the text that stands which folds to those from `begin` to before `end`."""
        return origin_of(self.origin, begin, end, len(self.text))


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
        if text.expression or len(text.text) > (_LONGEST_READING if text.text.isascii() else _LONGEST):
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
        meant: dict[str, str] = {}
        for word in dict.fromkeys(_LATIN.findall(text)):
            if len(word) >= _SHORTEST_LATIN:
                found = self._heard(word.lower(), engine, spellings) or self._mistyped(
                    word.lower(), engine, spellings
                )
                meant[word] = found or word
        spelt = _LATIN.sub(lambda word: meant.get(word[0], word[0]), text)
        return spelt if spelt != text else None

    def _heard(self, word: str, engine: Engine, spellings: Spellings) -> str | None:
        """What a title is read as, in whole or in part, that sounds like this pinyin to many speakers (yungangsiku)."""
        syllables = self._pinyin.split_pinyin(word) or []
        if len(syllables) < _FEWEST_HEARD:
            return None
        alike = self._resemblance.heard_alike
        pairs = {a + b for one, other in pairwise(syllables) for a in alike(one) for b in alike(other)}
        sound, size = [near(one) for one in syllables], len(syllables)
        for spelling in spellings(engine.resembling((), sorted(pairs), _RESOURCES)):
            read = self._pinyin.syllables(spelling)
            heard = [near(one) for one in read]
            for start in range(len(read) - size + 1):
                if heard[start : start + size] == sound:
                    return "".join(read[start : start + size])
        return None

    def _mistyped(self, word: str, engine: Engine, spellings: Spellings) -> str | None:
        """What a title has, or is read as, that is a slip or two away; of what may be pinyin itself one alone.

        What can be read as syllables may well be one of the many readings that the catalogue lacks, unless it is long.
        """
        readable = self._may_be_pinyin(word)
        if readable and len(word) < _LONG_READING:
            return None
        return self._nearest(
            word, spellings(engine.near(word, _RESOURCES)), 1 if readable else slips_allowed(word)
        )

    def _may_be_pinyin(self, word: str) -> bool:
        """Whether it can be read as syllables, or as syllables and then initials (sanxd)."""
        initials = _INITIALS.search(word) if len(word) <= _LONGEST_WITH_INITIALS else None
        return bool(
            self._pinyin.split_pinyin(word)
            or (initials and self._pinyin.split_pinyin(word[: initials.start()]))
        )

    def _nearest(self, word: str, spellings: Sequence[str], most: int) -> str | None:
        """What is least far from the word, of words and beginnings of readings; None where it is there itself."""
        words: Counter[str] = Counter()
        for spelling in spellings:
            words.update({latin.lower() for latin in _LATIN.findall(spelling)})
            words.update(accumulate(self._pinyin.syllables(spelling)))
        close = [
            (slips(word, other), -count, other)
            for other, count in words.items()
            if abs(len(other) - len(word)) <= most
        ]
        least = min(close, default=(most + 1, 0, ""))
        return least[2] if 0 < least[0] <= most else None

    def _chinese(self, text: str, engine: Engine, spellings: Spellings) -> str | None:
        (typed,) = self._folded([text])
        runs = _names((run.start(), run[1] or "") for run in RUN.finditer(typed.folded))
        pieces = _names(self._pieces(typed.folded))
        names = dict.fromkeys(name for _, name in (*runs, *pieces))
        if not names:
            return None
        sounds = dict.fromkeys(sound for name in names for sound in self._pinyin.pinyin_tokens(name))
        characters = dict.fromkeys("".join(names))
        found = self._folded(spellings(engine.resembling(tuple(characters), tuple(sounds), _RESOURCES)))
        # A name may hold words of grammar (清明上河图), and a question is more than the name in it.
        return self._spelt(typed, runs, found) or self._spelt(typed, pieces, found)

    def _folded(self, texts: Sequence[str]) -> list[_Folded]:
        folded = self._analyzer.folding.fold_each(texts)
        return [_Folded(text, *one) for text, one in zip(texts, folded, strict=True)]

    def _spelt(self, typed: _Folded, pieces: Sequence[_Piece], spellings: Sequence[_Folded]) -> str | None:
        """The text with the pieces spelt as these spell them; None where that changes nothing."""
        is_plain = typed.text == typed.folded
        meant = {
            name: self._meant(name, spellings, is_plain=is_plain)
            for name in dict.fromkeys(name for _, name in pieces)
        }
        spelt = typed.text
        # From the end, so that what is still to be put in stands where it stood.
        for place, name in reversed(pieces):
            if spelling := meant[name]:
                start, end = typed.written(place, place + len(name))
                spelt = spelt[:start] + spelling + spelt[end:]
        return spelt if spelt != typed.text else None

    def _pieces(self, folded: str) -> Iterator[_Piece]:
        """Chinese words that say something, those side by side joined."""
        piece, place = "", 0
        for word in self._analyzer.words(folded):
            start = folded.find(word, place)
            telling = not word.isascii() and word not in self._analyzer.stopwords
            if start != place or not telling:
                yield place - len(piece), piece
                piece = ""
            piece += word if telling else ""
            place = max(place, start) + len(word)
        yield place - len(piece), piece

    def _meant(self, piece: str, spellings: Sequence[_Folded], *, is_plain: bool) -> str | None:
        """What most of these have in place of the piece, of equals what one of them is as a whole; None where one has the piece
        itself, or nothing is like it. In simplified characters where one has it so and the reader types `plain` ones, else not."""
        meant: dict[str, list[str]] = {}
        for spelling in spellings:
            if piece in spelling.folded:
                return None
            window = self._resemblance.window(piece, spelling.folded)
            found = spelling.folded[slice(*window)] if window else ""
            if window and self._may_be_meant(piece, found, spelling.folded):
                meant.setdefault(found, []).append(spelling.text[slice(*spelling.written(*window))])
        whole = {spelling.folded for spelling in spellings}
        best = max(meant, key=lambda found: (len(meant[found]), found in whole), default="")
        written = meant.get(best, [])
        return next((one for one in written if (one == best) == is_plain), next(iter(written), None))

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
        if typed[place] == OF:
            # 上海的博物馆 are many.
            return True
        end = 0
        for word in self._analyzer.words(typed):
            start, end = end, end + len(word)
            if start <= place < end:
                return len(word) > 1
        return False


def _names(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Those that are as long as a name."""
    return [piece for piece in pieces if _SHORTEST_PIECE <= len(piece[1]) <= _LONGEST_PIECE]
