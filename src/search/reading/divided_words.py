"""Divides words of the dictionary that are two to a catalogue: 明清小说, 苏州园林, 英文书, 科幻片."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search.analysis.synonyms import Synonyms
from search.analysis.words import Analyzer
from search.reading.code_words import CodeWords
from search.reading.known_names import KnownNames
from search.reading.typed_periods import EDITIONS, THINGS, find_periods

_STAND_IN_ANY_PLACE = ("园林", "民居", "寺庙", "古城", "古桥", "古塔", "祠堂", "牌坊", "故居")
_MADE_IN_ANY_TIME = ("小说", "文学", "散文", "诗歌", "戏曲", "艺术")
_OF_ANY_TIME = (*_MADE_IN_ANY_TIME, *EDITIONS, *(thing for thing in THINGS if len(thing) > 1))
_EXHIBITIONS = ("展览", "展")
OF_ANY = frozenset((*_STAND_IN_ANY_PLACE, *_MADE_IN_ANY_TIME, *_EXHIBITIONS))
"""Words for what anybody makes or what is in any place."""
MATERIALS = frozenset((
    "馆藏", "收藏", "藏品", "资料", "材料", "素材", "文献", "文献资料", "文章", "照片", "图片", "图像", "影像",
))  # fmt: skip
"""Words for whatever a catalogue holds, which say least of what is sought."""
_FILMS = ("电影", "影片", "片")
# What is made for somebody or in some language: 儿童图书, 英文歌.
_FOR_ANYBODY = ("图书", "教材", "读物", "歌曲", "书", "歌", *_FILMS)
_GENRES = frozenset((
    "科幻", "战争", "恐怖", "动作", "喜剧", "悲剧", "传记", "惊悚", "爱情", "悬疑", "犯罪", "武侠", "戏曲", "历史", "歌舞", "文艺",
    "警匪", "谍战", "功夫", "古装", "奇幻", "冒险", "灾难", "家庭", "青春", "励志", "音乐", "体育", "革命", "反特", "抗战",
    "抗日", "农村", "伦理", "黑白", "无声", "有声", "宽银幕", "推理", "侦探", "间谍", "西部", "剧情", "神话",
))  # fmt: skip
"""Genres of films."""
_OF_BOOKS = frozenset(("故事", "童话", "漫画", "科普", "外文", "推理", "侦探", "科幻", "武侠", "历史"))
_SHOWN = frozenset(
    ("画", "书画", "字画", "文物", "书法", "摄影", "美术", "油画", "国画", "版画", "水彩画", "艺术", "雕塑")
)
# Behind the name of a place: 大同府.
_PREFECTURE = "府"
_SCRIPT, _WRITING, _BOOK, _FILM, _SHOW, _EXHIBITION = "文", "文书", "书", "影片", "展", "展览"


class Divider:
    """Divides a word into a time, a place, a language or a genre, and what is made or stands in any. Safe to share."""

    def __init__(self, analyzer: Analyzer, synonyms: Synonyms, code_words: CodeWords) -> None:
        self._analyzer = analyzer
        self._synonyms = synonyms
        self._code_words = code_words

    def divided(self, words: Sequence[str], known: KnownNames | None) -> list[str]:
        """The words, in place of some of them two each. `known` are the names of places."""
        divided: list[str] = []
        for word in words:
            if word == _WRITING and divided and self._is_coded(divided[-1] + _SCRIPT):
                # 中文书 is cut as 中 and 文书.
                divided[-1:] = [divided[-1] + _SCRIPT, _BOOK]
            elif word == _PREFECTURE and divided and self._is_prefecture(divided[-1], known):
                continue
            elif word == _SHOW and divided:
                divided.append(_EXHIBITION)
            else:
                divided += self._parts(word, known) or (word,)
        return divided

    def _parts(self, word: str, known: KnownNames | None) -> tuple[str, str] | None:
        for first, rest in self._ways(word):
            if rest in _OF_ANY_TIME and find_periods([first, rest]):
                return first, rest
            if rest in _STAND_IN_ANY_PLACE and (
                self._is_place(first, known) or self._synonyms.at([first], 0)
            ):
                return first, rest
            if rest in _FILMS and (first in _GENRES or self._is_coded(first)):
                # Hardly a text has the character alone, and others have it in 照片.
                return first, _FILM if len(rest) == 1 else rest
            if rest in _FOR_ANYBODY and (first in _OF_BOOKS or self._is_coded(first)):
                return first, rest
            if rest in _EXHIBITIONS and first in _SHOWN:
                return first, _EXHIBITION
        return None

    def _is_place(self, word: str, known: KnownNames | None) -> bool:
        return any(one.facet == "region" for one in (known.find([word]) if known else ()))

    def _is_prefecture(self, word: str, known: KnownNames | None) -> bool:
        """Whether 府 behind it says no more than the place does: 大同府, but not 河南府, which is 洛阳."""
        return self._is_place(word, known) and not self._synonyms.at([word, _PREFECTURE], 0)

    def _is_coded(self, word: str) -> bool:
        """Whether it stands for a language or for those whom something is made for."""
        coded = self._code_words.at([word], 0)
        return coded is not None and any(facet in ("language", "scenario") for facet, _ in coded.codes)

    def _ways(self, word: str) -> Iterator[tuple[str, str]]:
        """The ways to divide it: before what is made for anybody or shown, else by its parts where it ends in what is of any time or
        place, else behind its first character."""
        for ending in (*_FOR_ANYBODY, *_EXHIBITIONS):
            if word.endswith(ending) and len(word) > len(ending):
                yield word.removesuffix(ending), ending
        if not word.endswith((*_MADE_IN_ANY_TIME, *_STAND_IN_ANY_PLACE)):
            yield word[:1], word[1:]
        elif len(parts := self._analyzer.parts(word)) == 2 and "".join(parts) == word:
            yield parts[0], parts[1]
