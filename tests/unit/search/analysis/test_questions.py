from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import WenmaiError
from search.analysis.questions import QuestionFrames
from search.analysis.words import Analyzer


def about(analyzer: Analyzer, text: str) -> str:
    folded = analyzer.fold(text)
    return analyzer.unframed(folded, analyzer.words(folded))[0]


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("清明上河图现在在哪个博物馆", "清明上河图"),
        ("有哪些Disney movies", "disney movies"),
        ("哪个博物馆有清明上河图", "清明上河图"),
        ("红楼梦的作者是谁？", "红楼梦"),
        ("霸王别姬是谁导演的", "霸王别姬"),
        ("紅樓夢是誰寫的", "红楼梦"),
        ("什么是二十四节气", "二十四节气"),
        ("李白写过哪些诗", "李白 诗"),
        ("苏轼写西湖的诗", "苏轼 西湖的诗"),
        ("介绍丝绸之路的书", "丝绸之路的书"),
        ("哪部电影讲梅兰芳", "电影 梅兰芳"),
        ("哪座城市有园林", "园林"),
        ("唐代有哪些画", "唐代 画"),
        ("唐代的画有哪些", "唐代的画"),
        ("浙江有什么博物馆", "浙江 博物馆"),
        ("何處難忘酒是誰寫的", "何处难忘酒"),
        ("霸王别姬是哪一年拍的", "霸王别姬"),
        ("谢晋导演的电影有哪些", "谢晋 的电影"),
        ("鲁迅写的小说", "鲁迅 的小说"),
        ("白居易写荔枝", "白居易 荔枝"),
        ("莫高窟门票多少钱", "莫高窟"),
        ("静夜思原文及翻译", "静夜思"),
        ("春望翻译和注释", "春望"),
        ("红楼梦主要内容", "红楼梦"),
        ("霸王别姬的导演", "霸王别姬"),
        ("我想借红楼梦", "红楼梦"),
        ("放一段评书", "评书"),
        ("播放二泉映月", "二泉映月"),
        ("查一下红楼梦在不在馆", "红楼梦"),
        ("红楼梦在馆吗", "红楼梦"),
        ("鲁迅写的呐喊", "鲁迅 的呐喊"),
    ],
)
def test_what_a_question_asks_about_is_left_of_it(analyzer: Analyzer, question: str, thing: str) -> None:
    assert " ".join(about(analyzer, question).rstrip("?").split()) == thing


@pytest.mark.parametrize(
    "verse",
    [
        "谁家玉笛暗飞声",
        "借问酒家何处有",
        "花落知多少",
        "何处是归程",
        "谁知盘中餐",
        "万言策谁人做的",
        "誰所捐",
    ],
)
def test_a_verse_that_asks_is_left_whole(analyzer: Analyzer, verse: str) -> None:
    assert about(analyzer, verse) == analyzer.fold(verse)


@pytest.mark.parametrize(
    "words",
    [
        "哪吒闹海",
        "谁",
        "什么",
        "在哪里",
        "谁写的",
        "文学翻译",
        "电影导演",
        "唐诗和",
        "看电影",
        "我想听",
        "来宾",
    ],
)
def test_a_name_and_a_question_without_a_thing_are_left_whole(analyzer: Analyzer, words: str) -> None:
    assert about(analyzer, words) == analyzer.fold(words)


@given(
    st.lists(
        st.sampled_from(["谁", "什么", "哪里", "写", "作者", "的", "是", "红楼梦", " ", "？"]), max_size=8
    )
)
def test_the_words_that_are_left_are_those_of_the_text_that_is_left(
    analyzer: Analyzer, parts: list[str]
) -> None:
    folded = analyzer.fold("".join(parts))
    words = analyzer.words(folded)
    rest, left = analyzer.unframed(folded, words)
    assert "".join(left) == "".join("".join(part for part in rest if part.isalpha()).split())


@pytest.mark.parametrize("text", ["asking: [什么]", "- 什么", "asking: {", "unknown: [什么]"])
def test_a_broken_file_of_lists_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "question_frames.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WenmaiError, match=r"question_frames\.yaml: "):
        QuestionFrames.load(path, str)
