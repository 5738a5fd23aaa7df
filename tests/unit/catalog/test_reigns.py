from __future__ import annotations

import pytest

from catalog.edtf import astronomical
from catalog.reigns import chinese_number, chronology, fold, ganzhi_number, ganzhi_years, year_of_reign
from catalog.vocabularies import Term

# Used before the dynasty took the name under which its reigns are listed, or by a predecessor.
OUTSIDE_THEIR_DYNASTY = {
    "western_xia_xiandao",
    "yuan_zhongtong",
    "yuan_zhiyuan",
    "northern_yuan_zhizheng",
    "qing_chongde",
}
# Dynasties that followed one another and of which every year had a reign title.
LINES = [
    ("western_han", "xin", "gengshi_han", "eastern_han"),
    ("western_jin", "eastern_jin"),
    ("liu_song", "southern_qi", "liang", "chen"),
    ("northern_wei", "western_wei"),
    ("eastern_wei", "northern_qi"),
    ("sui", "tang", "wu_zhou"),
    ("northern_song", "southern_song"),
    ("liao",),
    ("western_xia",),
    ("jurchen_jin",),
    ("yuan", "ming", "qing"),
]


def reign(code: str) -> Term:
    term = chronology().reigns.get(code)
    assert term is not None, code
    return term


def years(term: Term) -> range:
    assert term.start is not None
    assert term.end is not None
    return range(astronomical(term.start), astronomical(term.end) + 1)


def test_every_reign_begins_before_it_ends_and_names_a_known_dynasty() -> None:
    for term in chronology().reigns.terms:
        assert len(years(term)) >= 1, term
        assert chronology().dynasties.get(term.dynasty or "") is not None, term


def test_every_reign_lies_in_its_dynasty() -> None:
    for term in chronology().reigns.terms:
        dynasty = chronology().dynasties.get(term.dynasty or "")
        assert dynasty is not None
        assert dynasty.start is not None
        assert dynasty.end is not None
        inside = dynasty.start - 5 <= years(term)[0] and years(term)[-1] <= dynasty.end + 5
        assert inside == (term.code not in OUTSIDE_THEIR_DYNASTY), term


@pytest.mark.parametrize("dynasties", LINES)
def test_the_reigns_of_a_line_of_dynasties_leave_no_year_out(dynasties: tuple[str, ...]) -> None:
    reigns = [term for term in chronology().reigns.terms if term.dynasty in dynasties]
    covered = set().union(*(years(term) for term in reigns))
    assert len(reigns) > 5
    assert covered == set(range(min(covered), max(covered) + 1))


def test_every_dynasty_lies_in_its_parent() -> None:
    dynasties = chronology().dynasties
    for term in dynasties.terms:
        parent = dynasties.get(term.parent or "")
        if parent and parent.start is not None and term.start is not None:
            # Periods overlap at their edges: 北朝 begins in 386, 南北朝 in 420.
            assert parent.start - 40 <= term.start, term
            assert parent.end is None or term.end is None or term.end <= parent.end + 40, term


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("元", 1),
        ("二十三", 23),
        ("廿三", 23),
        ("卅", 30),
        ("十", 10),
        ("六十", 60),
        ("一百零三", 103),
        ("23", 23),
        ("一九三七", 1937),
        ("二〇〇五", 2005),
        ("贰拾", 20),
        ("", None),
        ("年", None),
        ("二年", None),
    ],
)
def test_a_chinese_number_is_read(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("甲子", 0), ("乙丑", 1), ("丙午", 42), ("癸亥", 59), ("甲丑", None), ("甲", None), ("子甲", None)],
)
def test_a_pair_of_the_sexagenary_cycle_has_its_place(text: str, number: int | None) -> None:
    assert ganzhi_number(text) == number


def test_a_year_of_a_reign_is_counted_from_its_first_year() -> None:
    assert year_of_reign(reign("qing_guangxu"), 23) == 1897
    assert year_of_reign(reign("western_han_jianyuan"), 1) == astronomical(-140)
    assert year_of_reign(reign("qing_guangxu"), 50) is None
    assert year_of_reign(reign("qing_guangxu"), 0) is None


def test_a_long_reign_has_the_same_place_of_the_cycle_twice() -> None:
    place = ganzhi_number("壬寅")
    assert place is not None
    assert ganzhi_years(reign("qing_kangxi"), place) == [1662, 1722]


def test_dynasties_are_found_longest_first() -> None:
    found = [(term.code, rest) for term, rest in chronology().dynasties_at("五代十国末")]
    assert found == [("wudai_shiguo", "末"), ("five_dynasties", "十国末")]


def test_reigns_of_a_dynasty_include_those_of_the_dynasties_below_it() -> None:
    song = chronology().dynasties.get("song")
    found = [[term.code for term in terms] for terms, _ in chronology().reigns_at("元祐三年", song)]
    assert found == [["northern_song_yuanyou"]]


@pytest.mark.parametrize(
    ("title", "dynasty"),
    [("元嘉", "liu_song"), ("建元", "western_han"), ("永兴", "eastern_han"), ("天宝", "tang")],
)
def test_of_reigns_of_one_title_the_best_known_comes_first(title: str, dynasty: str) -> None:
    ((terms, _),) = chronology().reigns_at(title, None)
    assert len(terms) > 1
    assert terms[0].dynasty == dynasty


def test_variant_characters_of_reign_titles_are_folded() -> None:
    assert fold("萬曆 光緖 元佑 民國") == "万历 光绪 元祐 民国"
