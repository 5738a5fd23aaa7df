from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.reading.expression import (
    MAX_DEPTH,
    MAX_OPERATORS,
    Text,
    leaves,
    parse,
    phrases_alone,
    positive_text,
    pruned,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ('"清明上河图"', '"清明上河图"'),
        ("“明月光” 李白", '("明月光" AND 李白)'),
        ("「明月光」", '"明月光"'),
        ("敦煌 AND 壁画", "(敦煌 AND 壁画)"),
        ("敦煌 && 壁画", "(敦煌 AND 壁画)"),
        ("敦煌 || 云冈", "(敦煌 OR 云冈)"),
        ("敦煌 OR 云冈 NOT 书", "(敦煌 OR (云冈 AND NOT 书))"),
        ("(敦煌 OR 云冈) AND 石窟", "((敦煌 OR 云冈) AND 石窟)"),
        ("（敦煌 OR 云冈）石窟", "((敦煌 OR 云冈) AND 石窟)"),
        ("敦煌 -壁画", "(敦煌 AND NOT 壁画)"),
        ("敦煌 -壁画 年:1900..", "(敦煌 AND NOT 壁画 AND year:1900..)"),
        ('敦煌 -"张大千"', '(敦煌 AND NOT "张大千")'),
        ("NOT 敦煌", "NOT 敦煌"),
        ("题名:敦煌 作者：张大千", "(title:敦煌 AND names:张大千)"),
        ("题名：三体，作者：刘慈欣", "(title:三体 AND names:刘慈欣)"),
        (
            "题名:“三体”; 作者:刘慈欣、出版社:重庆出版社",
            '(title:"三体" AND names:刘慈欣 AND names:重庆出版社)',
        ),
        ("年:1900-1950，题名:上海", "(year:1900..1950 AND title:上海)"),
        ('"三体，作者：刘慈欣"', '"三体，作者：刘慈欣"'),
        ("作者:鲁迅,老舍", "names:鲁迅,老舍"),
        ("Title:dunhuang", "title:dunhuang"),
        ("题名:(红楼梦 OR 石头记)", "(title:红楼梦 OR title:石头记)"),
        ('主题:"石窟寺"', 'subjects:"石窟寺"'),
        ("年:1900..1950 上海", "(year:1900..1950 AND 上海)"),
        ("year:[1900 TO *] 电影", "(year:1900.. AND 电影)"),
        ("年：..-221", "year:..-221"),
        ("年份:1937", "year:1937..1937"),
        ("年:唐", "year:618..907"),
        ("年:>=2015", "year:2015.."),
        ("year:>1990 电影", "(year:1991.. AND 电影)"),
        ("年:≤1949年", "year:..1949"),
        ("年:<1949", "year:..1948"),
        ("类型:电影", "kind:电影"),
        ("语种:英文 红楼梦", "(language:英文 AND 红楼梦)"),
        ("年:2000..1000", "year:1000..2000"),
        ("年:光绪二十三年 上海", "(year:1897..1897 AND 上海)"),
        ("年:1980年以后", "year:1980.."),
        ("年:唐..宋", "year:618..1279"),
        ("年:1900-1950 上海", "(year:1900..1950 AND 上海)"),
        ("年:-221–220", "year:-221..220"),
        ("年:唐至宋", "year:618..1279"),
        ("年:1900-50", "year:1900..1950"),
        ("年:1900 － 1950", "year:1900..1950"),
        ("年:1900 -1950", "(year:1900..1900 AND NOT 1950)"),
        ("年:960-1279年 瓷", "(year:960..1279 AND 瓷)"),
        ("年:1900年到1950年", "year:1900..1950"),
        ("年:1900- 上海", "(year:1900.. AND 上海)"),
        ("年:1949至今", "year:1949.."),
        ("出版年:1984", "year:1984..1984"),
        ("关键词:敦煌 主编:季羡林", "(subjects:敦煌 AND names:季羡林)"),
        ("年:至正元年", "year:1341..1341"),
        ("年:唐..", "year:618.."),
        ("年:..宋", "year:..1279"),
        ("题名: 春望  作者 ：杜甫", "(title:春望 AND names:杜甫)"),
        ("題名:春望 書名：春 著者:杜甫", "(title:春望 AND title:春 AND names:杜甫)"),
        ("题名:春望 OR", "title:春望"),
        ("题名:春望 主题:", "title:春望"),
        ("(敦煌 AND) 壁画 OR 书", "((敦煌 AND 壁画) OR 书)"),
        ("NOT 敦煌 AND (OR)", "NOT 敦煌"),
    ],
)
def test_an_expression_is_read(typed: str, read: str) -> None:
    assert str(parse(typed)) == read


@pytest.mark.parametrize(
    "typed",
    [
        "敦煌壁画", "敦煌 壁画", "基于 Malmquist －Luenberger 指数", "", "  ", "敦煌 and 壁画", "AND", "敦煌 AND", "OR 敦煌", "x NOT", "NOT", "a-b", "a - b", "-敦煌",
        "TİTLE:敦煌", "tıtle:敦煌", "ſubject:敦煌", "敦煌 -", "题名:", "题名: ", "说明:敦煌", "http://example.org", "12:30", '"未完', "未完\"", '""', "“ ”", "(敦煌", "敦煌)",
        ")敦煌(", '谁写了“明月光”', '"a"b', "形容“胆小”的人", "((()))", "()", "年:明天", "年:", "年:..", "年:明天..宋", "SANDALWOOD", "ORANGE NOTE", "《红楼梦》",
    ],
)  # fmt: skip
def test_what_is_not_an_expression_is_plain_text(typed: str) -> None:
    assert parse(typed) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("取保候审 “超期” 对策", '"超期"'),
        ('"上河" 张择端 "清明"', '("上河" AND "清明")'),
        ("“明月光”", "None"),
        ("作者:李白 “明月光” 诗", "None"),
        ("“明月光” NOT 诗", "None"),
        ("“明月光” AND 诗", "None"),
        ("明月光", "None"),
    ],
)
def test_the_phrases_of_words_and_phrases_alone(typed: str, read: str) -> None:
    assert str(phrases_alone(typed)) == read


def test_more_operators_than_allowed_make_plain_text() -> None:
    assert parse(" OR ".join("ab"[n % 2] for n in range(MAX_OPERATORS + 1))) is not None
    assert parse(" OR ".join("ab"[n % 2] for n in range(MAX_OPERATORS + 2))) is None


def test_parentheses_deeper_than_allowed_are_plain_text() -> None:
    assert str(parse("(" * MAX_DEPTH + "a OR b" + ")" * MAX_DEPTH)) == "(a OR b)"
    # The innermost pair belongs to the words.
    assert str(parse("(" * (MAX_DEPTH + 1) + "a OR b" + ")" * (MAX_DEPTH + 1))) == "((a OR b))"


def test_what_is_excluded_is_no_part_of_the_text_that_is_looked_for() -> None:
    expression = parse('敦煌 AND (题名:壁画 OR "张大千") -临摹 年:1941..1943')
    assert expression is not None
    assert positive_text(expression) == "敦煌 壁画 张大千"
    assert [str(leaf) for leaf in leaves(expression)] == ["敦煌", "title:壁画", '"张大千"', "临摹"]


def test_pruning_takes_out_leaves_and_what_is_empty_without_them() -> None:
    expression = parse("敦煌 AND (NOT ！ OR ？)")
    assert expression is not None
    assert str(pruned(expression, lambda leaf: leaf.text.isalnum())) == "(敦煌)"
    assert pruned(expression, lambda leaf: False) is None


PIECES = (
    "AND", "OR", "NOT", "&&", "||", "-", "!", '"', "“", "”", "「", "」", "(", ")", "（", "）", "题名:", "作者：", "年:", "1900..",
    "..", "[1 TO 2]", "*", " ", " ", " ", "敦煌", "x", ":", "\n", "\x00", "😀", "\ud800",
)  # fmt: skip


@pytest.mark.slow
def test_200_000_generated_texts_are_read_without_an_error() -> None:
    dice = random.Random(4)  # noqa: S311
    for _ in range(200_000):
        text = "".join(dice.choices(PIECES, k=dice.randint(1, 14)))
        expression = parse(text)
        if expression is not None:
            found = list(leaves(expression))
            assert all(leaf.text for leaf in found), text
            assert len(found) <= len(text), text


@given(st.text(max_size=256))
@example('((((((((((((((((((((("')
@example("NOT " * 60 + "x")
def test_any_text_whatever_is_read_without_an_error(text: str) -> None:
    expression = parse(text)
    assert expression is None or str(expression)


@given(st.lists(st.text("敦煌壁画云冈abc", min_size=1, max_size=4), min_size=2, max_size=5))
def test_words_joined_by_and_are_all_wanted(words: list[str]) -> None:
    expression = parse(" AND ".join(words))
    assert expression is not None
    assert list(leaves(expression)) == [Text(word) for word in words]
    assert positive_text(expression) == " ".join(words)
