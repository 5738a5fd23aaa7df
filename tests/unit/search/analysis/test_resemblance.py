from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.assets import asset
from search.analysis.pinyin import Pinyin
from search.analysis.resemblance import Resemblance, near, slips, slips_allowed


@pytest.fixture(scope="module")
def resemblance(pinyin: Pinyin) -> Resemblance:
    return Resemblance(asset("index_config"), pinyin)


@pytest.mark.parametrize(
    ("typed", "name", "meant"),
    [
        ("敦皇", "张大千临摹敦煌壁画", "敦煌"),
        ("红搂梦", "红楼梦", "红楼梦"),
        ("后母午鼎", "后母戊鼎", "后母戊鼎"),
        ("雍合宫", "北京雍和宫", "雍和宫"),
        ("岗仁波齐", "冈仁波齐峰", "冈仁波齐"),
        ("清明河上图", "清明上河图", "清明上河图"),
        ("清上河图", "清明上河图", "清明上河图"),
        ("清明上上河图", "清明上河图", "清明上河图"),
        ("悬空事", "悬空寺", "悬空寺"),
        ("圆园明", "圆明园", "圆明园"),
    ],
)
def test_a_slip_in_sound_in_shape_or_of_the_hand_is_seen_through(
    resemblance: Resemblance, typed: str, name: str, meant: str
) -> None:
    window = resemblance.window(typed, name)
    assert window
    assert name[slice(*window)] == meant


@pytest.mark.parametrize(
    ("typed", "meant", "surely"),
    [
        ("鲁讯", "鲁迅", True),
        ("王唯", "王维", True),
        ("故官", "故宫", True),
        ("李静", "李璟", False),
        ("古画", "古华", False),
        ("刘翔", "刘向", False),
        ("李", "李白", False),
        ("", "", True),
    ],
)
def test_what_is_surely_alike_sounds_so_with_its_tones_or_looks_so(
    resemblance: Resemblance, typed: str, meant: str, surely: bool
) -> None:
    assert resemblance.surely_alike(typed, meant) is surely


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("敦煌", "敦煌壁画"),
        ("北京大学", "南京大学"),
        ("上海", "下海"),
        ("红梦", "红楼梦"),
        ("海上", "上海"),
        ("", "红楼梦"),
        ("红楼梦", ""),
    ],
)
def test_the_name_itself_another_name_and_a_short_gap_are_no_slip(
    resemblance: Resemblance, typed: str, name: str
) -> None:
    assert resemblance.window(typed, name) is None


@given(name=st.text("清明上河图敦煌壁画", min_size=4, max_size=12), place=st.integers(1, 10))
def test_a_character_left_out_within_a_name_is_found_again(
    resemblance: Resemblance, name: str, place: int
) -> None:
    place = min(place, len(name) - 2)
    typed = name[:place] + name[place + 1 :]
    window = resemblance.window(typed, name)
    assert window or len(typed) < 4 or typed in name


def test_sounds_that_many_speakers_do_not_tell_apart_are_near() -> None:
    assert near("zhang") == near("zan")
    assert near("shi") == near("si")
    assert near("nan") == near("lan")
    assert near("ming") != near("meng")


def test_a_syllable_is_heard_as_each_that_is_near_to_it(resemblance: Resemblance) -> None:
    assert resemblance.heard_alike("zan") == ("zan", "zang", "zhan", "zhang")
    assert resemblance.heard_alike("shi") == ("shi", "si")
    assert resemblance.heard_alike("qqq") == ("qqq",)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("dunhuang", "dunhuang", 0),
        ("dunhaung", "dunhuang", 1),
        ("forbiden", "forbidden", 1),
        ("groto", "grotto", 1),
        ("qngmig", "qingming", 2),
        ("", "abc", 3),
    ],
)
def test_slips_of_the_hand_are_counted(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count


def test_a_long_word_may_have_two_slips() -> None:
    assert (slips_allowed("groto"), slips_allowed("dunhaung")) == (1, 2)
