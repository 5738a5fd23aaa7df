"""Pinyin: toneless syllables of Chinese text, and of what readers type in latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise
from pathlib import Path

from catalog.errors import WenmaiError
from search.analysis.fold import Folding
from search.analysis.spelling import doubtful_cuts, join_runs, spelling_of, split_syllables

LONGEST_INITIALS = 12
"""Titles with more characters than this are not looked up by their initials."""

SHORTEST_NAME, LONGEST_NAME = 2, 4
"""Characters of the name of a person, and of any that the dictionary does not know."""

# Begins the token of a whole name, so that no pair of syllables is one, and that of a whole line of verse.
_WHOLE, _LINE = "=", "/"
# A text is verse if nearly all that stands between its stops is so many characters.
_BETWEEN_STOPS = re.compile(r"[^\s，。！？；：、,.!?;:]+")
_SHORTEST_LINE, _LONGEST_LINE, _SHORTEST_TOLD = 3, 9, 4
_FEWEST_LINES, _MOST_LINES, _SHARE_OF_LINES = 2, 200, 0.8
# A life as a title has it, and what stands before the same character where it is to pass on.
_BIOGRAPHY, _PASSED_ON = "传", frozenset("宣流相祖真家世单失遗谣秘嫡师古远口不")
_SORTED_SYLLABLES = 7
_SLOT_BITS = 9
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LATIN = re.compile(r"[a-z]+")
_VOWELS = frozenset("aeiou")
# No syllable begins with one of these.
_NEVER_FIRST = frozenset("iuv")


class PinyinTableError(WenmaiError):
    """A line of the pinyin tables is not `key<TAB>value` with one syllable a character."""


class Pinyin:
    """Reads text by two tables of an `index_config` directory: characters, and words read otherwise.

    `pinyin_characters.tsv` lists `syllable<TAB>characters`, `pinyin_phrases.tsv` lists
    `word<TAB>syllables with spaces`. Every method folds its text first. The letter ü is written u on both
    sides of a search.
    """

    def __init__(self, directory: Path) -> None:
        self._fold = Folding.load(directory).fold
        self._characters: dict[str, str] = {}
        for syllable, characters in _table(directory / "pinyin_characters.tsv"):
            self._characters.update(dict.fromkeys(characters, syllable))
        # As texts are, folded; of two phrases that become one that which is written so.
        self._phrases: dict[str, tuple[str, ...]] = {}
        for word, syllables in _phrases(directory / "pinyin_phrases.tsv"):
            folded = self._fold(word)
            if folded == word or folded not in self._phrases:
                self._phrases[folded] = syllables
        self._lengths = _lengths_by_first(self._phrases)
        read_in_words = {syllable for phrase in self._phrases.values() for syllable in phrase}
        self._valid = frozenset({*self._characters.values(), *read_in_words})
        names = (*_LETTERS, *sorted(self._valid))
        self._ordinals = {name: number for number, name in enumerate(names, 1)}
        self._last = len(names) + 1

    @property
    def known_syllables(self) -> frozenset[str]:
        """Every syllable that some character is read as."""
        return self._valid

    def syllables(self, text: str) -> list[str]:
        """A syllable for each Chinese character of a text, in order; all else is passed over."""
        return [syllable for run in self._runs(text) for syllable in run]

    def pinyin_tokens(self, text: str) -> list[str]:
        """Index tokens of a title: syllables, joined neighbours, and the initials of short runs."""
        tokens: list[str] = []
        for run in self._runs(text):
            tokens += _with_pairs(run)
            if 2 <= len(run) <= LONGEST_INITIALS:
                tokens.append("".join(syllable[0] for syllable in run))
        return tokens

    def whole_name(self, name: str) -> str | None:
        """The index token of a name or title of two to four characters; None for any other text."""
        syllables = self._short_name(name)
        return _WHOLE + "".join(syllables) if syllables else None

    def initials(self, name: str) -> str | None:
        """The initials of a name of two to four characters; None for any other text."""
        syllables = self._short_name(name)
        return "".join(syllable[0] for syllable in syllables) if syllables else None

    def _short_name(self, name: str) -> list[str]:
        """The syllables of a name of two to four characters; none for any other text."""
        if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
            return []
        syllables = self.syllables(name)
        return syllables if len(syllables) == len(name) else []

    def begun_name(self, reading: str) -> str:
        """How the index tokens begin of whole names whose reading begins so."""
        return _WHOLE + reading

    def spoken_names(self, text: str) -> list[str]:
        """Such tokens for what was typed: neighbouring syllables, of which any may be the name of a person."""
        return self._spoken(text, _WHOLE, SHORTEST_NAME, LONGEST_NAME)

    def lines(self, text: str) -> list[str]:
        """The index tokens of the lines of a verse, each read as a whole; none for prose."""
        parts = _BETWEEN_STOPS.findall(text)[:_MOST_LINES]
        lines = [part for part in parts if _SHORTEST_LINE <= len(part) <= _LONGEST_LINE]
        if len(lines) < max(_FEWEST_LINES, _SHARE_OF_LINES * len(parts)):
            return []
        read = [self.syllables(line) for line in lines if len(line) >= _SHORTEST_TOLD]
        return [_LINE + "".join(line) for line in read if len(line) >= _SHORTEST_TOLD]

    def spoken_lines(self, text: str) -> list[str]:
        """Such tokens for what was typed: neighbouring syllables, of which any may be a line."""
        return self._spoken(text, _LINE, _SHORTEST_TOLD, _LONGEST_LINE)

    def _spoken(self, text: str, mark: str, shortest: int, longest: int) -> list[str]:
        """Every so many neighbouring syllables of a run of words that may be pinyin, behind the mark, each once."""
        tokens: dict[str, None] = {}
        for words in join_runs(self._fold(text)):
            syllables = [syllable for word in words for syllable in self.split_pinyin(word) or ()]
            for size in range(shortest, longest + 1):
                for first in range(len(syllables) - size + 1):
                    tokens[mark + "".join(syllables[first : first + size])] = None
        return list(tokens)

    def query_tokens(self, text: str, *, certain: bool = False) -> list[str]:
        """Tokens to look up for what was typed: pinyin, spaced or not, or initials such as `qmsht`.

        Latin words that cannot be pinyin and all other characters give nothing. Only those that are `certain`: not the
        syllables of a word that may be cut otherwise (changan), but the pair.
        """
        tokens: list[str] = []
        for words in join_runs(self._fold(text)):
            run: list[str] = []
            cuts: set[int] = set()
            for word in words:
                syllables = self.split_pinyin(word)
                if syllables is not None:
                    if certain:
                        cuts |= {len(run) + place for place in doubtful_cuts(syllables, self._valid)}
                    run += syllables
                    continue
                tokens += _certain(run, cuts) + _initials(word, beside_characters=not text.isascii())
                run, cuts = [], set()
            tokens += _certain(run, cuts)
        return tokens

    def mixed_initials(self, words: Sequence[str]) -> str | None:
        """The initials of words of which one was typed by them (yg, 石窟), as a title's are indexed; None for others."""
        # A word with vowels beside characters is a word: 数字故宫App.
        if not any(_initials(word) and _VOWELS.isdisjoint(word) for word in words) or all(
            word.isascii() for word in words
        ):
            return None
        joined = "".join(
            word if word.isascii() else "".join(syllable[0] for syllable in self.syllables(word))
            for word in words
        )
        return joined if len(joined) <= LONGEST_INITIALS and _LATIN.fullmatch(joined) else None

    def split_pinyin(self, latin: str) -> list[str] | None:
        """The syllables of an unspaced latin word (`qingming` -> qing, ming); None where it is not pinyin."""
        return split_syllables(spelling_of(self._fold(latin)), self._valid)

    def sort_key(self, text: str) -> int:
        """A number below 2**63 whose order is the dictionary order of the first 7 syllables of a title.

        Digits sort before latin letters, letters before syllables, unknown characters last; each latin
        letter or digit takes the place of a syllable. Punctuation does not count.
        """
        key = 0
        slots = self._slots(text)
        for _ in range(_SORTED_SYLLABLES):
            key = key << _SLOT_BITS | next(slots, 0)
        return key

    def _slots(self, text: str) -> Iterator[int]:
        for character, syllable in self._read(text):
            if syllable:
                yield self._ordinals[syllable]
            elif character.isalnum():
                yield self._ordinals.get(character, self._last)

    def _runs(self, text: str) -> Iterator[list[str]]:
        run: list[str] = []
        for _, syllable in self._read(text):
            if syllable:
                run.append(syllable)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def _read(self, text: str) -> Iterator[tuple[str, str]]:
        """Each character with its syllable (empty where it has none); the longest known word decides."""
        known, first, skip = self._characters.get, self._lengths.get, 0
        text = self._fold(text)
        for index, character in enumerate(text):
            if skip:
                skip -= 1
                continue
            phrase = self._phrase_at(text, index, lengths) if (lengths := first(character)) else ()
            if phrase:
                skip = len(phrase) - 1
                yield from zip(text[index : index + len(phrase)], phrase, strict=True)
            elif character == _BIOGRAPHY and self._ends_a_name(text, index):
                yield character, "zhuan"
            else:
                yield character, known(character, "")

    def _ends_a_name(self, text: str, index: int) -> bool:
        """Whether the character stands at the end of a title or of its part: 呼兰河传, not 宣传."""
        before, behind = text[index - 1 : index], text[index + 1 : index + 2]
        return before in self._characters and before not in _PASSED_ON and behind not in self._characters

    def _phrase_at(self, text: str, index: int, lengths: tuple[int, ...]) -> tuple[str, ...]:
        for length in lengths:
            if phrase := self._phrases.get(text[index : index + length]):
                return phrase
        return ()


def _with_pairs(syllables: list[str]) -> list[str]:
    """Syllables, then neighbours joined: a reader who writes Chang'an as `changan` finds it all the same."""
    return syllables + [first + second for first, second in pairwise(syllables)]


def _certain(syllables: list[str], cuts: Set[int]) -> list[str]:
    """The syllables and neighbours joined that no doubtful cut begins or ends; where that is none, all of them."""
    single = [syllable for n, syllable in enumerate(syllables) if cuts.isdisjoint((n - 1, n))]
    pairs = [a + b for n, (a, b) in enumerate(pairwise(syllables)) if cuts.isdisjoint((n - 1, n + 1))]
    return single + pairs or _with_pairs(syllables)


def _initials(word: str, *, beside_characters: bool = False) -> list[str]:
    """A word that may be initials; beside characters one with a vowel (LOR) is rather a short name of other languages."""
    if beside_characters and not _VOWELS.isdisjoint(word):
        return []
    typed = 2 <= len(word) <= LONGEST_INITIALS and _NEVER_FIRST.isdisjoint(word)
    # Words of other languages have more of them.
    typed = typed and 3 * sum(letter in _VOWELS for letter in word) <= len(word)
    return [word] if typed and _LATIN.fullmatch(word) else []


def _table(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        key, tab, value = line.partition("\t")
        if not (key and tab and value):
            raise PinyinTableError(f"{path.name}, line {number}: write a key, a tab and a value.")
        yield key, value


def _phrases(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for word, reading in _table(path):
        syllables = tuple(reading.split(" "))
        if len(syllables) != len(word):
            raise PinyinTableError(f"{path.name}: {word} needs {len(word)} syllables, not {reading!r}.")
        yield word, syllables


def _lengths_by_first(words: dict[str, tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """For each first character the lengths of the words that begin with it, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
