"""Times in what a reader types: 明代, 唐宋, 乾隆时期, 光绪二十三年, 19世纪末, 1937年, 八十年代, 晚清, 近五年; Song dynasty, 1930s.

Read by the reader of catalogue dates (`catalog.chinese_dates`), between the borders of words, so that 清明上河图 and
康熙字典 are no dates. Many reign titles are words of every day (和平, 长安, 文明): alone they count only where they are
better known as a reign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from catalog.chinese_dates import chinese_span
from catalog.identifiers import is_issn
from catalog.reigns import chinese_number, chronology, named_times
from catalog.reigns import fold as fold_date
from catalog.spans import Span
from search.analysis.tokens import OF, UNSPACED
from search.reading.english_periods import english_at
from search.reading.periods import BY_YEARS, WIDEST_YEARS, Period

_LONGEST = 14
# So many years after a time another one follows on it.
_SOON = 30
_MARKS = "年纪前后"
_ERAS = ("公元", "西元")
_DURING = ("时期", "時期", "年间", "年間", "期间", "期間", "时代", "時代", "朝", "代", "年", "载", "版")
_BEFORE = ("以前", "之前")
# 1949年后, 2000年以来, 1949年前; 三年前 and 十年后 are how long ago or hence.
_AFTER_A_YEAR, _BEFORE_A_YEAR = re.compile("(?<=[0-9]{4}年)(?:以来|起|后)$"), re.compile("(?<=[0-9]{4}年)前$")
_NOT_MEANT = frozenset(("清明", "新时代", "新时期", "新代", "蒙古", "朝鲜", "渤海", "大理", "大西", "大顺"))
# Titles that hardly mean anything else, beside those of the last two dynasties.
_KNOWN_REIGNS = frozenset((
    "元朔", "元狩", "元鼎", "元封", "熹平", "元嘉", "开皇", "武德", "贞观", "开元", "天宝", "元和", "显德", "开宝", "太平兴国", "庆历",
    "嘉祐", "熙宁", "元丰", "元祐", "绍圣", "元符", "崇宁", "宣和", "靖康", "建炎", "乾道", "淳熙", "绍熙", "淳祐", "宝祐", "咸淳",
    "统和", "清宁", "皇统", "明昌", "贞祐", "至元", "元贞", "延祐", "元统", "至正",
))  # fmt: skip
_UNKNOWN_REIGNS = frozenset(("正统",))
_OF_KNOWN_REIGNS = ("ming", "qing")
# 大业时期 is of a reign, 和平时期 is none, nor is that of a city (长安时期).
_DURING_A_REIGN = ("时期", "期间")
_WORDS_BEFORE_DURING = frozenset(
    ("和平", "太平", "文明", "中兴", "升平", "初始", "大同", "大庆", "长安", "永安")
)
# A word of every day, but before what was made then it is the reign.
_REIGNS_OF_THINGS = frozenset(("大业",))
_COINS = frozenset(("通宝", "元宝", "重宝"))
# 太平兴国寺 and 天宝山 are names.
_PLACES = frozenset("寺庙观殿宫山岩洞门城县镇乡村街路")
# 87年 is a year; 60年 and 600年 are how long something lasted, unless 年: says otherwise.
_SOME_YEAR = re.compile("[0-9]|[元〇零一二三四五六七八九十廿卅]年")
_SHORT_YEAR = re.compile(
    "(?:(?P<tens>[5-9五六七八九])(?P<ones>[0-9〇零一二三四五六七八九])|[0〇零](?P<late>[0-9一二三四五六七八九]))(?P<mark>年?版|年)"
)
_LASTING = re.compile("[1-4]?[0-9]年|[0-9]{1,2}0年|(?:2[1-9]|[3-9][0-9])[0-9]{2}年")
_EDITION = re.compile("((?:19|20)[0-9]{2})年?版")
_FIGURES_OF_A_YEAR = 4
_YEARS = re.compile("([12][0-9]{3})年?[-至到]([12][0-9]{3})年")
# 宋画, 唐塔, 明长城.
ONE_CHARACTER = frozenset("汉唐宋辽元明清")
"""Dynasties as a single character names them."""
THINGS = frozenset("画畫塔瓷墓窑窯砖磚桥橋寺琴镜鏡俑碑陵").union((
    "长城", "城墙", "园林", "陵墓", "古墓", "墓葬", "民居", "建筑", "家具", "瓷器", "壁画", "版画", "服饰", "石刻", "石窟",
))  # fmt: skip
"""Things before which a dynasty in one character is a time."""
# 宋版书 is what was printed then, 南宋版画 is not.
_PRINTED_THEN = re.compile(
    "(?<![\u4e00-\u9fff])([北南]?[宋金元明清]{1,2})(?:版(?![画图本刻式])书?|[刻刊椠槧](?![\u4e00-\u9fff]))"
)
# As books and catalogues cite somebody of a former time: (清)曹雪芹著, [明]唐寅.
_CITED = re.compile(
    "[(\\[〔](?P<time>[汉唐宋辽元明清])[)\\]〕] ?"
    f"(?P<name>[{UNSPACED}]{{2,4}}?)(?:[著绘撰编辑注校评书](?![{UNSPACED}])|(?![{UNSPACED}]))"
)
EDITIONS = frozenset(("刻本", "抄本", "钞本", "写本", "刊本", "稿本", "拓本"))
"""Kinds of editions, which may be of any time."""
# What was done in a year, which a number alone may name: 光绪十二刻. Before anything else it counts that: 乾隆六下江南.
_DONE_THEN = re.compile(
    "[重翻影精]?(?:[刻刊抄钞拓]|活字|[套石铅影排]印)[本行印刻]?|制?款|[制造绘撰铸修建序跋印]|造像|墓志铭?|[迁重始]建|建成|[重修]修"
)
_COUNTING = re.compile("[^廿卅卌]+[一二三四五六七八九十]")
# A day is of its year. Two numbers beside each other (1984 10) are no month: that has a zero before it, or a day behind.
_DAY = re.compile(
    "([12][0-9]{3})(?:年(?:1[0-2]|[1-9])月(?:[1-3]?[0-9][日号])?|-0[1-9]|-(?:0[1-9]|1[0-2])-[0-3][0-9])"
)
# From 744 to 758 the years of these reigns were written with another word.
_OTHER_WORD_FOR_YEAR = re.compile("(天宝|至德)([元一二三四五六七八九十]{1,3})载")
# 1934—1937: two years with a stroke between, each of four figures, that are no serial number (ISSN).
_BARE_RANGE = re.compile(r"(?<![\w.-])([12][0-9]{3})\s?[-‐‑–—−~]{1,2}\s?([12][0-9]{3})年?(?![\w.-]*[0-9a-z])")
# What is counted from the year in which it is typed.
_YEARS_AGO = {"今年": 0, "本年": 0, "去年": 1, "前年": 2}
_LATELY = re.compile("(?:最近|近|过去)([0-9一二三四五六七八九十两]{1,3})年(?:来|间|以来)?")
_LONGEST_LATELY = 100


_WRITTEN = "〇零一二三四五六七八九十百"
_FIGURES = f"0123456789{_WRITTEN}廿卅卌"
# How a time begins that does not begin with the name of one, nor with a number that is counted so.
_OPENINGS = (
    *"0123456789约", "大约", *_ERAS, "上世纪", "今年", "本年", "去年", "前年", "最近", "过去", "建于", "始建于", "民初",
    *("前" + figure for figure in _FIGURES), *("近" + figure for figure in "0123456789一二三四五六七八九十两"),
)  # fmt: skip
_COUNTED = re.compile(f"[{_FIGURES}]+(?:[-~至][{_FIGURES}]+)?(?:年|世纪|版)|[〇零一二三四五六七八九]{{4}}")


class _Years(NamedTuple):
    start: int | None
    end: int | None
    dynasty: str | None = None


def find_periods(words: Sequence[str]) -> list[tuple[int, int, Period]]:
    """(first word, word behind the last, period) of each time that neighbouring words write, the longest first."""
    found = []
    place = 0
    while place < len(words):
        match = _longest_at(words, place) if _may_begin(words, place) else None
        match = match or _before_a_thing(words, place)
        match = match or (english_at(words, place) if words[place].isascii() else None)
        if match is None:
            place += 1
        else:
            found.append((place, *match))
            place = match[0]
    return _joined(found)


def _joined(found: Sequence[tuple[int, int, Period]]) -> list[tuple[int, int, Period]]:
    """Times side by side that follow one another (嘉靖万历, 晚清民国) are one: what is of either is wanted."""
    joined: list[tuple[int, int, Period]] = []
    for first, end, period in found:
        before = joined[-1] if joined else None
        both = _both(before[2], period) if before and before[1] == first else None
        if before and both:
            joined[-1] = (before[0], end, both)
        else:
            joined.append((first, end, period))
    return joined


def _both(one: Period, other: Period) -> Period | None:
    """The time from the first of two to the end of the other, if that follows it closely."""
    if one.end is None or other.start is None or one.dynasty or other.dynasty:
        return None
    # 民国 1937年 is that year, and 民国58年 one of a count that went on.
    if other.text[:1].isdecimal():
        return None
    follows = (one.start or -math.inf) < other.start and one.end < (other.end or math.inf)
    if not follows or other.start > one.end + _SOON:
        return None
    names = tuple(name for period in (one, other) for name in period.names or (period.text,))
    return Period(one.text + other.text, one.start, other.end, names)


def with_editions_named(folded: str) -> str:
    """A text in which a printed book of a dynasty (宋版书) has the name that catalogues give it (宋刻本)."""
    return _PRINTED_THEN.sub(r"\1刻本", folded)


def with_times_of_makers_named(folded: str) -> str:
    """A text in which the time of somebody ((清)曹雪芹著) is written as a time is elsewhere: 清代 曹雪芹."""
    return _CITED.sub(r"\g<time>代 \g<name>", folded)


def with_ranges_named(folded: str) -> str:
    """A text in which two years with a stroke between them (1934-1937) are written as a range of years."""

    def named(found: re.Match[str]) -> str:
        first, last = found.groups()
        is_range = int(first) < int(last) and not is_issn(first + last)
        return f"{first}-{last}年" if is_range else found[0]

    return _BARE_RANGE.sub(named, folded)


def years_of(text: str) -> tuple[int | None, int | None] | None:
    """The years of a text that is said to be a time, and nothing else: 唐, too; None where it is none."""
    return next(
        ((span.start, span.end) for ending in ("", "代", "朝") if (span := _span(text + ending))), None
    )


def _may_begin(words: Sequence[str], place: int) -> bool:
    """Whether a time may begin with this word. To read one takes long, and most characters that begin a time begin other words."""
    openings = _openings().get(fold_date(words[place][:1]))
    if openings is None:
        return False
    text = fold_date("".join(words[place : place + _LONGEST])[:_LONGEST])
    return text.startswith(openings) or bool(_COUNTED.match(text))


def _longest_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    best = None
    text = ""
    for end in range(place, len(words)):
        # Two numbers side by side had a sign between them, and so had two years: 1937年—1945年.
        apart = text[-1:].isdecimal() or (text.endswith("年") and len(words[end]) == _FIGURES_OF_A_YEAR)
        text += "-" * (apart and words[end][:1].isdecimal()) + words[end]
        if len(text) > _LONGEST or (end > place and words[end] in EDITIONS):
            break
        span = _typed_span(text, words[end + 1 : end + 2])
        # 万历刻本 is no later than 万历: what does not change the years belongs to the time only if it says so.
        if span and (
            best is None
            or span[:2] != (best[1].start, best[1].end)
            or words[end] in _DURING
            or _DAY.fullmatch(text)
        ):
            best = (end + 1, Period(text, span.start, span.end, dynasty=span.dynasty))
    return best


def _typed_span(text: str, behind: Sequence[str]) -> _Years | None:
    """The years of a text that is a time where a reader types it, with the word behind it, if any."""
    if _LASTING.fullmatch(text):
        return None
    if fold_date(text) in _KNOWN_REIGNS and not _PLACES.isdisjoint(behind):
        return None
    if behind and _counts(text, behind[0]):
        return None
    span = _span(text) or (_span(text + "年间") if _is_of_a_reign(text, behind) else None)
    # 去年今日此门中 is no time that is counted from today.
    told = text not in _YEARS_AGO or list(behind) in ([], ["的"])
    return span or (_counted_from(date.today().year, text) if told else None)


def _counts(text: str, thing: str) -> bool:
    """Whether the number that ends a text is how many there are of the thing behind it, and no year of a reign."""
    if not _COUNTING.fullmatch(text) or thing == OF or thing.isascii():
        return False
    if thing in EDITIONS or _DONE_THEN.fullmatch(thing):
        return False
    span = chinese_span(fold_date(text))
    return span is not None and span.reign_year is not None


def _is_of_a_reign(text: str, behind: Sequence[str]) -> bool:
    """Whether a title that may be another word is that of a reign by what stands behind it: 绍兴通宝, 大业造像."""
    if text in _REIGNS_OF_THINGS:
        return any(one in THINGS | EDITIONS | _COINS or _DONE_THEN.fullmatch(one) for one in behind)
    return not _COINS.isdisjoint(behind)


def _before_a_thing(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    """A dynasty in one character before a thing, or a kind of edition."""
    if fold_date(words[place]) not in ONE_CHARACTER or {*words[place + 1 : place + 2]}.isdisjoint(
        THINGS | EDITIONS
    ):
        return None
    span = _span(words[place] + "代")
    return (place + 1, Period(words[place], *span[:2], dynasty=span.dynasty)) if span else None


@lru_cache(maxsize=4096)
def _span(text: str) -> _Years | None:
    """The years of a text that is a time and meant as one."""
    plain = _AFTER_A_YEAR.sub("以后", _BEFORE_A_YEAR.sub("以前", fold_date(text)))
    if len(plain) < 2 or plain in _NOT_MEANT:
        return None
    if plain in named_times():
        return _Years(*named_times()[plain])
    if day := _DAY.fullmatch(plain):
        return _Years(int(day[1]), int(day[1]))
    if reign := _OTHER_WORD_FOR_YEAR.fullmatch(plain):
        return _span(f"{reign[1]}{reign[2]}年")
    if short := _SHORT_YEAR.fullmatch(plain):
        tens, ones = (
            chinese_number(one) or 0 for one in (short["tens"] or "0", short["ones"] or short["late"])
        )
        year = (1900 if short["tens"] else 2000) + 10 * tens + ones
        # 60年 is how long something lasted; 60年版 is none.
        if ones or not short["tens"] or short["mark"] != "年":
            return _Years(year, year)
    if edition := _EDITION.fullmatch(plain):
        return _Years(int(edition[1]), int(edition[1]))
    if (years := _YEARS.fullmatch(plain)) and int(years[1]) <= int(years[2]):
        return _Years(int(years[1]), int(years[2]))
    span = chinese_span(plain)
    if span is None or not _is_meant(plain, span):
        return None
    last = span.end
    if span.start is None and last is not None and plain.endswith(_BEFORE) and not _SOME_YEAR.search(plain):
        # What is before a dynasty is none of its first year.
        last -= 1
    start, end = (None if year is None else _historical(year) for year in (span.start, last))
    if start is None or end is None:
        return None if start is end else _Years(start, end)
    by_name = span.dynasty if not span.reign and span.dynasty not in BY_YEARS else None
    return _Years(start, end, by_name) if end - start <= WIDEST_YEARS else None


def _counted_from(this_year: int, text: str) -> _Years | None:
    """The years of a time that is told from today: 去年, 近五年."""
    if (ago := _YEARS_AGO.get(text)) is not None:
        return _Years(this_year - ago, this_year - ago)
    lately = _LATELY.fullmatch(text)
    years = chinese_number(lately[1].replace("两", "二")) if lately else None
    return _Years(this_year - years + 1, this_year) if years and years <= _LONGEST_LATELY else None


def _is_meant(text: str, span: Span) -> bool:
    # No word of every day is followed by it: 大同 is a city, 大同年间 a time.
    if text.endswith("年间"):
        return True
    if span.reign and not span.reign_year:
        return _is_known(text, span)
    has_digit = any(sign.isdecimal() for sign in text)
    return not has_digit or text.startswith(_ERAS) or any(mark in text for mark in _MARKS)


def _is_known(text: str, span: Span) -> bool:
    """Whether a reign is meant by its title: by one that is better known as a reign than as a word, or stands behind its dynasty."""
    reign = chronology().reigns.get(span.reign or "")
    titles = [fold_date(name) for name in (reign.zh, *reign.aliases)] if reign else []
    title = next(filter(text.startswith, titles), None)
    if title is None:
        return True
    if text.removeprefix(title) in _DURING_A_REIGN:
        return title not in _WORDS_BEFORE_DURING
    return title in _KNOWN_REIGNS or (span.dynasty in _OF_KNOWN_REIGNS and title not in _UNKNOWN_REIGNS)


def _historical(year: int) -> int:
    """A year counted astronomically (0 is 1 BC) as history counts it."""
    return year if year > 0 else year - 1


@lru_cache(maxsize=1)
def _openings() -> Mapping[str, tuple[str, ...]]:
    """By its first character how a time begins, folded: with a name, or what stands before one or before a number."""
    times = chronology()
    dynasties, reigns = (
        {fold_date(name) for term in terms for name in (term.zh, *term.aliases)}
        for terms in (times.dynasties.terms, times.reigns.terms)
    )
    # 大明.
    great = {"大" + name for name in dynasties}
    openings: dict[str, tuple[str, ...]] = dict.fromkeys(_WRITTEN, ())
    for opening in sorted({*dynasties, *great, *reigns, *named_times(), *_OPENINGS}, key=len):
        # What begins with 唐代 begins with 唐.
        shorter = openings.get(opening[0], ())
        if not opening.startswith(shorter):
            openings[opening[0]] = (*shorter, opening)
    return openings
