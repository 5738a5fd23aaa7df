from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import WenmaiError
from search.analysis.questions import QuestionFrames, with_asking_apart
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
        ("昆曲怎么听", "昆曲"),
        ("求推荐京剧", "京剧"),
        ("怎么看懂京剧", "京剧"),
        ("剪纸怎么学", "剪纸"),
        ("太极拳怎么练", "太极拳"),
        ("怎样学太极拳", "太极拳"),
        ("如何学太极拳", "太极拳"),
        ("青铜器怎么做的", "青铜器"),
        ("宣纸是怎么做出来的", "宣纸"),
        ("霸王别姬哪年上映", "霸王别姬"),
        ("霸王别姬什么时候首映的", "霸王别姬"),
        ("清明上河图在哪里能看到", "清明上河图"),
        ("清明上河图在哪儿可以看", "清明上河图"),
        ("清明上河图现藏何处", "清明上河图"),
        ("清明上河图收藏何处", "清明上河图"),
        ("四库全书有几部", "四库全书"),
        ("永乐大典一共有多少卷", "永乐大典"),
        ("红楼梦有几回", "红楼梦"),
        ("史记共几卷", "史记"),
        ("唐卡是干什么用的", "唐卡"),
        ("唐卡有什么用", "唐卡"),
        ("何为唐卡", "唐卡"),
        ("什么叫唐卡", "唐卡"),
        ("啥是唐卡", "唐卡"),
        ("唐卡是啥", "唐卡"),
        ("唐卡是什么东西", "唐卡"),
        ("三体借得到吗", "三体"),
        ("三体借得着吗", "三体"),
        ("三体有得借吗", "三体"),
        ("哪里有借三体", "三体"),
        ("三体哪里可以借", "三体"),
        ("三体还能借吗", "三体"),
        ("推荐几本三体", "三体"),
        ("有什么好的京剧", "的京剧"),
        ("有什么好看的京剧", "的京剧"),
        ("有哪些值得看的电影", "的电影"),
        ("活着好看吗", "活着"),
        ("活着值得看吗", "活着"),
        ("活着值得一看吗", "活着"),
        ("活着讲了什么", "活着"),
        ("活着讲的是什么", "活着"),
        ("活着主要讲什么", "活着"),
        ("应县木塔有多高", "应县木塔"),
        ("故宫有多大", "故宫"),
        ("长城有多长", "长城"),
        ("后母戊鼎有多重", "后母戊鼎"),
        ("都江堰有多少年历史", "都江堰"),
        ("霸王别姬谁拍的", "霸王别姬"),
        ("霸王别姬谁编的", "霸王别姬"),
        ("堂吉诃德谁翻译的", "堂吉诃德"),
        ("二泉映月是谁演奏的", "二泉映月"),
        ("故宫几点开门", "故宫"),
        ("故宫几点闭馆", "故宫"),
        ("故宫周几闭馆", "故宫"),
        ("故宫要门票吗", "故宫"),
        ("故宫需要预约吗", "故宫"),
        ("昆曲怎么唱", "昆曲"),
        ("国画怎么画", "国画"),
        ("书法怎么写", "书法"),
        ("古琴怎么弹", "古琴"),
        ("论语应该怎么读", "论语"),
        ("怎么读懂论语", "论语"),
        ("怎么才能学好昆曲", "昆曲"),
        ("书法怎么欣赏", "书法"),
        ("宣纸怎么制作", "宣纸"),
        ("古籍怎么保存", "古籍"),
        ("古籍怎样保护", "古籍"),
        ("春节是怎么来的", "春节"),
        ("春节怎么过", "春节"),
        ("长城是如何形成的", "长城"),
        ("古籍如何分类", "古籍"),
        ("玉器怎么鉴别", "玉器"),
        ("昆曲如何听", "昆曲"),
        ("如何欣赏京剧", "京剧"),
        ("京剧怎么入门", "京剧"),
        ("我想学太极拳", "太极拳"),
        ("介绍一下京剧", "京剧"),
        ("说说故宫", "故宫"),
        ("长城为什么建", "长城"),
        ("宣纸产于哪里", "宣纸"),
        ("哪里产宣纸", "宣纸"),
        ("端午节是哪一天", "端午节"),
        ("端午节是几月几号", "端午节"),
        ("孔子是哪国人", "孔子"),
        ("李白是哪朝人", "李白"),
        ("京剧有什么特点", "京剧"),
        ("说园作于何时", "说园"),
        ("去哪里看京剧", "京剧"),
        ("在哪可以学古琴", "古琴"),
        ("京剧难不难学", "京剧"),
        ("红楼梦是哪个出版社出版的", "红楼梦"),
        ("西游记电视剧哪年开播", "西游记电视剧"),
        ("佛光寺什么时候建的", "佛光寺"),
        ("佛光寺建于何时", "佛光寺"),
        ("咋学剪纸", "剪纸"),
        ("剪纸咋做的", "剪纸"),
        ("长城是怎么来的", "长城"),
        ("后母戊鼎多重", "后母戊鼎"),
        ("红楼梦一共有几回", "红楼梦"),
        ("岳阳楼记作于何时", "岳阳楼记"),
    ],
)
def test_what_a_question_asks_about_is_left_of_it(analyzer: Analyzer, question: str, thing: str) -> None:
    assert " ".join(about(analyzer, question).rstrip("?").split()) == analyzer.fold(thing)


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
        "何为其然也",
        "玉人何处教吹箫",
        "人间能得几回闻",
        "一生大笑能几回",
        "如何四纪为天子",
        "岱宗夫如何",
        "此情如何诉",
        "明月几时有",
        "谁用诗人笔",
        "用了多少机谋",
        "欲于何处借人琴",
        "山多路几层",
        "出郭无多远",
        "怎么来早是非只为多开口",
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
        "怎么办",
        "我的祖国",
        "钢铁是怎样炼成的",
        "我想听",
        "来宾",
    ],
)
def test_a_name_and_a_question_without_a_thing_are_left_whole(analyzer: Analyzer, words: str) -> None:
    assert about(analyzer, words) == analyzer.fold(words)


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        ("给我找点评弹", "给我找点 评弹"),
        ("三体能借到吗", "三体 能借到吗"),
        ("看点", "看点"),
        ("体能训练", "体能训练"),
    ],
)
def test_what_is_asked_with_makes_no_word_with_the_thing(question: str, apart: str) -> None:
    assert with_asking_apart(question) == apart


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
