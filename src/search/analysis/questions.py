"""What a text asks with (是谁写的, 在哪个博物馆, 写…的诗), as against what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.errors import WenmaiError
from search.analysis.tokens import OF

_WHICH = "哪"
_SHORTEST_ABOUT = 4
_WORDS_TREATED = 3
_WORDS_OF_AN_ASPECT = 4
# A question of more words tells of something, and its verbs are of that.
_SHORT = 9
# What is asked with at the beginning of a text and at its end, where the next characters would make words with it.
_RUN_INTO = re.compile(
    "^(?:(?:给我|帮我|我想|我要|想)(?:找|听|看|学|来|放|读|借)|找|听|来)点(?=..)|(?=(?:还|现在)?(?:能|可以)(?:借|看|找|买)到?吗[?]?$)"
)


class QuestionFrames(BaseModel):
    """Finds what only asks, by the lists of `index_config/question_frames.yaml`, folded."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    asking: frozenset[str]
    asking_in_verse: frozenset[str]
    asking_how: frozenset[str]
    asking_how_in_verse: frozenset[str]
    asking_first: frozenset[str]
    measures: frozenset[str]
    frame: frozenset[str]
    deeds: frozenset[str]
    ways: frozenset[str]
    beside_ways: frozenset[str]
    frame_behind: frozenset[str]
    objects: frozenset[str]
    objects_behind: frozenset[str]
    traits: frozenset[str]
    made: frozenset[str]
    links: frozenset[str]
    spoken: frozenset[str]
    about: frozenset[str]
    works: frozenset[str]
    treats: frozenset[str]
    aspects: frozenset[str]
    measured: frozenset[str]
    before_measured: frozenset[str]
    more_aspects: frozenset[str]
    roles: frozenset[str]
    conjunctions: frozenset[str]
    opening: frozenset[str]
    opening_alone: frozenset[str]
    closing: frozenset[str]
    closing_last: frozenset[str]

    @classmethod
    def load(cls, path: Path, fold: Callable[[str], str]) -> QuestionFrames:
        """The lists of a file. Raises WenmaiError, naming the list, for one that is missing, unknown or no list of words."""
        try:
            written = cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise WenmaiError(f"{path.name}: {error}") from error
        return cls(**{name: frozenset(map(fold, words)) for name, words in written})

    def find(self, words: Sequence[str]) -> set[int]:
        """Which of the words of a text, in order, only ask; none where nothing else would be left."""
        # 做什么用的 is one of the aspects, and 什么 alone would leave 做.
        before_aspects = words[: len(words) - len(self._aspects_at_end(words))]
        frame = self._frame(before_aspects) | self._addressed(words)
        left = [n for n in range(len(words)) if n not in frame]
        rest = [words[n] for n in left]
        asking = self._about_something(rest) | self._aspects_at_end(rest) | self._treated(rest)
        if frame:
            asking |= self._told_of_works(rest)
        asking = frame | {left[n] for n in asking}
        return asking if len(asking) < len(words) else set()

    def _frame(self, words: Sequence[str]) -> set[int]:
        """A question word and what asks with it beside it: of several the first that is no word of a verse."""
        for place, word in enumerate(words):
            if word in self.asking or word in self.asking_in_verse or self._is_how(words, word):
                first, behind = self._span(words, place)
                rest = [*words[:first], *words[behind:]]
                at_an_end = first == 0 or behind == len(words)
                if self._asks(words[first:behind], word, rest, at_an_end):
                    return {*range(first, behind)}
        return {0} if words and words[0] in self.asking_first and _are_long(words[1:]) else set()

    def _is_how(self, words: Sequence[str], word: str) -> bool:
        return word in self.asking_how and len(words) <= _SHORT

    def _addressed(self, words: Sequence[str]) -> set[int]:
        """What a reader says to whoever is asked: 我想借 before what is wanted, 在馆吗 behind it."""
        first, behind = 0, len(words)
        while first < len(words) and words[first] in self.opening:
            first += 1
        while behind and words[behind - 1] in self.closing:
            behind -= 1
        if first == 1 and words[0] not in self.opening_alone:
            first = 0
        if words[-1:] and words[-1] not in self.closing_last:
            behind = len(words)
        return {*range(first), *range(behind, len(words))} if first < behind else set()

    def _span(self, words: Sequence[str], place: int) -> tuple[int, int]:
        """The first word of the frame around a question word, and the one behind its last."""
        measured = words[place] == _WHICH and not self.measures.isdisjoint(words[place + 1 : place + 2])
        first, behind = place, place + 1 + measured
        # What 有哪些 and 有什么 ask for stands behind them, and before them what has it.
        having = words[place] in self.objects_behind and words[place - 1 : place] in (["有"], ["了"], ["过"])
        before, after = self._beside(words[place], having=having, short=len(words) <= _SHORT)
        while first and words[first - 1] in before:
            first -= 1
        while behind < len(words) and words[behind] in after:
            behind += 1
        return first, behind

    def _beside(self, by: str, *, having: bool, short: bool) -> tuple[Collection[str], Collection[str]]:
        """What may stand in a frame before a question word, and what behind it."""
        if having:
            return (self.frame | self.links) - self.objects, self.traits if short else ()
        if by in self.asking_how:
            return self.links | self.beside_ways, self.links | self.beside_ways | self.ways
        before = self.frame | self.links
        if not short:
            return before, before | self.frame_behind
        before |= self.deeds | self.beside_ways
        ways = self.ways if by in self.asking else {way for way in self.ways if len(way) > 1}
        return before, before | self.frame_behind | ways

    def _asks(self, frame: Sequence[str], by: str, rest: Sequence[str], at_an_end: bool) -> bool:
        if by in self.asking:
            return at_an_end or len(frame) > 1
        among = self.ways if by in self.asking_how else self.frame | self.frame_behind | self.deeds
        others = [word for word in frame if word in among or (word in self.ways and len(word) > 1)]
        if others and by in self.asking_how and (by not in self.asking_how_in_verse or _are_long(rest)):
            return True
        return any(len(word) > 1 for word in others) or (bool(others) and not self.spoken.isdisjoint(frame))

    def _told_of_works(self, words: Sequence[str]) -> set[int]:
        """Of 哪部电影讲梅兰芳 the word behind the kind of works."""
        return {n for n in range(1, len(words) - 1) if words[n] in self.about and words[n - 1] in self.works}

    def _about_something(self, words: Sequence[str]) -> set[int]:
        """Of 写月亮的诗 the first word, of 谢晋导演的电影 the second."""
        told = {
            n
            for n in range(1, len(words) - 2)
            if words[n] in self.made and words[n + 1] == OF
            # 鲁迅写的呐喊, and not a verse of single characters.
            if len(words[n]) > 1 or min(len(words[n - 1]), len(words[n + 2])) > 1
        }
        if len(words) > _SHORTEST_ABOUT - 2 and words[-1] == OF and words[-2] in self.made:
            # 余华写的.
            return told | {len(words) - 2}
        if len(words) < _SHORTEST_ABOUT or words[-1] not in self.works or words[-2] != OF:
            return told
        told |= {len(words) - 3} if words[-3] in self.made else set()
        return told | {place for place, word in enumerate(words[:-3]) if word in self.about}

    def _treated(self, words: Sequence[str]) -> set[int]:
        """Of 白居易写荔枝 the word between the two."""
        if len(words) != _WORDS_TREATED or words[1] not in self.treats:
            return set()
        return {1} if min(len(words[0]), len(words[2])) > 1 else set()

    def _aspects_at_end(self, words: Sequence[str]) -> set[int]:
        """What stands at the end of a text and is asked of what is named before it."""
        if measured := self._measured_at_end(words):
            return measured
        first, told = len(words), False
        while size := self._aspect_at_end(words[:first]):
            first -= size
            told |= "/".join(words[first : first + size]) in self.aspects
        last = words[first:]
        several = sum(word in self.more_aspects for word in last) > 1
        of = first > 0 and words[first - 1] == OF
        if not (told or several or (of and last and self.roles.issuperset(last))):
            return set()
        return {*range(first - of, len(words))}

    def _measured_at_end(self, words: Sequence[str]) -> set[int]:
        """Of 应县木塔有多高 what stands behind the thing, of 故宫多大, too."""
        size = _size_at_end(words, self.measured)
        first = len(words) - size
        while size and first > 1 and words[first - 1] in self.before_measured:
            first -= 1
        counts = first < len(words) - size or first == 1
        return {*range(first, len(words))} if size and counts else set()

    def _aspect_at_end(self, words: Sequence[str]) -> int:
        """How many words at the end of these are asked of what is named before them, and 0 where none is."""
        if size := _size_at_end(words, self.aspects):
            return size
        beside = words[-1:] if len(words) > 1 else ()
        return int(any(word in self.more_aspects or word in self.conjunctions for word in beside))


def _size_at_end(words: Sequence[str], among: Collection[str]) -> int:
    """How many words at the end of these are together one of some; 0 where none is, or nothing is before it."""
    sizes = range(min(_WORDS_OF_AN_ASPECT, len(words) - 1), 0, -1)
    return next((size for size in sizes if "/".join(words[-size:]) in among), 0)


def with_asking_apart(folded: str) -> str:
    """A folded text with a blank between what is asked with and the thing: 给我找点评弹 has no 点评, and 三体能借到吗 no 体能."""
    return _RUN_INTO.sub(r"\g<0> ", folded)


def _are_long(words: Sequence[str]) -> bool:
    """Whether there are words and none of a single character, of which verses are full."""
    return bool(words) and all(len(word) > 1 for word in words)
