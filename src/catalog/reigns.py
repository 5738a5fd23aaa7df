"""Chinese numerals, the sexagenary cycle, dynasties and reign titles as they are written in dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from catalog.assets import asset
from catalog.edtf import astronomical
from catalog.vocabularies import Term, Vocabulary, load_vocabulary

_DIGITS = dict(zip("〇一二三四五六七八九零壹贰叁肆伍陆柒捌玖", [*range(10), *range(10)], strict=True))
_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30, "卌": 40}
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
# What follows the name of a ruler where it is a time.
_RULING = ("时期", "年间", "时代", "朝", "在位时期", "在位期间")
_RULER_NAME = re.compile("[一-鿿]{1,2}[宗帝祖]")
_LONGEST_RULE = 70
# Rulers of these dynasties are called by their reign title.
_BY_TITLE = ("ming", "qing")
# Where a title alone could mean several reigns: of these dynasties most dated things are left, in this order. A reign of any
# other that lasted a generation is better known than one of the Han: 元嘉 is that of the Liu Song.
_LASTING, _A_GENERATION = "lasting", 25
_LIKELY = (
    "qing", "ming", "yuan", "southern_song", "northern_song", "tang", _LASTING, "western_han", "eastern_han",
)  # fmt: skip
# Traditional and variant characters of dynasties, reign titles and the words of a date.
_FOLD = str.maketrans(
    "萬業東兩豐麗義烏樂雲儀會僞偽興冊軍涼鳳劉華歷曆後啓啟吳呉聖復孫寧寶憲壽將歲廣慶應開歸當徵總恆戰攝舊時顯晉楊極漢濟滿現璽監禮禎祿紇紀"
    "爭紹統綏緒緖羅聰勝節荊蕭觀視證詔調貞賜贊趙載輔遼運連鍾鐘鐵銅長閩陽陳順飛馬驪鮮鴻鶻黃齊龍龜佑昇貳參陸間國葉約遷製繪寫舊",
    "万业东两丰丽义乌乐云仪会伪伪兴册军凉凤刘华历历后启启吴吴圣复孙宁宝宪寿将岁广庆应开归当征总恒战摄旧时显晋杨极汉济满现玺监礼祯禄纥纪"
    "争绍统绥绪绪罗聪胜节荆萧观视证诏调贞赐赞赵载辅辽运连钟钟铁铜长闽阳陈顺飞马骊鲜鸿鹘黄齐龙龟祐升贰叁陆间国叶约迁制绘写旧",
)


def fold(text: str) -> str:
    """The text with the traditional characters that occur in dates made simplified."""
    return text.translate(_FOLD)


def chinese_number(text: str) -> int | None:
    """The number that Chinese or Arabic digits write, 元 being 1; None when they write none.

    Reads 二十三, 廿三, 一百零三, and positions as in 一九三七.
    """
    if text == "元":
        return 1
    if text.isascii() and text.isdigit():
        return int(text)
    if text and all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit = 0, None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS or char in "百佰":
            total += (1 if digit is None else digit) * _TENS.get(char, 100)
            digit = None
        else:
            return None
    return total + (digit or 0) or None


def ganzhi_number(text: str) -> int | None:
    """Place of a stem and branch in the cycle of sixty, 甲子 being 0; None for pairs that do not occur."""
    if len(text) != 2 or text[0] not in _STEMS or text[1] not in _BRANCHES:
        return None
    stem, branch = _STEMS.index(text[0]), _BRANCHES.index(text[1])
    return (6 * stem - 5 * branch) % 60 if (stem - branch) % 2 == 0 else None


@dataclass(frozen=True, slots=True)
class Chronology:
    """Dynasties and reign titles, found by the names that begin a text."""

    dynasties: Vocabulary
    reigns: Vocabulary
    _dynasty_names: Mapping[str, Term]
    _reign_titles: Mapping[str, tuple[Term, ...]]
    _dynasty_pattern: re.Pattern[str]

    def dynasties_at(self, text: str) -> Iterator[tuple[Term, str]]:
        """Every dynasty whose name begins the folded text, with what is left, the longest name first."""
        match = self._dynasty_pattern.match(text)
        for size in range(match.end() if match else 0, 0, -1):
            if term := self._dynasty_names.get(text[:size]):
                yield term, text[size:]

    def reigns_at(self, text: str, dynasty: Term | None) -> Iterator[tuple[list[Term], str]]:
        """The reigns, of that dynasty if given, whose title begins the folded text, with what is left."""
        for size in range(min(len(text), 6), 1, -1):
            found = self._reign_titles.get(text[:size], ())
            if fitting := [term for term in found if dynasty is None or self._within(term, dynasty)]:
                yield sorted(fitting, key=lambda term: _likelihood(term, text[:size])), text[size:]

    def _within(self, reign: Term, dynasty: Term) -> bool:
        code = reign.dynasty or ""
        return dynasty.code in (code, *(term.code for term in self.dynasties.ancestors(code)))


@cache
def chronology() -> Chronology:
    """The dynasties and reigns that ship with the project, read once."""
    folder = asset("schemas") / "vocabularies"
    dynasties, reigns = load_vocabulary(folder / "dynasty.yaml"), load_vocabulary(folder / "reign.yaml")
    names: dict[str, Term] = {fold(term.zh): term for term in dynasties.terms}
    for term in dynasties.terms:
        for alias in term.aliases:
            names.setdefault(fold(alias), term)
    titles: dict[str, tuple[Term, ...]] = {}
    for term in reigns.terms:
        for title in {fold(name) for name in (term.zh, *term.aliases)}:
            titles[title] = (*titles.get(title, ()), term)
    longest_first = sorted(names, key=len, reverse=True)
    return Chronology(dynasties, reigns, names, titles, re.compile("|".join(map(re.escape, longest_first))))


def year_of_reign(reign: Term, number: int) -> int | None:
    """Astronomical year of year `number` of a reign; None when it was over by more than a year."""
    if reign.start is None or reign.end is None or number < 1:
        return None
    year = astronomical(reign.start) + number - 1
    return year if year <= astronomical(reign.end) + 1 else None


def ganzhi_years(reign: Term, number: int) -> list[int]:
    """Astronomical years of a reign that bear a place of the cycle of sixty (year 4 is 甲子)."""
    if reign.start is None or reign.end is None:
        return []
    years = range(astronomical(reign.start), astronomical(reign.end) + 1)
    return [year for year in years if (year - 4) % 60 == number]


def _likelihood(term: Term, title: str) -> tuple[bool, int, int]:
    length = (term.end or 0) - (term.start or 0)
    known = term.dynasty if term.dynasty in _LIKELY else _LASTING if length >= _A_GENERATION else None
    rank = _LIKELY.index(known) if known else len(_LIKELY)
    return fold(term.zh) != title, rank, -length


@cache
def named_times() -> dict[str, tuple[int | None, int | None]]:
    """First and last year, as history counts them, of what is no dynasty and no reign title: 晚清, 解放前, 唐玄宗时期.

    By its folded name; None for an open side.
    """
    lines = (asset("index_config") / "times.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    named = {
        fold(name): (int(start) if start else None, int(end) if end else None) for name, start, end in rows
    }
    rulers = {ruler + ending: years for ruler, years in _rulers().items() for ending in _RULING}
    return {**rulers, **named}


def _rulers() -> dict[str, tuple[int | None, int | None]]:
    """The years in which rulers reigned, by their names with the dynasty's before it (唐玄宗), and of the last two dynasties by
    their title too (乾隆帝, 乾隆皇帝)."""
    times = chronology()
    years: dict[str, set[int]] = {}
    for reign in times.reigns.terms:
        ruler, dynasty = (reign.ruler or "").split(" ")[0], times.dynasties.get(reign.dynasty or "")
        if dynasty is None or reign.start is None or reign.end is None:
            continue
        houses = [dynasty, *times.dynasties.ancestors(dynasty.code)]
        names = [fold(house.zh + ruler) for house in houses] if _RULER_NAME.fullmatch(ruler) else []
        if dynasty.code in _BY_TITLE:
            names += [fold(reign.zh) + title for title in ("帝", "皇帝")]
        for name in names:
            years.setdefault(name, set()).update((reign.start, reign.end))
    # Two of one name, of the Western and the Eastern Han for example, are nobody's time.
    return {
        name: (min(reigned), max(reigned))
        for name, reigned in years.items()
        if max(reigned) - min(reigned) <= _LONGEST_RULE
    }
