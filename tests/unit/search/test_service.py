from __future__ import annotations

from itertools import pairwise
from unittest.mock import Mock

import pytest
from sqlalchemy import update
from support import CAVES, Catalogue, add, document, revise, step

from catalog import institutions
from catalog.errors import Unavailable
from catalog.lifecycle import Step
from catalog.tables import GenerationRow
from search import facets
from search.query import FACETS, Filters, Mode, Sort


def test_a_title_that_is_exactly_the_text_comes_first(shelf: Catalogue) -> None:
    assert shelf.titles("莫高窟")[0] == "莫高窟"
    assert set(shelf.titles("敦煌壁画")[:2]) == {"敦煌壁画", "敦煌壁畫"}
    assert shelf.titles("《莫高窟》")[0] == "莫高窟"


@pytest.mark.parametrize(
    ("simplified", "traditional"), [("敦煌壁画", "敦煌壁畫"), ("云冈石窟", "雲岡石窟"), ("论", "論")]
)
@pytest.mark.parametrize("mode", Mode)
def test_both_scripts_find_the_same_in_the_same_order(
    shelf: Catalogue, simplified: str, traditional: str, mode: Mode
) -> None:
    one = shelf.ask(simplified, mode=mode, facets=FACETS)
    other = shelf.ask(traditional, mode=mode, facets=FACETS)
    assert [(i.resource.id, i.score) for i in one.items] == [(i.resource.id, i.score) for i in other.items]
    assert (one.total, one.tier, one.facets) == (other.total, other.tier, other.facets)


def test_a_record_in_english_is_found_by_pinyin_and_a_chinese_one_too(shelf: Catalogue) -> None:
    assert set(shelf.titles("yungang")[:2]) == {"Yungang Grottoes", "云冈石窟"}


def test_an_identifier_finds_its_record_alone(shelf: Catalogue) -> None:
    result = shelf.ask("978-7-101-00304-8")
    assert (result.tier, result.total) == ("identifier", 1)
    assert [item.resource.title for item in result.items] == ["论敦煌壁画与莫高窟的保护"]
    assert result.interpreted_as["identifier"] == "9787101003048"


def test_what_is_found_by_part_or_meaning_only_is_marked_and_not_counted(shelf: Catalogue) -> None:
    result = shelf.ask("石窟")
    inside = [item.resource.title for item in result.items if not item.outside_tier]
    assert len(inside) == result.total
    assert all("石窟" in title or title in CAVES for title in inside)
    assert any(item.outside_tier for item in result.items)


def test_no_text_lists_everything_the_newest_first(shelf: Catalogue) -> None:
    result = shelf.ask()
    assert (result.tier, result.total) == ("everything", 12)
    numbers = [item.resource.number for item in result.items]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize("text", ["？", "\ud800", "()((", "%", "a" * 300, "*:*", "title:x OR y"])
def test_whatever_is_typed_is_answered(shelf: Catalogue, text: str) -> None:
    result = shelf.ask(text, facets=FACETS)
    assert result.total == sum(not item.outside_tier for item in result.items)


def test_a_facet_ignores_its_own_filter_and_shows_what_is_selected(shelf: Catalogue) -> None:
    free = shelf.ask("敦煌", facets=("kind", "access"))
    filtered = shelf.ask("敦煌", facets=("kind", "access"), filters=Filters({"kind": ("book",)}))
    assert {v.value: v.total for v in filtered.facets["kind"]} == {
        v.value: v.total for v in free.facets["kind"]
    }
    assert [v.value for v in filtered.facets["kind"] if v.selected] == ["book"]
    assert filtered.total == next(v.total for v in free.facets["kind"] if v.value == "book")
    assert sum(v.total for v in filtered.facets["access"]) <= filtered.total


def test_a_selected_value_that_nothing_has_is_shown_with_its_name_and_none(shelf: Catalogue) -> None:
    result = shelf.ask("敦煌", facets=("access",), filters=Filters({"access": ("restricted",)}))
    (value,) = [v for v in result.facets["access"] if v.selected]
    assert (value.value, value.total) == ("restricted", 0)
    assert value.zh != value.value
    assert (result.total, result.items) == (0, [])


def test_facet_values_come_by_falling_count_with_names_in_both_languages(shelf: Catalogue) -> None:
    values = shelf.ask(facets=("institution", "kind")).facets
    for found in values.values():
        assert all(first.total >= second.total for first, second in pairwise(found))
    names = {v.value: (v.zh, v.en) for v in values["institution"]}
    assert names == {"nlc": ("国家图书馆", "国家图书馆"), "suzhou": ("苏州图书馆", "Suzhou Library")}


def test_of_the_regions_only_the_top_is_shown_until_one_is_selected(shelf: Catalogue) -> None:
    top = {v.value for v in shelf.ask(facets=("region",)).facets["region"]}
    assert top == {"110000", "620000", "320000"}
    opened = shelf.ask(facets=("region",), filters=Filters({"region": ("620000",)}))
    assert {v.value for v in opened.facets["region"]} == top | {"620900"}
    assert opened.total == 2


def test_a_range_of_years_takes_what_overlaps_it(shelf: Catalogue) -> None:
    assert set(shelf.titles(filters=Filters(year_from=401, year_to=402))) == {"龙门石窟", "莫高窟"}
    assert shelf.titles(filters=Filters(year_from=1900)) == ["敦煌壁畫"]


def test_sorting_by_title_follows_pinyin_not_code_points(shelf: Catalogue) -> None:
    heritage = Filters({"kind": ("heritage",)})
    expected = [
        "安岳石窟",
        "重庆大足石刻",
        "敦煌壁画",
        "龙门石窟",
        "麦积山石窟",
        "莫高窟",
        "榆林窟",
        "云冈石窟",
    ]
    assert shelf.titles(filters=heritage, sort=Sort.TITLE) == expected
    assert expected != sorted(expected)
    assert shelf.titles(filters=heritage, sort=Sort.TITLE_REVERSED) == expected[::-1]


def test_sorting_by_date_goes_both_ways_with_the_undated_last(shelf: Catalogue) -> None:
    oldest = shelf.titles(sort=Sort.OLDEST)
    newest = shelf.titles(sort=Sort.NEWEST)
    assert oldest[:9] == [*CAVES, "敦煌壁畫"]
    assert newest[:9] == oldest[:9][::-1]
    assert set(oldest[9:]) == set(newest[9:])


def test_pages_follow_each_other_without_gap_or_overlap_until_all_that_is_counted_was_there(
    shelf: Catalogue,
) -> None:
    pages = [shelf.ask("敦煌 云冈 安岳 重庆", size=3, page=page) for page in range(1, 6)]
    items = [item for page in pages for item in page.items]
    assert len({item.resource.id for item in items}) == len(items)
    counted = [item for item in items if not item.outside_tier]
    assert len(counted) == pages[0].total > 3
    assert [page.length for page in pages] == [len(items)] * 5
    assert len(items) <= len(counted) + 3
    assert [len(page.items) for page in pages[:3]] == [3, 3, 3]
    assert pages[-1].items == []


def test_the_parts_of_a_score_are_told_on_request_and_add_up(shelf: Catalogue) -> None:
    for item in shelf.ask("敦煌壁画", explain=True).items:
        assert item.explain is not None
        assert sum(item.explain.values()) == pytest.approx(item.score, abs=1e-5)
        assert item.legs
        for name, leg in item.legs.items():
            assert leg.rank >= 1
            assert leg.score * leg.weight == pytest.approx(item.explain[name], abs=1e-5)
    assert shelf.ask("敦煌壁画").items[0].explain is None is shelf.ask("敦煌壁画").items[0].legs


def test_the_vector_mode_knows_no_keywords_and_the_keyword_mode_no_vectors(shelf: Catalogue) -> None:
    for mode, silent in ((Mode.VECTOR, "keyword"), (Mode.KEYWORD, "vector")):
        items = shelf.ask("敦煌壁画", mode=mode, explain=True).items
        assert items
        assert {item.explain[silent] for item in items if item.explain} == {0.0}


def test_a_withdrawal_takes_effect_before_the_index_follows(catalogue: Catalogue) -> None:
    gone = add(catalogue.database, "云冈石窟")
    add(catalogue.database, "龙门石窟")
    catalogue.build()
    step(catalogue.database, gone, Step.WITHDRAW)
    assert catalogue.titles("石窟") == ["龙门石窟"]
    assert catalogue.titles("云冈石窟") == ["龙门石窟"]
    assert [s.text for s in catalogue.search.suggest("云", 5)] == []
    catalogue.indexer.follow_once()
    assert catalogue.ask("石窟").total == 1


def test_a_changed_record_is_found_by_what_it_says_now(catalogue: Catalogue) -> None:
    made = add(catalogue.database, "云冈石窟")
    catalogue.build()
    revise(catalogue.database, made, document("龙门石窟"))
    catalogue.indexer.follow_once()
    assert catalogue.ask("云冈").total == 0
    assert catalogue.ask("龙门").total == catalogue.ask().total == 1


def test_without_an_active_index_the_answer_says_what_to_do(catalogue: Catalogue) -> None:
    with pytest.raises(Unavailable, match="`wenmai index build --activate`"):
        catalogue.ask("云冈")
    with pytest.raises(Unavailable):
        catalogue.search.ready()


def test_of_a_facet_with_many_values_the_commonest_are_told_and_the_selected(
    shelf: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [value.value for value in shelf.ask("", facets=FACETS).facets["institution"]]
    assert len(every) > 1
    monkeypatch.setattr(facets, "_FACET_VALUES", 1)
    told = shelf.ask("", facets=FACETS, filters=Filters({"institution": (every[-1],)})).facets["institution"]
    assert [value.value for value in told] == [every[0], every[-1]]


def test_a_time_raises_what_is_of_it_even_where_its_words_do_not_say_so(catalogue: Catalogue) -> None:
    for title, year in (("青花瓷瓶", "1760"), ("青花瓷盘", "1350"), ("青花瓷碗", "1905")):
        add(catalogue.database, title, dates=[{"edtf": year}])
    add(catalogue.database, "乾隆御窑青花", description="今人所著")
    catalogue.build()
    answer = catalogue.ask("乾隆时期的青花", explain=True)
    assert {item.resource.title for item in answer.items[:2]} == {"青花瓷瓶", "乾隆御窑青花"}
    assert answer.interpreted_as["periods"] == [{"text": "乾隆时期", "from": 1736, "to": 1795}]
    parts = {item.resource.title: item.explain for item in answer.items}
    assert parts["青花瓷瓶"]["period"] > 0 == parts["青花瓷盘"]["period"]
    assert "periods" not in catalogue.ask('"乾隆" 青花').interpreted_as


def test_a_time_never_lets_in_what_a_filter_keeps_out(catalogue: Catalogue) -> None:
    add(catalogue.database, "青花瓷瓶", dates=[{"edtf": "1760"}])
    catalogue.build()
    assert catalogue.titles("乾隆时期的青花", filters=Filters(year_from=1800)) == []


def test_a_class_number_finds_the_call_numbers_below_it(catalogue: Catalogue) -> None:
    for title, number in (("红楼梦", "I242.4/12"), ("三体", "I247.55/3"), ("茶经", "TS971/5")):
        add(catalogue.database, title, identifiers=[{"scheme": "call_number", "value": number}])
    catalogue.build()
    answer = catalogue.ask("I24")
    assert (answer.tier, answer.total) == ("identifier", 2)
    assert catalogue.ask("I242").total == 1
    assert catalogue.ask("I99").tier != "identifier"


def test_an_isbn_with_a_wrong_check_digit_is_told(shelf: Catalogue) -> None:
    answer = shelf.ask("9787101003049")
    assert answer.interpreted_as["wrong_check_digit"] == "9787101003049"
    assert answer.total == shelf.ask("978-7-101-00304-9").total == 0
    assert "wrong_check_digit" not in shelf.ask("9787101003048").interpreted_as


def test_an_index_of_another_embedding_answers_and_is_told(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    add(catalogue.database, "莫高窟")
    generation = catalogue.build()
    with catalogue.database.write() as session:
        session.execute(update(GenerationRow).values(fingerprint="another"))
    assert catalogue.titles("莫高窟") == ["莫高窟"]
    assert f"{generation.id} was built by another configuration" in caplog.text


def test_a_long_word_that_nothing_has_in_one_piece_is_counted_by_its_parts(catalogue: Catalogue) -> None:
    add(catalogue.database, "历史与艺术博物馆")
    add(catalogue.database, "历史地图")
    catalogue.build()
    answer = catalogue.ask("历史博物馆")
    assert (answer.tier, answer.total) == ("all", 1)
    assert answer.items[0].resource.title == "历史与艺术博物馆"
    add(catalogue.database, "历史博物馆")
    catalogue.build()
    assert catalogue.ask("历史博物馆").total == 1


def test_a_question_about_a_single_character_is_answered(shelf: Catalogue) -> None:
    assert shelf.ask("窟什么").total > 0


def test_one_resource_with_several_of_many_words_says_more_than_any_with_others(catalogue: Catalogue) -> None:
    for title in ("青铜铭文", "敦煌石窟", "敦煌石窟艺术", "石窟壁画"):
        add(catalogue.database, title)
    catalogue.build()
    found = catalogue.ask("青铜 铭文 敦煌 石窟")
    assert (found.tier, found.total) == ("half", 1)
    assert found.interpreted_as["dropped"] == ["敦煌", "石窟"]


def test_a_service_that_is_ready_has_read_names_before_the_first_search(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue.database, "敦煌遗书")
    catalogue.build()
    read = Mock(side_effect=institutions.names)
    monkeypatch.setattr(institutions, "names", read)
    catalogue.search.ready()
    assert read.call_count == 1
    catalogue.ask("敦煌")
    assert read.call_count == 1


def test_of_one_work_the_edition_that_is_called_just_what_was_typed_is_shown(catalogue: Catalogue) -> None:
    titles = [{"value": "桃花扇傳奇", "type": "main"}, {"value": "桃花扇", "type": "alternative"}]
    add(catalogue.database, "桃花扇傳奇", titles=titles, work_id="taohuashan", description="桃花扇 桃花扇")
    add(catalogue.database, "桃花扇", work_id="taohuashan", description="又是很长的说明" * 9)
    catalogue.build()
    (item,) = catalogue.ask("桃花扇").items
    assert item.resource.title == "桃花扇"
