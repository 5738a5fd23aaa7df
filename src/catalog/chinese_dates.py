"""Dates as Chinese catalogues write them, read as spans of years: 清光绪二十三年, 战国至汉, 18世纪末."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.edtf import DateError, astronomical, parse_edtf
from catalog.reigns import (
    chinese_number,
    chronology,
    ganzhi_number,
    ganzhi_years,
    named_times,
    year_of_reign,
)
from catalog.spans import Span, union
from catalog.vocabularies import Term

_LATEST = 2100
_MAX_PARTS = 12
_SEPARATOR = re.compile("[至到、,;/及和与~-]")
_NUMBER = "[0-9〇零一二三四五六七八九十百廿卅卌]"
_ERA = "(?P<era>公元前|西元前|前|公元|西元)?"
_YEAR = re.compile(f"{_ERA}(?P<year>[0-9]{{1,4}}|[〇零一二三四五六七八九]{{4}})(?P<mark>年)?")
# With the era said, any number may be written out: 公元六一八年, 公元前二百二十一年.
_WRITTEN_YEAR = re.compile(f"(?P<era>公元前|西元前|公元|西元)(?P<year>{_NUMBER}{{1,7}})(?P<mark>年)")
_DAY = re.compile(
    f"(?P<year>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}})(?:[年.]|/(?=[0-9]+/))(?P<month>{_NUMBER}{{1,3}})"
    f"(?:[月./](?:(?P<day>{_NUMBER}{{1,3}})日?)?)?"
)
_SHORT_END = re.compile("(?P<year>[0-9]{4})年?[-~至](?P<end>[0-9]{1,2})年?")
_BOTH_BC = re.compile("(?:公元|西元)?前(?P<start>[0-9]{1,4})年?[-~至](?P<end>[0-9]{1,4})年?")
_CENTURY = re.compile(
    f"{_ERA}(?P<number>{_NUMBER}{{1,3}})(?:[-~至](?P<last>{_NUMBER}{{1,3}}))?世纪(?P<rest>.*)"
)
_DECADE = re.compile(f"(?P<decade>[0-9]0|{_NUMBER}十)年代")
_YEAR_DECADE = re.compile("(?P<year>[0-9]{3}0)年代(?P<rest>.*)")
# As people say it, of the last century: 80年代, 三四十年代.
_BARE_DECADE = re.compile(
    "(?:上世纪|20世纪|二十世纪)?(?:(?P<figure>[1-9])0|(?P<written>[一二三四五六七八九])[〇零]|(?P<first>[一二三四五六七八九])?(?P<tens>[一二三四五六七八九])?十)年代(?P<rest>.*)"
)
_PHASE = re.compile(
    "(?P<not_early>中晚期|中后期)|(?P<not_late>早中期)"
    "|(?P<early>初年|初期|早期|前期|初叶|初|早)|(?P<middle>中期|中叶|中)|(?P<late>末年|末期|晚期|后期|末叶|末|晚)"
    "|(?P<first>上半叶|前半叶|前半)|(?P<second>下半叶|后半叶|后半)"
)
_PARTS = {
    "early": [(0, 3)], "middle": [(1, 3)], "late": [(2, 3)], "first": [(0, 2)], "second": [(1, 2)],
    "not_early": [(1, 3), (2, 3)], "not_late": [(0, 3), (1, 3)],
}  # fmt: skip
# Words of every day that were the title of a reign, too: without its dynasty it is not meant.
_NOT_ALONE = ("建国",)
# On Taiwan years are counted on: 民国75年 is 1986.
_COUNTED_ON, _LONGEST_COUNT = ("republic_minguo",), 150
_AGE = re.compile("(?:王朝|时代|时期|朝代|代|朝)?")
_REIGN_END = re.compile("(?:年间|年代|时期|期间|朝|间|年)?")
_RULER = re.compile("[一-鿿]{1,2}[宗帝祖王后]")
# 雍正十二月 is no 二月 of the tenth year.
_REIGN_YEAR = re.compile(
    f"(?P<number>元|{_NUMBER}+)年?(?:[甲乙丙丁戊己庚辛壬癸][一-鿿])?(?:岁|年)?(?:(?!(?<={_NUMBER}){_NUMBER}).{{1,4}}月.{{0,6}})?"
)
_CYCLE = re.compile("(?P<cycle>[甲乙丙丁戊己庚辛壬癸][一-鿿])(?:岁|年)?(?:.{1,4}月.{0,6})?")
_SIDES = {"以前": Span.before, "之前": Span.before, "以后": Span.after, "之后": Span.after}
_GREAT = re.compile("大(?=[明清唐宋元金])")
_MAX_ROW = 24
_BRACKETS = re.compile(r"(?P<before>[^(\[〔]+)[(\[〔](?P<inside>[^)\]〕]+)[)\]〕].{0,12}")
# 清·康熙, 战国·楚: museums write the dynasty so.
_DOT = re.compile("(?<=[一-鿿])[·・•‧](?=[一-鿿])")
# Not on the title page, but known: [1984].
_INFERRED = re.compile(r"[\[〔](?P<inside>[^\[\]〔〕]+)[\]〕]")
_NEAR = re.compile("^(?:大约|约为|约)|(?:左右|前后)$")
_DOUBT = re.compile("^(?:疑为|疑)|[?]$")
_WORK = re.compile(
    "^(?:始建于|建于|刻于|制于)|^[c©](?=[0-9]{4}$)"
    "|(?:(?<=[0-9]{4})|(?<=[0-9]{4}年)|(?<=月))"
    "(?:(?:第[0-9一二三四五六七八九十]{1,3}版)?(?:第[0-9一二三四五六七八九十]{1,3}次)?印(?:刷)?|(?:第[0-9一二三四五六七八九十]{1,3})?版)$"
    "|(?:重|翻|影|精)?(?:刻|刊|抄|钞|写|稿|拓|活字|套印|石印|铅印|影印|排印|彩绘)(?:印)?本$"
    "|(?<=[年代朝间期子丑寅卯辰巳午未申酉戌亥])"
    "(?:.{0,8}本|迁建|重建|始建|建成|修建|刊刻|刊行|刻|刊|印|制|造|绘|撰|款|制款|建)$"
)


def chinese_span(text: str) -> Span | None:
    """The years meant by folded text without spaces; None when they are not understood."""
    if match := _DOT.search(text):
        # Of a state that is no dynasty the time before it is told: 战国·楚.
        return chinese_span(_DOT.sub("", text)) or chinese_span(text[: match.start()])
    if match := _INFERRED.fullmatch(text):
        found = chinese_span(match["inside"])
        return found.but("inferred") if found else None
    if match := _BRACKETS.fullmatch(text):
        return _bracketed(match)
    certainty, text = _certainty(text)
    text = _WORK.sub("", text).replace("民初", "民国初")
    if text.endswith("今") and (span := _range(text[:-1].rstrip("至-~"))):
        return replace(span, end=None, edtf=None, reign=None, dynasty=None, reign_year=None).but(certainty)
    for ending, side in _SIDES.items():
        if text.endswith(ending) and (span := _range(text.removesuffix(ending))):
            return side(span).but(certainty)
    span = _range(text)
    return span.but(certainty) if span else None


def _bracketed(match: re.Match[str]) -> Span | None:
    """光绪二十三年(1897): the years from inside the brackets, dynasty and reign from before them, or the other way round."""
    inside, before = chinese_span(match["inside"]), chinese_span(match["before"])
    if inside is None or before is None:
        return before or inside
    told = before if before.dynasty or not inside.dynasty else inside
    agree = told.reign_year is None or None in (inside.start, before.start) or before.start == inside.start
    named = replace(inside, dynasty=told.dynasty, reign=told.reign, reign_year=told.reign_year).but(
        before.certainty
    )
    return named if agree else named.but("uncertain")


def _certainty(text: str) -> tuple[str, str]:
    if _DOUBT.search(text):
        return "uncertain", _NEAR.sub("", _DOUBT.sub("", text))
    return ("approximate", _NEAR.sub("", text)) if _NEAR.search(text) else ("certain", text)


def _range(text: str) -> Span | None:
    """One point in time, or the union of several with 至 or 、 between them."""
    separators = [match.start() for match in _SEPARATOR.finditer(text)]
    parts = _split(text) if len(separators) < _MAX_PARTS else None
    return union(parts) if parts else None


def _split(text: str) -> list[Span] | None:
    # 至 also begins reign titles (宋至元, 元至正), so every way to cut is tried, the uncut text first.
    if point := _point(text):
        return [point]
    for match in _SEPARATOR.finditer(text):
        if (left := _point(text[: match.start()])) and (right := _split(text[match.end() :])):
            return [left, *right]
    return None


def _point(text: str) -> Span | None:
    if not text:
        return None
    dated = _day(text) or _century(text) or _decade(text) or _year(text)
    return dated or _dynasties(text) or _reign(text) or _named(text)


def _named(text: str) -> Span | None:
    """A time that is no dynasty's and no reign's name: 晚清, 抗战时期."""
    if text not in named_times():
        return None
    start, end = (None if year is None else astronomical(year) for year in named_times()[text])
    return Span(start, end, "approximate")


def _decade(text: str) -> Span | None:
    """A decade of the last century, two of them side by side, or a part of one: 80年代, 三四十年代, 九十年代初."""
    if (match := _BARE_DECADE.fullmatch(text)) is None:
        return None
    tens = [
        chinese_number(match[name]) or 0 for name in ("figure", "written", "first", "tens") if match[name]
    ] or [1]
    if len(tens) > 1 and tens[1] != tens[0] + 1:
        return None
    return _phase(Span(1900 + 10 * tens[0], 1909 + 10 * tens[-1], "inferred"), match["rest"])


def _year(text: str) -> Span | None:
    if match := _BOTH_BC.fullmatch(text):
        start, end = int(match["start"]), int(match["end"])
        return Span(1 - start, 1 - end, "inferred") if 0 < end < start else None
    if match := _SHORT_END.fullmatch(text):
        start, short = int(match["year"]), match["end"]
        end = int(match["year"][: -len(short)] + short)
        return Span(start, end) if start < end <= _LATEST else None
    if match := _YEAR_DECADE.fullmatch(text):
        return _phase(Span(int(match["year"]), int(match["year"]) + 9), match["rest"])
    match = _YEAR.fullmatch(text) or _WRITTEN_YEAR.fullmatch(text)
    # Two digits alone may be anything; with 年 or 公元前 they are a year.
    if match is None or not (match["era"] or match["mark"] or len(match["year"]) > 2):
        return None
    year, bc = chinese_number(match["year"]) or 0, (match["era"] or "").endswith("前")
    if year == 0 or (year > _LATEST and not bc):
        return None
    return Span(1 - year, 1 - year) if bc else Span(year, year)


def _day(text: str) -> Span | None:
    if (match := _DAY.fullmatch(text)) is None:
        return None
    numbers = [chinese_number(match[name]) or 0 for name in ("year", "month", "day") if match[name]]
    edtf = f"{numbers[0]:04d}" + "".join(f"-{number:02d}" for number in numbers[1:])
    try:
        parse_edtf(edtf)
    except DateError:
        return None
    return Span(numbers[0], numbers[0], edtf=edtf) if 0 < numbers[0] <= _LATEST else None


def _century(text: str) -> Span | None:
    if (match := _CENTURY.fullmatch(text)) is None:
        return None
    bc = (match["era"] or "").endswith("前")
    numbers = [chinese_number(match[name]) or 0 for name in ("number", "last") if match[name]]
    if not all(0 < number <= 30 for number in numbers):
        return None
    spans = [Span(1 - 100 * n, 100 - 100 * n) if bc else Span(100 * n - 99, 100 * n) for n in numbers]
    whole = union(spans)
    if (decade := _DECADE.match(match["rest"])) and not bc:
        tens = chinese_number(decade["decade"]) or 0
        return _phase(
            Span(100 * numbers[-1] - 100 + tens, 100 * numbers[-1] - 91 + tens), match["rest"][decade.end() :]
        )
    return _phase(whole, match["rest"])


def _phase(span: Span, text: str) -> Span | None:
    """The part of a span that 初, 中叶, 下半叶 ... name; the span itself for no text, None for any other."""
    if not text:
        return span
    match = _PHASE.fullmatch(text)
    if match is None:
        return None
    return union([span.part(*part) for part in _PARTS[str(match.lastgroup)]]).but("approximate")


def _dynasties(text: str) -> Span | None:
    """明, 明代, 明初, and several in a row such as 明清 or 魏晋南北朝."""
    if len(text) > _MAX_ROW:  # every way to cut is tried, which a longer row would make slow
        return None
    for term, rest in chronology().dynasties_at(_GREAT.sub("", text, count=1)):
        rest = rest[_end(_AGE, rest) :]
        phase = rest[: _end(_PHASE, rest)]
        own, rest = _phase(Span.of(term), phase), rest[len(phase) :]
        following = _dynasties(rest) if rest else own
        if own and following:
            return union([own, following]) if rest else own
    return None


def _reign(text: str) -> Span | None:
    """A reign title with or without its dynasty, ruler, year or place in the cycle of sixty."""
    times = chronology()
    starts: list[tuple[Term | None, str]] = [(None, text)]
    for term, rest in times.dynasties_at(text.removeprefix("大")):
        rest = rest[_end(_AGE, rest) :]
        starts.append((term, rest))
        if ruler := _RULER.match(rest):
            starts.append((term, rest[ruler.end() :]))
    for dynasty, rest in starts:
        if dynasty is None and rest.startswith(_NOT_ALONE):
            continue
        for reigns, tail in times.reigns_at(rest, dynasty):
            if spans := [span for reign in reigns if (span := _in_reign(reign, tail))]:
                return spans[0] if len(spans) == 1 else spans[0].but("inferred")
    return None


def _in_reign(reign: Term, text: str) -> Span | None:
    span = replace(Span.of(reign), dynasty=reign.dynasty, reign=reign.code)
    if _REIGN_END.fullmatch(text):
        return span
    if match := _REIGN_YEAR.fullmatch(text):
        number = chinese_number(match["number"]) or 0
        if reign.code in _COUNTED_ON and span.start is not None and 0 < number <= _LONGEST_COUNT:
            counted = span.start + number - 1
            certainty = "certain" if span.end is None or counted <= span.end else "inferred"
            return replace(span, start=counted, end=counted, reign_year=number).but(certainty)
        year = year_of_reign(reign, number)
        return None if year is None else replace(span, start=year, end=year, reign_year=number)
    if match := _CYCLE.fullmatch(text):
        return _in_cycle(reign, span, match["cycle"])
    return _phase(span, text)


def _in_cycle(reign: Term, span: Span, cycle: str) -> Span | None:
    place = ganzhi_number(cycle)
    years = ganzhi_years(reign, place) if place is not None else []
    if not years or span.start is None:
        return None
    dated = replace(span, start=years[0], end=years[0], reign_year=years[0] - span.start + 1)
    return dated if len(years) == 1 else dated.but("uncertain")


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
