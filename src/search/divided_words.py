"""Divides words of the dictionary that are two to a catalogue: 明清小说, 苏州园林, 英文书."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.analysis.synonyms import Synonyms
from search.analysis.words import Analyzer
from search.code_words import CodeWords
from search.directory import KnownNames
from search.typed_periods import EDITIONS, THINGS, find_periods

STAND_IN_ANY_PLACE = ("园林", "民居", "寺庙", "古城", "古桥", "古塔", "祠堂", "牌坊", "故居")
_MADE_IN_ANY_TIME = ("小说", "文学", "散文", "诗歌", "戏曲", "艺术")
_OF_ANY_TIME = (*_MADE_IN_ANY_TIME, *EDITIONS, *(thing for thing in THINGS if len(thing) > 1))
_IN_ANY_LANGUAGE = ("书", "片", "歌", "教材")


class Divider:
    """Divides a word into a time, a place or a language, and what is made or stands in any. Safe to share."""

    def __init__(self, analyzer: Analyzer, synonyms: Synonyms, code_words: CodeWords) -> None:
        self._analyzer = analyzer
        self._synonyms = synonyms
        self._code_words = code_words

    def divided(self, words: Iterable[str], known: KnownNames | None) -> list[str]:
        """The words, in place of some of them two each. `known` are the names of places."""
        return [part for word in words for part in self._parts(word, known) or (word,)]

    def _parts(self, word: str, known: KnownNames | None) -> tuple[str, str] | None:
        for first, rest in self._ways(word):
            if rest in _OF_ANY_TIME and find_periods([first, rest]):
                return first, rest
            if rest in STAND_IN_ANY_PLACE and (self._is_place(first, known) or self._synonyms.at([first], 0)):
                return first, rest
            if rest in _IN_ANY_LANGUAGE and self._is_language(first):
                return first, rest
        return None

    def _is_place(self, word: str, known: KnownNames | None) -> bool:
        return any(one.facet == "region" for one in (known.find([word]) if known else ()))

    def _is_language(self, word: str) -> bool:
        coded = self._code_words.at([word], 0)
        return coded is not None and any(facet == "language" for facet, _ in coded.codes)

    def _ways(self, word: str) -> Iterator[tuple[str, str]]:
        """The ways to divide it: by what it ends in where it may be of any time or place or in any language, else behind its first character."""
        of_any = (*_MADE_IN_ANY_TIME, *STAND_IN_ANY_PLACE)
        if word.endswith(_IN_ANY_LANGUAGE):
            ending = next(one for one in _IN_ANY_LANGUAGE if word.endswith(one))
            yield word.removesuffix(ending), ending
        if not word.endswith(of_any):
            yield word[:1], word[1:]
        elif len(parts := self._analyzer.parts(word)) == 2 and "".join(parts) == word:
            yield parts[0], parts[1]
