"""What a text asks with (是谁写的, 在哪个博物馆, 写…的诗), as against what it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

# Verses ask, too (谁家, 何处): these words frame a question only with another word of it.
_OF_VERSES = frozenset(("谁", "何人", "何时", "何处", "何地", "多少"))
_OF_TODAY = frozenset(
    ("什么", "什么样", "什么时候", "哪", "哪个", "哪些", "哪里", "哪儿", "哪位", "哪一", "哪年")
)
# What may stand between the words of a frame.
_LINKS = frozenset(
    (
        "的", "了", "过", "着", "是", "在", "于", "有", "都", "由", "被", "呢", "啊", "吗", "现", "曾", "现在", "如今", "到底",
        "究竟", "曾经", "最早", "位于", "请问",
    )
)  # fmt: skip
# A verse may say 谁写; who asks says 谁写的.
_SPOKEN = frozenset("的了过是")
# 写月亮的诗: the first says that something of the second kind is about what stands between.
_ABOUT = frozenset(
    ("写", "描写", "描绘", "描述", "歌颂", "赞美", "讲", "讲述", "介绍", "反映", "记录", "关于", "有关")
)
_WORKS = frozenset(
    (
        "诗", "诗词", "诗歌", "古诗", "古诗词", "唐诗", "词", "宋词", "曲", "文章", "散文", "书", "图书", "书籍", "小说", "故事", "电影",
        "影片", "纪录片", "电视剧", "戏", "戏曲", "画", "画作", "歌", "歌曲",
    )
)  # fmt: skip
_SHORTEST_ABOUT = 4


class QuestionFrames:
    """Finds frames by the words that may be part of one, folded."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(words)

    def find(self, words: Sequence[str]) -> set[int]:
        """Which of the words of a text, in order, only ask; none where nothing else would be left."""
        asking = self._frame(words) | _about(words)
        return asking if len(asking) < len(words) else set()

    def _frame(self, words: Sequence[str]) -> set[int]:
        """A question word and what asks with it beside it."""
        for place, word in enumerate(words):
            if word in _OF_VERSES | _OF_TODAY:
                first, behind = place, place + 1
                while first and self._belongs(words[first - 1]):
                    first -= 1
                while behind < len(words) and self._belongs(words[behind]):
                    behind += 1
                at_an_end = first == 0 or behind == len(words)
                return {*range(first, behind)} if self._asks(words[first:behind], word, at_an_end) else set()
        return set()

    def _belongs(self, word: str) -> bool:
        return word in self._words or word in _LINKS

    def _asks(self, frame: Sequence[str], by: str, at_an_end: bool) -> bool:
        others = [word for word in frame if word in self._words]
        if by in _OF_VERSES:
            return any(len(word) > 1 for word in others) or (bool(others) and not _SPOKEN.isdisjoint(frame))
        return at_an_end or bool(others)


def _about(words: Sequence[str]) -> set[int]:
    if len(words) < _SHORTEST_ABOUT or words[-1] not in _WORKS or words[-2] != "的":
        return set()
    return {place for place, word in enumerate(words[:-3]) if word in _ABOUT}
