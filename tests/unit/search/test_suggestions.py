from __future__ import annotations

import pytest
from support import Catalogue, add

from search.query import Filters


def test_a_suggestion_completes_characters_pinyin_and_initials(shelf: Catalogue) -> None:
    for typed in ("云", "雲岡", "yungangs", "ygsk", "《云冈"):
        assert "云冈石窟" in [suggestion.text for suggestion in shelf.search.suggest(typed, 5)], typed
    assert shelf.search.suggest("敦huang", 1)[0].text in ("敦煌壁画", "敦煌壁畫")
    assert shelf.search.suggest("？", 5) == []
    assert len(shelf.search.suggest("敦", 1)) == 1


def test_a_keyboards_v_is_the_sound_that_it_stands_for(catalogue: Catalogue) -> None:
    add(catalogue.database, "女驸马")
    catalogue.build()
    for typed in ("nv", "nvf", "nvfuma", "nu"):
        assert [one.text for one in catalogue.search.suggest(typed, 5)] == ["女驸马"], typed


def test_what_sounds_alike_completes_nothing_that_was_typed_in_characters(shelf: Catalogue) -> None:
    assert shelf.search.suggest("云", 5)
    assert shelf.search.suggest("运", 5) == []


def test_a_title_that_holds_the_text_follows_those_that_begin_with_it(shelf: Catalogue) -> None:
    offered = [suggestion.text for suggestion in shelf.search.suggest("莫高窟", 5)]
    assert offered == ["莫高窟", "论敦煌壁画与莫高窟的保护"]
    assert [suggestion.text for suggestion in shelf.search.suggest("石刻", 5)] == ["重庆大足石刻"]


def test_a_title_that_reads_as_what_was_typed_comes_before_those_that_go_on(shelf: Catalogue) -> None:
    assert shelf.search.suggest("mogaoku", 5)[0].text == "莫高窟"


def told(catalogue: Catalogue, text: str) -> list[tuple[str, bool]]:
    return [(one.text, one.is_name) for one in catalogue.search.suggest(text, 5)]


@pytest.fixture
def poets(catalogue: Catalogue) -> Catalogue:
    """Two poets of one reading, of whom one wrote more, and a tomb that is named after one."""
    for title, name in [
        ("赤壁賦", "蘇軾"),
        ("念奴嬌", "苏轼"),
        ("海棠", "苏轼"),
        ("无名集", "苏适"),
        ("他集", "王苏轼之"),
    ]:
        add(catalogue.database, title, contributors=[{"name": name, "role": "author"}])
    add(catalogue.database, "苏轼墓", kind="heritage", heritage_type="site")
    catalogue.build()
    return catalogue


@pytest.mark.parametrize("typed", ["苏轼", "蘇軾"])
def test_a_maker_is_suggested_once_before_titles_that_go_on(poets: Catalogue, typed: str) -> None:
    first, *others = told(poets, typed)
    assert first in [("苏轼", True), ("蘇軾", True)]
    assert others == [("苏轼墓", False)]


def test_of_makers_that_sound_alike_the_one_of_more_records_is_first(poets: Catalogue) -> None:
    assert [text for text, is_name in told(poets, "sushi") if is_name] in (["蘇軾", "苏适"], ["苏轼", "苏适"])
    assert told(poets, "苏适") == [("苏适", True)]


def test_a_maker_is_suggested_by_initials(poets: Catalogue) -> None:
    assert [text for text, is_name in told(poets, "ss") if is_name] in (["苏轼", "苏适"], ["蘇軾", "苏适"])
    assert not any(is_name for _, is_name in told(poets, "wj"))


def test_a_single_syllable_in_letters_and_what_is_no_name_suggest_no_maker(poets: Catalogue) -> None:
    for typed in ("su", "1949", "苏a"):
        assert not any(is_name for _, is_name in told(poets, typed)), typed


def test_a_surname_suggests_makers_of_that_name(poets: Catalogue) -> None:
    assert [text for text, is_name in told(poets, "苏") if is_name] in (["苏轼", "苏适"], ["蘇軾", "苏适"])


def test_characters_before_letters_stand_in_what_is_suggested(poets: Catalogue) -> None:
    add(poets.database, "西安城墙")
    add(poets.database, "咸安宫")
    poets.indexer.follow_once()
    assert told(poets, "西an") == [("西安城墙", False)]


@pytest.mark.parametrize("typed", ["xi'an", "xi’an", "xi an"])
def test_what_ends_a_syllable_ends_one_of_what_is_suggested(poets: Catalogue, typed: str) -> None:
    add(poets.database, "西安城墙", contributors=[{"name": "项安世", "role": "author"}])
    add(poets.database, "现代汉语词典")
    poets.indexer.follow_once()
    assert told(poets, typed) == [("西安城墙", False)]


def test_a_title_that_was_typed_to_its_end_comes_before_the_maker(poets: Catalogue) -> None:
    add(poets.database, "苏轼", contributors=[{"name": "林语堂", "role": "author"}])
    poets.indexer.follow_once()
    assert told(poets, "苏轼")[0] == ("苏轼", False)


def test_a_maker_is_suggested_while_the_rest_of_the_name_is_typed_in_letters(poets: Catalogue) -> None:
    assert {"苏适"} < {name for name, is_name in told(poets, "苏s") if is_name}
    assert not any(is_name for _, is_name in told(poets, "李s"))


def test_a_title_is_completed_from_its_number_in_other_figures(catalogue: Catalogue) -> None:
    for title in ("三体", "三体Ⅱ·黑暗森林", "百衲本二十四史"):
        add(catalogue.database, title)
    catalogue.build()
    assert told(catalogue, "3体")[0] == ("三体", False)
    assert told(catalogue, "三体2") == [("三体Ⅱ·黑暗森林", False)]
    add(catalogue.database, "三体Ⅲ·死神永生")
    catalogue.build()
    for typed in ("三体2", "三体二", "三体II", "三体ⅱ"):
        assert told(catalogue, typed)[0] == ("三体Ⅱ·黑暗森林", False), typed
    assert told(catalogue, "24史") == [("百衲本二十四史", False)]


def test_what_was_typed_in_pinyin_completes_titles_that_hold_its_sound(shelf: Catalogue) -> None:
    assert ("重庆大足石刻", False) in told(shelf, "dazushike")
    assert told(shelf, "dazushikeng") == []


@pytest.mark.parametrize("typed", ["云岗石", "yungnagsh", "莫高屈", "云刚", "墨高"])
def test_where_nothing_is_completed_what_it_resembles_is(shelf: Catalogue, typed: str) -> None:
    assert {text for text, _ in told(shelf, typed)} & {"云冈石窟", "莫高窟"}, typed


def test_what_resembles_nothing_completes_nothing(shelf: Catalogue) -> None:
    for typed in ("火星人", "qwertyuiop", "zz"):
        assert told(shelf, typed) == [], typed


def test_of_one_institution_what_it_has_is_suggested_whatever_others_have(catalogue: Catalogue) -> None:
    for _ in range(3):
        add(catalogue.database, "红楼梦", contributors=[{"name": "曹雪芹", "role": "author"}])
    own = add(
        catalogue.database, "红楼梦", house="suzhou", contributors=[{"name": "曹雪芹", "role": "author"}]
    )
    add(catalogue.database, "红旗谱")
    add(catalogue.database, "红岩", house="suzhou")
    catalogue.build()
    of_suzhou = Filters({"institution": ("suzhou",)})
    suggested = catalogue.search.suggest("红", 5, of_suzhou)
    assert {one.text for one in suggested} == {"红楼梦", "红岩"}
    assert next(one for one in suggested if one.text == "红楼梦").resource.id == own.id
    (maker,) = catalogue.search.suggest("曹雪", 5, of_suzhou)
    assert (maker.is_name, maker.resource.id) == (True, own.id)
    assert catalogue.search.suggest("红旗", 5, of_suzhou) == []
