from __future__ import annotations

import contextlib
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.dates import DateError, YearRange, parse_chinese_date, parse_edtf, resolve
from catalog.edtf import astronomical, historical
from catalog.reigns import chronology


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1897", 1897, 1897),
        ("0001", 1, 1),
        ("0000", -1, -1),
        ("-0139", -140, -140),
        ("Y-2499999", -2500000, -2500000),
        ("1897-05", 1897, 1897),
        ("1897-21", 1897, 1897),
        ("2024-02-29", 2024, 2024),
        ("1368/1644", 1368, 1644),
        ("-0205/0220", -206, 220),
        ("../1644", None, 1644),
        ("1949/..", 1949, None),
        ("1860~", 1860, 1860),
        ("1860?/1863%", 1860, 1863),
        ("198X", 1980, 1989),
        ("19XX", 1900, 1999),
        ("-012X", -130, -121),
    ],
)
def test_an_edtf_date_gives_its_years(text: str, start: int | None, end: int | None) -> None:
    assert parse_edtf(text) == YearRange(start, end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not an EDTF date"),
        ("97", "not an EDTF date"),
        ("１８９７", "not an EDTF date"),
        ("1897-13", "no month 13"),
        ("1897-02-29", "no day 29"),
        ("1897-04-31", "no day 31"),
        ("1897-21-01", "no month 21"),
        ("-0000", "no sign"),
        ("1644/1368", "ends before it starts"),
        ("../..", "needs a year"),
        ("198X-05", "unknown year"),
        ("1" * 65, "at most 64"),
    ],
)
def test_a_wrong_edtf_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=reason):
        parse_edtf(text)


@pytest.mark.parametrize(
    ("text", "edtf", "dynasty", "reign", "reign_year", "certainty"),
    [
        ("清光绪二十三年", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("光緒廿三年", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("光绪二十三年(1897)", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("光绪二十三年（1899）", "1899?", "qing", "qing_guangxu", 23, "uncertain"),
        ("1860年（清咸丰十年）", "1860", "qing", "qing_xianfeng", 10, "certain"),
        ("1862年（清咸丰十年）", "1860?", "qing", "qing_xianfeng", 10, "uncertain"),
        ("约1860年（清咸丰十年）", "1860~", "qing", "qing_xianfeng", 10, "approximate"),
        ("清光绪二十三年上海书局石印本", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("乾隆六十年", "1795", "qing", "qing_qianlong", 60, "certain"),
        ("光绪二十三年十月初三", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("光绪廿三丁酉十月", "1897", "qing", "qing_guangxu", 23, "certain"),
        ("康熙元年", "1662", "qing", "qing_kangxi", 1, "certain"),
        ("乾隆丙午", "1786", "qing", "qing_qianlong", 51, "certain"),
        ("清乾隆丙午刻本", "1786", "qing", "qing_qianlong", 51, "certain"),
        ("清康熙壬寅", "1662?", "qing", "qing_kangxi", 1, "uncertain"),
        ("明万历", "1573/1620", "ming", "ming_wanli", None, "certain"),
        ("大明萬曆年間", "1573/1620", "ming", "ming_wanli", None, "certain"),
        ("元至正十年", "1350", "yuan", "yuan_zhizheng", 10, "certain"),
        ("元祐三年", "1088", "northern_song", "northern_song_yuanyou", 3, "certain"),
        ("汉兴平元年", "0194", "eastern_han", "eastern_han_xingping", 1, "certain"),
        ("汉建元元年", "-0139", "western_han", "western_han_jianyuan", 1, "certain"),
        ("唐太宗贞观三年", "0629", "tang", "tang_zhenguan", 3, "certain"),
        ("五代后周显德元年", "0954", "later_zhou", "later_zhou_xiande", 1, "certain"),
        ("正德三年", "1508", "ming", "ming_zhengde", 3, "inferred"),
        ("民国二十六年", "1937", "republic", "republic_minguo", 26, "certain"),
        ("清", "1644/1911", "qing", None, None, "certain"),
        ("东漢", "0025/0220", "eastern_han", None, None, "certain"),
        ("五代", "0907/0960", "five_dynasties", None, None, "certain"),
        ("新石器时代", "-9999/-2069", "neolithic", None, None, "certain"),
        ("清代中期", "1733~/1821~", "qing", None, None, "approximate"),
        ("西夏（公元1032-1227年）", "1032/1227", "western_xia", None, None, "certain"),
    ],
)
def test_a_reign_or_dynasty_date_resolves_to_its_years(
    text: str, edtf: str, dynasty: str, reign: str | None, reign_year: int | None, certainty: str
) -> None:
    date = parse_chinese_date(text)
    assert date is not None
    assert (date.edtf, date.dynasty, date.reign, date.reign_year) == (edtf, dynasty, reign, reign_year)
    assert (date.certainty, date.display) == (certainty, text)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("1841年", "1841"),
        ("1841", "1841"),
        ("1860-1863年", "1860/1863"),
        ("1921~1949年", "1921/1949"),
        ("公元前221年", "-0220"),
        ("公元前二百二十一年", "-0220"),
        ("公元六一八年", "0618"),
        ("公元前206年至公元220年", "-0205/0220"),
        ("公元前300-200年", "-0299/-0199"),
        ("前300-200年", "-0299/-0199"),
        ("高句丽（公元前37-668年）", "-0036/0668"),
        ("一九四九年十月一日", "1949-10-01"),
        ("1949.10", "1949-10"),
        ("1949/10/1", "1949-10-01"),
        ("2001/2004", "2001/2004"),
        ("明清", "1368/1911"),
        ("明至清", "1368/1911"),
        ("唐—宋", "0618/1279"),
        ("宋至元", "0960/1368"),
        ("战国至汉", "-0474/0220"),
        ("汉、魏晋南北朝、唐", "-0205/0907"),
        ("清末民初", "1822~/1923~"),
        ("10世纪、1274年、658年", "0658/1274"),
        ("明以前", "../1368"),
        ("清至今", "1644/.."),
        ("约1860年", "1860~"),
        ("18世纪", "1701/1800"),
        ("18世纪末", "1767~/1800~"),
        ("公元前5-3世纪", "-0499/-0200"),
        ("1950年代", "1950/1959"),
        ("20世纪50年代", "1950/1959"),
        ("20世纪80年代初", "1980~/1982~"),
        ("20世纪80年代后期", "1986~/1989~"),
        ("1954年迁建", "1954"),
        ("198X", "198X"),
        ("1860~", "1860~"),
        ("建国初期", "1949~/1956~"),
        ("民国75年", "1986"),
        ("八零年代", "1980/1989"),
        ("代建国三年", "0340"),
        ("晚清", "1840~/1912~"),
        ("抗战时期", "1931~/1945~"),
        ("80年代", "1980/1989"),
        ("三四十年代", "1930/1949"),
        ("20世纪三四十年代", "1930/1949"),
        ("1930年代初", "1930~/1932~"),
        ("清中晚期", "1733~/1911~"),
        ("清·康熙", "1662/1722"),
        ("战国·楚", "-0474/-0220"),
        ("[1984]", "1984"),
        ("c1984", "1984"),
        ("1984印", "1984"),
        ("1984年10月第1版", "1984-10"),
        ("1984年第1版第2次印刷", "1984"),
        ("2003版", "2003"),
    ],
)
def test_a_chinese_date_becomes_edtf(text: str, edtf: str) -> None:
    date = parse_chinese_date(text)
    assert date is not None
    assert date.edtf == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("c. 1860", "1860~"),
        ("?c.1861", "1861?"),
        ("1882-3", "1882/1883"),
        ("1948–52", "1948/1952"),
        ("1905-12", "1905/1912"),
        ("1905-08", "1905-08"),
        ("1975, printed 2004", "1975"),
        ("1980, 2007", "1980/2007"),
        ("published 1780", "1780"),
        ("1967 or 1968", "1967/1968"),
        ("before 1940", "../1940"),
        ("1895 or later", "1895/.."),
        ("1770s", "1770/1779"),
        ("1930s-1940s", "1930/1949"),
        ("late 16th-early 17th century", "1567~/1633~"),
        ("mid- to late-19th century", "1834~/1900~"),
        ("second half of the 19th century", "1851~/1900~"),
        ("206 BCE-220 CE", "-0205/0220"),
        ("3rd century BC", "-0299/-0200"),
        ("5th-4th century BC", "-0499/-0300"),
        ("2nd to 1st century BCE", "-0199/0000"),
        ("206 B.C.", "-0205"),
        ("221-206 B.C.", "-0220/-0205"),
        ("from 1900 to 1910", "1900/1910"),
        ("from 1900", "1900/.."),
        ("Tang Dynasty, 618-906", "0618/0906"),
        ("Edo period (1603-1867), 19th century", "1801/1900"),
        ("September 2, 1808", "1808-09-02"),
        ("October 1938", "1938-10"),
        ("7/26/1930", "1930-07-26"),
        ("12/1/1931", "1931"),
        ("1949 (designed) c. 1950 (manufactured)", "1949"),
    ],
)
def test_an_english_date_becomes_edtf(text: str, edtf: str) -> None:
    date = parse_chinese_date(text)
    assert date is not None
    assert date.edtf == edtf


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "date not known",
        "no date",
        "王",
        "永乐大典",
        "光绪五十年",
        "雍正十二月",
        "97",
        "9999年",
        "甲子",
        "至今",
        "1949年13月",
        "0",
        "-",
        "清" * 101,
    ],
)
def test_what_is_not_sure_is_not_guessed(text: str) -> None:
    assert parse_chinese_date(text) is None


def test_a_shared_dynasty_is_kept_over_an_interval() -> None:
    date = parse_chinese_date("康熙至乾隆")
    assert date is not None
    assert (date.edtf, date.dynasty, date.reign) == ("1662/1795", "qing", None)


@pytest.mark.parametrize(
    ("date", "start", "end"),
    [
        ({"edtf": "1897-05-01", "dynasty": "ming"}, 1897, 1897),
        ({"reign": "qing_guangxu", "reign_year": 23, "dynasty": "qing"}, 1897, 1897),
        ({"reign": "western_han_jianyuan", "reign_year": 1}, -140, -140),
        ({"reign": "ming_wanli"}, 1573, 1620),
        ({"dynasty": "ming"}, 1368, 1644),
        ({"dynasty": "prc"}, 1949, None),
    ],
)
def test_a_date_object_resolves_to_its_years(date: dict[str, object], start: int, end: int | None) -> None:
    assert resolve(date) == YearRange(start, end)


def test_a_date_object_without_years_resolves_to_none() -> None:
    assert resolve({"type": "created", "display": "年代不详"}) is None


@pytest.mark.parametrize(
    ("date", "field"),
    [
        ({"reign": "qing_nothing"}, "reign"),
        ({"reign": "qing_guangxu", "reign_year": 50}, "reign_year"),
        ({"reign": "qing_guangxu", "reign_year": "二"}, "reign_year"),
        ({"dynasty": "atlantis"}, "dynasty"),
        ({"edtf": 1897}, "edtf"),
    ],
)
def test_a_wrong_date_object_is_refused_with_its_field(date: dict[str, object], field: str) -> None:
    with pytest.raises(DateError) as caught:
        resolve(date)
    assert caught.value.field == field


@given(st.text(max_size=80))
def test_any_text_is_an_edtf_date_or_a_date_error(text: str) -> None:
    with contextlib.suppress(DateError):
        years = parse_edtf(text)
        assert years.start is None or years.end is None or years.start <= years.end


WORDS = (
    "清 光绪 二十三 年 至 - 、 明 初 末 世纪 18 公元前 元 丙午 ( ) 约 ? 1897 / "
    "c. late century bc or , 以前 今 月 五代 十国 X ~"
)
PIECES = st.sampled_from(WORDS.split())
WRITTEN = st.one_of(
    st.text(max_size=100),
    st.lists(PIECES, max_size=25).map("".join),
    st.lists(PIECES, max_size=15).map(" ".join),
)


@given(WRITTEN)
def test_any_text_is_none_or_a_date_that_resolves(text: str) -> None:
    date = parse_chinese_date(text)
    if date is None:
        return
    years = parse_edtf(date.edtf)
    assert years.start is None or years.end is None or years.start <= years.end
    assert date.reign is None or chronology().reigns.get(date.reign) is not None
    assert date.dynasty is None or chronology().dynasties.get(date.dynasty) is not None


@pytest.mark.parametrize(
    "text", ["清光绪二十三年\ud800", "\udfff", "五代十国" * 25, "1900-10-" * 12, "宋至元" * 30]
)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    assert parse_chinese_date(text) is None


@given(st.integers(-5000, 5000).filter(bool))
def test_the_two_ways_to_count_years_convert_into_each_other(year: int) -> None:
    assert historical(astronomical(year)) == year


def test_the_historical_year_zero_is_refused() -> None:
    with pytest.raises(DateError, match="no year 0"):
        astronomical(0)


def test_every_period_of_the_national_key_relics_is_understood(shared_data: Path) -> None:
    path = shared_data / "catalogue" / "national_key_relics" / "relics.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        periods = {row["时代（中文）"] for row in csv.DictReader(file)} - {""}
    unread = {period for period in periods if parse_chinese_date(period) is None}
    assert len(unread) < 0.01 * len(periods), unread
