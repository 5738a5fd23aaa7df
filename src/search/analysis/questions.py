"""The frame of a question: the words that ask (是谁写的, 在哪个博物馆), as against what they ask about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

# Verses ask, too (谁家, 何处): these words frame a question only with another word of it.
_OF_VERSES = frozenset(("谁", "何人", "何时", "何处", "何地", "多少"))
_OF_TODAY = frozenset(
    ("什么", "什么样", "什么时候", "哪", "哪个", "哪些", "哪里", "哪儿", "哪位", "哪一", "哪年")
)
# What may stand between the words of a frame.
_LINKS = frozenset(
    ("的", "了", "过", "着", "是", "在", "于", "有", "都", "由", "被", "呢", "啊", "吗", "现", "曾", "现在", "如今")
    + ("到底", "究竟", "曾经", "最早", "位于", "请问")
)  # fmt: skip
# A verse may say 谁写; who asks says 谁写的.
_SPOKEN = frozenset("的了过是")


class QuestionFrames:
    """Finds frames by the words that may be part of one, folded."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(words)

    def find(self, words: Sequence[str]) -> tuple[int, int] | None:
        """Of the words of a text, in order, the first of its frame, and the one behind its last.

        None where there is none, where it is within the text, and where nothing would be left.
        """
        for place, word in enumerate(words):
            if word in _OF_VERSES | _OF_TODAY:
                first, behind = place, place + 1
                while first and self._belongs(words[first - 1]):
                    first -= 1
                while behind < len(words) and self._belongs(words[behind]):
                    behind += 1
                at_an_end = (first == 0) != (behind == len(words))
                return (first, behind) if at_an_end and self._asks(words[first:behind], word) else None
        return None

    def _belongs(self, word: str) -> bool:
        return word in self._words or word in _LINKS

    def _asks(self, frame: Sequence[str], by: str) -> bool:
        if by not in _OF_VERSES:
            return True
        others = [word for word in frame if word in self._words]
        return any(len(word) > 1 for word in others) or (bool(others) and not _SPOKEN.isdisjoint(frame))
