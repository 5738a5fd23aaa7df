"""What a text asks with (是谁写的, 在哪个博物馆, 写…的诗), as against what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.errors import WenmaiError
from search.analysis.tokens import OF

_WHICH = "哪"
_SHORTEST_ABOUT = 4
_WORDS_TREATED = 3


class QuestionFrames(BaseModel):
    """Finds what only asks, by the lists of `index_config/question_frames.yaml`, folded."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    asking: frozenset[str]
    asking_in_verse: frozenset[str]
    measures: frozenset[str]
    frame: frozenset[str]
    frame_behind: frozenset[str]
    objects: frozenset[str]
    objects_behind: frozenset[str]
    made: frozenset[str]
    links: frozenset[str]
    spoken: frozenset[str]
    about: frozenset[str]
    works: frozenset[str]
    treats: frozenset[str]
    aspects: frozenset[str]
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
        frame = self._frame(words) | self._addressed(words)
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
            if word in self.asking or word in self.asking_in_verse:
                first, behind = self._span(words, place)
                at_an_end = first == 0 or behind == len(words)
                if self._asks(words[first:behind], word, at_an_end):
                    return {*range(first, behind)}
        return set()

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
        while first and self._belongs(words[first - 1]) and not (having and words[first - 1] in self.objects):
            first -= 1
        while behind < len(words) and self._belongs(words[behind], self.frame_behind) and not having:
            behind += 1
        return first, behind

    def _belongs(self, word: str, others: Collection[str] = ()) -> bool:
        return word in self.frame or word in self.links or word in others

    def _asks(self, frame: Sequence[str], by: str, at_an_end: bool) -> bool:
        others = [word for word in frame if word in self.frame or word in self.frame_behind]
        if by in self.asking:
            return at_an_end or len(frame) > 1
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
        first = len(words)
        while first > 1:
            if "/".join(words[first - 2 : first]) in self.aspects:
                first -= 2
            elif any(words[first - 1] in one for one in (self.aspects, self.more_aspects, self.conjunctions)):
                first -= 1
            else:
                break
        last = words[first:]
        told = any(
            word in self.aspects or "/".join(last[n : n + 2]) in self.aspects for n, word in enumerate(last)
        )
        several = sum(word in self.more_aspects for word in last) > 1
        of = first > 0 and words[first - 1] == OF
        if not (told or several or (of and last and self.roles.issuperset(last))):
            return set()
        return {*range(first - of, len(words))}
