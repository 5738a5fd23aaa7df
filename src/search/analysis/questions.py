"""What a text asks with (是谁写的, 在哪个博物馆, 写…的诗), as against what it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

# Verses ask, too (谁家, 何处): these words frame a question only with another word of it.
_OF_VERSES = frozenset(("谁", "何人", "何时", "何处", "何地", "多少"))
_OF_TODAY = frozenset(
    (
        "什么", "什么样", "哪", "哪个", "哪些", "哪里", "哪儿", "哪位", "哪家", "哪部", "哪条", "哪一位", "哪一年", "哪一首",
    )
)  # fmt: skip
_MEASURES = frozenset("家座部本首幅件间所种处款条张出尊类位个") | {
    "本书",
    "几本书",
    "一本",
    "一部",
    "一座",
    "一幅",
    "一家",
}
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
# 静夜思原文及翻译, 霸王别姬的导演: what is asked of a thing that is named. More only beside those, roles behind 的, too.
_ASPECTS = frozenset(
    (
        "作者", "原文", "译文", "赏析", "读后感", "全文", "内容简介", "电子版", "意思",
    )
)  # fmt: skip
_TWO_WORDS = frozenset(("在线阅读", "主要内容", "写作背景", "创作背景"))
_ROLES = frozenset(("导演", "主演", "编剧", "译者", "简介"))
_MORE_ASPECTS = _ROLES | {"翻译", "注释", "解析"}
_AND = frozenset("及和与")


class QuestionFrames:
    """Finds frames by the words that may be part of one, folded."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(words)

    def find(self, words: Sequence[str]) -> set[int]:
        """Which of the words of a text, in order, only ask; none where nothing else would be left."""
        frame = self._frame(words)
        asking = frame | (_of_works(words) if frame else set()) | _about(words) | _aspects(words)
        return asking if len(asking) < len(words) else set()

    def _frame(self, words: Sequence[str]) -> set[int]:
        """A question word and what asks with it beside it."""
        for place, word in enumerate(words):
            if word in _OF_VERSES | _OF_TODAY:
                measured = word in ("哪", "哪一") and not _MEASURES.isdisjoint(words[place + 1 : place + 2])
                first, behind = place, place + 1 + measured
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


def _of_works(words: Sequence[str]) -> set[int]:
    """Of 哪部电影讲梅兰芳 the word behind the kind of works."""
    return {n for n in range(1, len(words) - 1) if words[n] in _ABOUT and words[n - 1] in _WORKS}


def _aspects(words: Sequence[str]) -> set[int]:
    """What stands at the end of a text and is asked of what is named before it."""
    first = len(words)
    while first > 1:
        if "".join(words[first - 2 : first]) in _TWO_WORDS:
            first -= 2
        elif words[first - 1] in _ASPECTS | _MORE_ASPECTS | _AND:
            first -= 1
        else:
            break
    last = words[first:]
    told = any(word in _ASPECTS or "".join(last[n : n + 2]) in _TWO_WORDS for n, word in enumerate(last))
    of = first > 0 and words[first - 1] == "的"
    several = sum(word in _MORE_ASPECTS for word in last) > 1
    if not (told or several or (of and last and _ROLES.issuperset(last))):
        return set()
    return {*range(first - of, len(words))}
