"""The analyzer: what a text is searched by, as words, bigrams and characters of its folded form."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import rjieba

from catalog.errors import WenmaiError
from search.analysis.fold import Folding
from search.analysis.questions import QuestionFrames
from search.analysis.tokens import RUN, bigrams_of, latin_word

# Words of so many characters and more are made of others.
_LONG_WORD = 4


class WordListError(WenmaiError):
    """A line of the user dictionary cannot be read."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The three token lists of one text, each in reading order; no token contains a space."""

    words: list[str]
    bigrams: list[str]
    characters: list[str]


class Analyzer:
    """Analyses text by one `index_config` directory; the same object serves indexing and queries.

    Words are cut by jieba's dictionary and ours, both folded, without guessing unknown words (HMM off).
    Latin words and numbers are one token each in all three lists. `stopwords` are folded words of questions
    and grammar that say nothing of what is sought. Safe to share between threads.
    """

    def __init__(self, directory: Path) -> None:
        self.folding = Folding.load(directory)
        self.stopwords = frozenset(map(self.folding.fold, _lines(directory / "stopwords.txt")))
        self._asking = frozenset(map(self.folding.fold, _lines(directory / "question_words.txt")))
        self._frames = QuestionFrames.load(directory / "question_frames.yaml", self.folding.fold)
        self._jieba = _jieba(self.folding, directory / "user_dictionary.txt")

    @property
    def works(self) -> frozenset[str]:
        """Folded words for what somebody makes (诗, 书, 电影), which alone ask for nothing in particular."""
        return self._frames.works

    def before_a_role(self, words: Sequence[str]) -> str:
        """What stands before the word for somebody's part in a work that a text ends with (霸王别姬 导演); nothing if none does."""
        return _joined(words[:-1]) if self._frames.roles.intersection(words[-1:]) else ""

    def fold(self, text: str) -> str:
        """The folded form of a text, as every other method here expects it."""
        return self.folding.fold(text)

    def words(self, folded: str) -> list[str]:
        """Dictionary words and latin words, in order; punctuation is dropped."""
        return self._words(RUN.findall(folded))

    def bigrams(self, folded: str) -> list[str]:
        """Neighbouring pairs of characters inside each Chinese-like run, and latin words."""
        return _bigrams(RUN.findall(folded))

    def characters(self, folded: str) -> list[str]:
        """Single characters of Chinese-like runs, and latin words."""
        return _characters(RUN.findall(folded))

    def analyze(self, text: str) -> Analysis:
        """Fold a text and give its three token lists."""
        runs = RUN.findall(self.folding.fold(text))
        return Analysis(self._words(runs), _bigrams(runs), _characters(runs))

    def content_words(self, folded: str) -> list[str]:
        """The words that are not stop words; all words where nothing else is left."""
        return self.telling(self.words(folded))

    def parts(self, word: str) -> list[str]:
        """The shorter words side by side that a long word of the dictionary is made of; none for a short one.

        Two characters and more of it that are in none of them are one, too: 滇越铁路 is more than 铁路.
        """
        if len(word) < _LONG_WORD or word.isascii():
            return []
        known = {part for part in self._jieba.cut_for_search(word, False) if 1 < len(part) < len(word)}
        parts, place, between = [], 0, ""
        while place < len(word):
            part = max((one for one in known if word.startswith(one, place)), key=len, default="")
            between += "" if part else word[place]
            place += len(part) or 1
            if part or place == len(word):
                parts += [one for one in (between if len(between) > 1 else "", part) if one]
                between = ""
        return parts if known else []

    def telling(self, words: list[str]) -> list[str]:
        """Those of the words that are not stop words; all of them where nothing else is left."""
        return [word for word in words if word not in self.stopwords] or words

    def asked(self, folded: str, words: Sequence[str]) -> str:
        """Of a question, in order of its `words`, the text without those of questions and grammar; any other text whole.

        A verse needs its particles; in a question 有什么 and 么讲 would be rare pairs that say nothing.
        """
        if self._asking.isdisjoint(words) or self.stopwords.issuperset(words):
            return folded
        left, behind = "", 0
        for word in words:
            place = folded.find(word, behind)
            # A single character may be part of a name that the dictionary does not know.
            if place >= 0 and word in self.stopwords and len(word) > 1:
                left += folded[behind:place] + " "
                behind = place + len(word)
            elif place >= 0:
                left += folded[behind : place + len(word)]
                behind = place + len(word)
        return left + folded[behind:]

    def unframed(self, folded: str, words: list[str]) -> tuple[str, list[str]]:
        """Of a question, in order of its `words`, the text and the words without those that only ask."""
        asking = self._frames.find(words)
        if not asking:
            return folded, words
        left, behind = "", 0
        for n, word in enumerate(words):
            place = folded.find(word, behind)
            # A latin word has lost its plural, and may not be there as it is.
            if place >= 0:
                left += folded[behind:place] + (" " if n in asking else word)
                behind = place + len(word)
        return (left + folded[behind:]).strip(), [word for n, word in enumerate(words) if n not in asking]

    def _words(self, runs: list[tuple[str, str]]) -> list[str]:
        # One call for all runs: line ends keep them apart, and a tab holds the place of a latin word.
        marked = "\n".join([chinese or "\t" for chinese, _ in runs])
        latin = iter([latin_word(word) for _, word in runs if word])
        return [
            next(latin) if word == "\t" else word for word in self._jieba.cut(marked, False) if word != "\n"
        ]


def _joined(words: Sequence[str]) -> str:
    """Words as a text: with blanks between latin ones."""
    text = ""
    for word in words:
        text += " " * (text[-1:].isascii() and word.isascii() and bool(text)) + word
    return text


def _bigrams(runs: list[tuple[str, str]]) -> list[str]:
    bigrams: list[str] = []
    for chinese, latin in runs:
        bigrams += bigrams_of(chinese) if chinese else [latin_word(latin)]
    return bigrams


def _characters(runs: list[tuple[str, str]]) -> list[str]:
    characters: list[str] = []
    for chinese, latin in runs:
        characters += chinese or [latin_word(latin)]
    return characters


def _lines(path: Path) -> Iterator[str]:
    """Lines of a word list without comments and blank lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _user_word(line: str) -> tuple[str, int | None]:
    """`word` or `word frequency`; without a frequency jieba takes the least one that keeps it whole."""
    word, _, frequency = line.partition(" ")
    if frequency and not frequency.isdecimal():
        raise WordListError(f"User dictionary: {line!r} should be a word, or a word, a space and a number.")
    return word, int(frequency) if frequency else None


def _jieba(folding: Folding, user_dictionary: Path) -> rjieba.Jieba:
    """A cutter of our own (never the module's shared one) that knows both dictionaries, folded."""
    jieba = rjieba.Jieba()
    for word, total in _changed_words(folding).items():
        jieba.add_word(word, total, "n")
    for line in _lines(user_dictionary):
        word, frequency = _user_word(line)
        jieba.add_word(folding.fold(word), frequency, "nz")
    return jieba


def _changed_words(folding: Folding) -> dict[str, int]:
    """Words whose frequency in jieba's own dictionary differs once it is folded: spellings add up.

    The dictionary is folded whole, in one pass; U+E000, which folding leaves alone, stands for line ends.
    """
    text = _jieba_dictionary().read_text(encoding="utf-8").rstrip("\n")
    lines = folding.fold(text.replace("\n", "\ue000")).split("\ue000")
    added: Counter[str] = Counter()
    frequencies: dict[str, int] = {}
    for before, after in zip(text.split("\n"), lines, strict=True):
        word, frequency, _ = after.split(" ")
        if before.startswith(word + " "):
            frequencies[word] = int(frequency)
        else:
            added[word] += int(frequency)
    return {word: frequency + frequencies.get(word, 0) for word, frequency in added.items()}


def _jieba_dictionary() -> Path:
    """Where jieba keeps its word list; found without importing jieba, which is slow."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise WordListError("The package jieba, whose dictionary is needed, is missing: pip install jieba.")
    return Path(spec.origin).with_name("dict.txt")
