from __future__ import annotations

from datetime import date
from unittest.mock import Mock

import pytest

from search.reading import typed_periods
from search.reading.reader import Reader
from search.reading.typed_periods import find_periods, with_editions_named, with_times_of_makers_named
from search.specification import Specification


@pytest.fixture(scope="module")
def reader(specification: Specification) -> Reader:
    return Reader(
        specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
    )


def times(reader: Reader, text: str) -> list[tuple[str, int | None, int | None]]:
    return [(period.text, period.start, period.end) for period in reader.read(text).periods]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明朝的绘画", ("明朝", 1368, 1644)),
        ("明清家具", ("明清", 1368, 1911)),
        ("魏晋南北朝", ("魏晋南北朝", 220, 589)),
        ("战国楚简", ("战国", -475, -221)),
        ("乾隆时期的瓷器", ("乾隆时期", 1736, 1795)),
        ("乾隆丙午", ("乾隆丙午", 1786, 1786)),
        ("光绪二十三年", ("光绪二十三年", 1897, 1897)),
        ("光绪 二十三年", ("光绪二十三年", 1897, 1897)),
        ("開元二十三年", ("開元二十三年", 735, 735)),
        ("萬曆刻本", ("萬曆", 1573, 1620)),
        ("87版红楼梦", ("87版", 1987, 1987)),
        ("1987年版红楼梦", ("1987年版", 1987, 1987)),
        ("98年的电影", ("98年", 1998, 1998)),
        ("Ming porcelain", ("Ming", 1368, 1644)),
        ("Song paintings", ("Song", 960, 1279)),
        ("民国二十六年", ("民国二十六年", 1937, 1937)),
        ("民国时期上海电影", ("民国时期", 1912, 1949)),
        ("1937年抗战", ("1937年", 1937, 1937)),
        ("公元前221年", ("公元前221年", -221, -221)),
        ("19世纪末的上海", ("19世纪末", 1867, 1900)),
        ("20世纪80年代", ("20世纪80年代", 1980, 1989)),
        ("三十年代电影", ("三十年代", 1930, 1939)),
        ("80年代", ("80年代", 1980, 1989)),
        ("十年代", ("十年代", 1910, 1919)),
        ("1980年以后的电影", ("1980年以后", 1980, None)),
        ("明代以前", ("明代以前", None, 1367)),
        ("天宝年间的琴", ("天宝年间", 742, 756)),
        ("大同年间", ("大同年间", 535, 546)),
        ("北魏和平元年", ("北魏和平元年", 460, 460)),
        ("晚清小说", ("晚清", 1840, 1912)),
        ("清末", ("清末", 1840, 1912)),
        ("87年版红楼梦", ("87年版", 1987, 1987)),
        ("八〇年版", ("八〇年版", 1980, 1980)),
        ("〇八年奥运会", ("〇八年", 2008, 2008)),
        ("60年版", ("60年版", 1960, 1960)),
        ("08年奥运会", ("08年", 2008, 2008)),
        ("民國75年", ("民國75年", 1986, 1986)),
        ("八〇年代电影", ("八〇年代", 1980, 1989)),
        ("清朝末年", ("清朝末年", 1840, 1912)),
        ("公元六一八年", ("公元六一八年", 618, 618)),
        ("公元前二百二十一年", ("公元前二百二十一年", -221, -221)),
        ("西元1900", ("西元1900", 1900, 1900)),
        ("太平兴国", ("太平兴国", 976, 984)),
        ("貞祐", ("貞祐", 1213, 1217)),
        ("天宝末年", ("天宝末年", 752, 756)),
        ("元嘉", ("元嘉", 424, 453)),
        ("大业时期", ("大业时期", 605, 618)),
        ("大业造像", ("大业", 605, 618)),
        ("绍兴通宝", ("绍兴", 1131, 1162)),
        ("唐代通宝", ("唐代", 618, 907)),
        ("1937-1945年的中国", ("1937-1945年", 1937, 1945)),
        ("九十年代初电影", ("九十年代初", 1990, 1992)),
        ("80年代末", ("80年代末", 1986, 1989)),
        ("清中晚期家具", ("清中晚期", 1733, 1911)),
        ("唐玄宗时期", ("唐玄宗时期", 712, 756)),
        ("宋徽宗时期的绘画", ("宋徽宗时期", 1101, 1125)),
        ("乾隆皇帝时期 瓷器", ("乾隆皇帝时期", 1736, 1795)),
        ("武则天时期", ("武则天时期", 684, 705)),
        ("永宣青花", ("永宣", 1403, 1435)),
        ("夏商周青铜器", ("夏商周", -2070, -256)),
        ("天宝十四载", ("天宝十四载", 755, 755)),
        ("至德元载", ("至德元载", 756, 756)),
        ("1949年10月1日", ("1949年10月1日", 1949, 1949)),
        ("2020-07", ("2020-07", 2020, 2020)),
        ("清 抄本", ("清", 1644, 1911)),
        ("解放前的上海", ("解放前", None, 1949)),
        ("建國初期宣傳畫", ("建國初期", 1949, 1956)),
        ("五六十年代电影", ("五六十年代", 1950, 1969)),
        ("上世纪八九十年代", ("上世纪八九十年代", 1980, 1999)),
        ("明清小说", ("明清", 1368, 1911)),
        ("1934-1937年电影", ("1934-1937年", 1934, 1937)),
        ("1934年—1937年电影", ("1934年-1937年", 1934, 1937)),
        ("1934年至1937年的电影", ("1934年至1937年", 1934, 1937)),
        ("1934-1937", ("1934-1937年", 1934, 1937)),
        ("电影 1934 — 1937", ("1934-1937年", 1934, 1937)),
        ("1949年后的电影", ("1949年后", 1949, None)),
        ("1949年前的电影", ("1949年前", None, 1949)),
        ("2000年以来的电影", ("2000年以来", 2000, None)),
        ("2000年起的电影", ("2000年起", 2000, None)),
        ("上世纪三十年代的电影", ("上世纪三十年代", 1930, 1939)),
        ("抗日戰爭時期", ("抗日戰爭時期", 1931, 1945)),
        ("宋画", ("宋", 960, 1279)),
        ("唐塔", ("唐", 618, 907)),
        ("late Qing porcelain", ("late Qing", 1840, 1912)),
        ("mid-Qing vase", ("mid Qing", 1733, 1821)),
        ("early 19th century maps", ("early 19th century", 1801, 1833)),
        ("Qianlong period", ("Qianlong period", 1736, 1795)),
        ("Kangxi reign bowls", ("Kangxi reign", 1662, 1722)),
        ("Qianlong vase", ("Qianlong", 1736, 1795)),
        ("Republican era films", ("Republican era", 1912, 1949)),
        ("（清）曹雪芹著", ("清代", 1644, 1911)),
        ("[明]唐寅", ("明代", 1368, 1644)),
        ("1930s Chinese films", ("1930s", 1930, 1939)),
        ("Song dynasty porcelain", ("Song dynasty", 960, 1279)),
        ("late Qing dynasty", ("late Qing dynasty", 1840, 1912)),
        ("late-Ming novels", ("late Ming", 1573, 1644)),
        ("High Tang poetry", ("High Tang", 713, 765)),
        ("Ming and Qing", ("Ming and Qing", 1368, 1911)),
        ("ming and qing furniture", ("ming and qing", 1368, 1911)),
        ("Tang and Song", ("Tang and Song", 618, 1279)),
        ("Song and Yuan dynasty", ("Song and Yuan dynasty", 960, 1368)),
        ("Yuan, Ming and Qing", ("Yuan Ming and Qing", 1271, 1911)),
        ("late Qing and early Republic", ("late Qing and early Republic", 1840, 1923)),
        ("Tang Song", ("Tang Song", 618, 1279)),
        ("ming qing furniture", ("ming qing", 1368, 1911)),
        ("Qianlong", ("Qianlong", 1736, 1795)),
        ("221 BC", ("221 BC", -221, -221)),
        ("221BC", ("221BC", -221, -221)),
        ("475-221 BCE", ("475 221 BCE", -475, -221)),
        ("Northern Song paintings", ("Northern Song", 960, 1127)),
        ("photographs of the 19th Century", ("19th Century", 1801, 1900)),
        ("5th century BC bronze", ("5th century BC", -500, -401)),
    ],
)
def test_a_time_is_understood_and_shown_as_it_was_written(
    reader: Reader, text: str, expected: tuple[str, int | None, int | None]
) -> None:
    assert times(reader, text) == [expected]
    written, start, end = expected
    assert reader.read(text).as_json()["periods"] == [{"text": written, "from": start, "to": end}]


@pytest.mark.parametrize(
    "text",
    [
        "清明上河图", "康熙字典", "永乐大典", "景德镇", "大明宫", "三国演义", "唐宋八大家", "长安十二时辰", "和平年代", "新时代中国",
        "大同石窟", "文明", "绍兴", "大业", "和平时期", "长安时期", "元始天尊", "太平兴国寺", "武德殿", "二年级语文", "1937", "9787020002207", "蒙古", "正统", "",
        "去年今日此门中", "金塔", "宋体", "1671-1688", "1937-1934", "1934-1937-2", "三年前", "近千年来", "Song", "Han Meimei", "dynasty", "1930",
        "故宫600年", "60年", "5000年文明", "Song of youth", "Ming Tombs", "Yongle Palace", "Tianqi Temple", "qianlong",
        "Tongzhi", "Qianlong Emperor", "Song and dance", "Song and Tang", "Yuan Ming Yuan", "tang yuan", "tang song", "0 BC", "bc",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(reader: Reader, text: str) -> None:
    assert times(reader, text) == []


@pytest.mark.parametrize(
    ("text", "reign"),
    [
        ("乾隆六下江南", "乾隆"),
        ("万历三大征", "万历"),
        ("贞观十八学士", "贞观"),
        ("雍正十二美人", "雍正"),
        ("雍正十二月令", "雍正"),
        ("康熙三十六景", "康熙"),
        ("民国三大女作家", "民国"),
        ("洪武四大案", "洪武"),
        ("康熙五彩", "康熙"),
        ("乾隆十全武功", "乾隆"),
    ],
)
def test_a_number_behind_a_reign_counts_the_thing_behind_it(reader: Reader, text: str, reign: str) -> None:
    assert [written for written, _, _ in times(reader, text)] == [reign]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("光绪廿三 刻本", 1897),
        ("光绪廿三 上海", 1897),
        ("光绪二十三", 1897),
        ("光绪二十三的书", 1897),
        ("光绪十二刻", 1886),
        ("光绪十二石印本", 1886),
        ("万历十五乙酉", 1587),
        ("民国8年", 1919),
    ],
)
def test_a_number_behind_a_reign_is_a_year_alone_and_before_what_was_made_then(
    reader: Reader, text: str, year: int
) -> None:
    assert [years for _, *years in times(reader, text)] == [[year, year]]


@pytest.mark.parametrize("text", ["建安七子", "正始七贤"])
def test_a_number_behind_a_title_that_may_be_another_word_makes_no_time(reader: Reader, text: str) -> None:
    assert times(reader, text) == []


def test_several_dynasties_that_are_named_in_english_are_looked_for_by_each_of_their_names(
    reader: Reader,
) -> None:
    period, _ = reader.read("Ming and Qing furniture").units
    assert period.years == (1368, 1911)
    assert {("明清",), ("明代",), ("清代",)} <= set(period.other_names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("同治光绪年间", ("同治光绪年间", 1862, 1908)),
        ("嘉靖 万历 瓷器", ("嘉靖万历", 1522, 1620)),
        ("晚清民国电影", ("晚清民国", 1840, 1949)),
        ("先秦两汉", ("先秦两汉", None, 220)),
        ("永乐宣德青花", ("永乐宣德", 1403, 1435)),
    ],
)
def test_times_side_by_side_that_follow_one_another_are_one(
    reader: Reader, text: str, expected: tuple[str, int | None, int | None]
) -> None:
    assert times(reader, text) == [expected]
    # What was typed is told as no other name.
    assert not [name for name in reader.read(text).synonyms if name in text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开元 1937年", ["开元", "1937年"]),
        ("民国 1937年", ["民国", "1937年"]),
        ("乾隆 清代", ["乾隆", "清代"]),
    ],
)
def test_times_that_do_not_follow_one_another_stay_apart(
    reader: Reader, text: str, expected: list[str]
) -> None:
    assert [written for written, _, _ in times(reader, text)] == expected


@pytest.mark.parametrize("text", ['"明代" 青花', "题名:明代 青花"])
def test_a_time_in_quotes_or_an_expression_is_taken_literally(reader: Reader, text: str) -> None:
    assert times(reader, text) == []


def test_a_time_is_one_unit_that_years_alone_can_meet(reader: Reader) -> None:
    time, thing = reader.read("乾隆时期的瓷器").units
    assert (time.label, time.years, thing.label) == ("乾隆时期", (1736, 1795), "瓷器")
    assert len(time.bigrams) == 1


def test_a_dynasty_that_is_named_in_english_is_looked_for_by_its_chinese_names(reader: Reader) -> None:
    read = reader.read("Tang dynasty murals")
    assert read.units[0].years == (618, 907)
    assert read.units[0].other_names == (("唐代",), ("唐朝",))
    assert {"唐代", "唐朝"} <= set(read.other_parts)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("光绪二十三年", True),
        ("1980年以后", True),
        ("19th century", True),
        ("唐代", False),
        ("光绪二十三年 上海", False),
        ("电影", False),
    ],
)
def test_a_time_of_at_most_a_century_and_nothing_beside_it_is_all_that_is_meant(
    reader: Reader, text: str, alone: bool
) -> None:
    assert reader.read(text).time_alone is alone


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("去年的展览", -1, -1), ("今年", 0, 0), ("近五年的电影", -4, 0), ("最近两年", -1, 0)],
)
def test_a_time_may_be_counted_from_today(reader: Reader, text: str, first: int, last: int) -> None:
    this_year = date.today().year
    assert [years for _, *years in times(reader, text)] == [[this_year + first, this_year + last]]


def test_a_year_in_wide_figures_is_a_year(reader: Reader) -> None:
    (wide,) = reader.read("２００８年").periods
    (year,) = reader.read("2008年").periods
    assert wide == year
    assert next(unit.years for unit in reader.read("１９３７年的电影").units) == (1937, 1937)


def test_what_ruled_beside_others_is_told_by_its_name_and_its_first_year(reader: Reader) -> None:
    for text in ("辽代佛塔", "Liao dynasty pagoda"):
        unit = reader.read(text).units[0]
        assert (unit.dynasty, unit.years) == ("liao", (916, 916)), text
    # The Tang began in the same year.
    assert reader.read("吐蕃").units[0].years is None
    assert reader.read("唐代").units[0].dynasty is None


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("洪武年间", (1368,)),
        ("明代", (1644,)),
        ("明清", ()),
        ("1368年", (1368,)),
        ("唐宋", (1271,)),
        ("七世纪", ()),
    ],
)
def test_a_year_in_which_a_longer_time_begins_says_little(
    reader: Reader, text: str, vague: tuple[int, ...]
) -> None:
    assert reader.read(text).units[0].vague == vague


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("宋版书", "宋刻本"),
        ("南宋版", "南宋刻本"),
        ("明刻", "明刻本"),
        ("宋元版", "宋元刻本"),
        ("宋版画", "宋版画"),
        ("明刻本", "明刻本"),
        ("证明版", "证明版"),
    ],
)
def test_what_was_printed_in_a_dynasty_has_the_name_that_catalogues_give_it(text: str, named: str) -> None:
    assert with_editions_named(text) == named


@pytest.mark.parametrize(
    ("text", "first"), [("明长城", 1368), ("清园林", 1644), ("唐陵", 618), ("宋刻本", 960)]
)
def test_a_dynasty_in_one_character_before_a_thing_is_a_time_that_its_character_alone_does_not_name(
    reader: Reader, text: str, first: int
) -> None:
    time, _ = reader.read(text).units
    assert time.years is not None
    assert time.years[0] == first
    assert time.character is None


def test_a_word_that_only_ends_with_the_beginning_of_a_time_is_none(reader: Reader) -> None:
    assert times(reader, "北大宋代瓷器") == [("宋代", 960, 1279)]


def test_words_that_begin_as_a_time_does_but_with_none_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Mock(side_effect=typed_periods.chinese_span)
    monkeypatch.setattr(typed_periods, "chinese_span", read)
    assert (
        find_periods(["天文", "建筑", "大家", "上下", "三体", "一个", "南方", "前进", "公路", "去找"]) == []
    )
    read.assert_not_called()


@pytest.mark.parametrize(
    "text",
    [
        "大明宣德", "大约1937年", "建于1937年", "始建于明代", "民初", "公元前221年", "前3世纪", "近三年", "过去十年", "去年",
        "上世纪八十年代", "十九至二十世纪", "三四十年代", "八七年", "一九三七年", "百济", "昇平二年", "約1937年", "晚清", "唐玄宗时期",
    ],
)  # fmt: skip
def test_a_time_may_begin_with_more_than_a_name(text: str) -> None:
    ((first, end, _),) = find_periods([text])
    assert (first, end) == (0, 1)


def test_the_name_of_somebody_cited_may_have_a_rare_character() -> None:
    assert with_times_of_makers_named("(清)王𬕂著") == "清代 王𬕂"
