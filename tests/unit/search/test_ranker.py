from __future__ import annotations

from typing import Any

import pytest
from support import Catalogue, add

from search import ranker
from search.embedded.engine import EmbeddedEngine
from search.engine import Hit
from search.query import FIRST, Filters, Mode, QueryError, Sort

HOUSES = ("nlc", "suzhou")


def novel(catalogue: Catalogue, title: str, maker: str, **fields: Any) -> str:
    made = {"contributors": [{"name": maker, "role": "author"}], "publisher": "人民文学出版社"}
    return add(catalogue.database, title, **made | fields).id


@pytest.fixture
def novels(catalogue: Catalogue) -> Catalogue:
    """Six editions of one novel in two scripts, another book of that title, a film of it, and a book about it."""
    for number in range(6):
        title = "红楼梦" if number % 2 else "紅樓夢"
        novel(catalogue, title, "曹雪芹", house=HOUSES[number % 2], edition=f"第{number}版")
    novel(catalogue, "红楼梦", "佚名")
    novel(catalogue, "红楼梦", "曹雪芹", kind="audiovisual")
    novel(catalogue, "红楼梦魇", "张爱玲")
    catalogue.build()
    return catalogue


@pytest.mark.parametrize("mode", Mode)
def test_editions_of_one_work_do_not_fill_the_page(novels: Catalogue, mode: Mode) -> None:
    items = novels.ask("红楼梦", mode=mode).items
    assert sorted(item.other_editions for item in items) == [0, 0, 0, 5]
    assert [item.resource.title for item in items].count("红楼梦魇") == 1


def test_the_editions_of_a_work_are_listed_on_demand(novels: Catalogue) -> None:
    (first,) = [item for item in novels.ask("红楼梦").items if item.other_editions]
    asked = novels.ask(editions_of=first.resource.id)
    assert asked.total == len(asked.items) == 6
    assert all(item.resource.kind == "book" and not item.other_editions for item in asked.items)
    assert 1 <= novels.ask("红楼梦", editions_of=first.resource.id).total <= 6
    within = novels.ask("曹雪芹", editions_of=first.resource.id).items
    assert {item.resource.id for item in within} == {item.resource.id for item in asked.items}


def test_a_sorted_list_leaves_no_edition_out(novels: Catalogue) -> None:
    listed = novels.ask("红楼梦", sort=Sort.TITLE)
    assert len(listed.items) == novels.ask("红楼梦").total == 9
    walked = novels.ask("红楼梦", cursor=FIRST)
    assert not any(item.other_editions for item in (*listed.items, *walked.items, *novels.ask().items))


def test_editions_of_an_unknown_record_are_refused_by_name(novels: Catalogue) -> None:
    with pytest.raises(QueryError, match="no published resource 'nobody'") as error:
        novels.ask(editions_of="nobody")
    assert error.value.field == "editions_of"


def test_other_works_follow_although_one_work_has_more_editions_than_candidates(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranker, "CANDIDATES", 5)
    for _ in range(12):
        novel(catalogue, "红楼梦", "曹雪芹")
    for number in range(3):
        novel(catalogue, f"红楼梦研究之{number}", "胡适")
    catalogue.build()
    items = catalogue.ask("红楼梦", size=4).items
    assert [item.other_editions for item in items] == [11, 0, 0, 0]


def test_where_a_word_is_left_out_what_has_the_others_is_on_the_first_page(catalogue: Catalogue) -> None:
    for number in range(12):
        novel(
            catalogue, f"游记之{number}", "王维", description="重阳登高，" + "山中所见所闻，一一记之。" * 40
        )
    for number in range(30):
        novel(catalogue, f"江村之{number}", "杜甫")
    catalogue.build()
    answer = catalogue.ask("登高 杜甫", size=10)
    assert (answer.tier, answer.interpreted_as["dropped"], answer.total) == ("half", ["杜甫"], 12)
    assert [item.outside_tier for item in answer.items].count(False) >= 5


def test_of_equal_records_one_that_is_on_loan_comes_behind(catalogue: Catalogue) -> None:
    add(catalogue.database, "敦煌遗书", availability={"status": "on_loan"})
    there = add(catalogue.database, "敦煌遗书", availability={"status": "available"})
    catalogue.build()
    assert catalogue.ask("敦煌遗书").items[0].resource.id == there.id


def test_of_a_time_alone_what_began_then_comes_first_then_what_is_hardly_wider(catalogue: Catalogue) -> None:
    for title, edtf in (
        ("光绪二十三年见闻", "1950"),
        ("甲", "1897"),
        ("乙", "1890/1899"),
        ("丙", "1644/1911"),
    ):
        add(catalogue.database, title, dates=[{"edtf": edtf}])
    catalogue.build()
    titles = catalogue.titles("1897年", mode=Mode.KEYWORD)
    assert titles.index("甲") < titles.index("乙") < titles.index("丙")


def test_of_a_time_and_a_kind_alone_what_is_both_comes_first(catalogue: Catalogue) -> None:
    add(catalogue.database, "三十年代电影史", dates=[{"edtf": "2004"}])
    film = {"kind": "audiovisual", "content_types": ["film"]}
    add(catalogue.database, "神女", dates=[{"edtf": "1934"}], **film)
    add(
        catalogue.database,
        "霸王别姬",
        description="三十年代的故事",
        dates=[{"edtf": "1993"}],
        **film,
    )
    add(catalogue.database, "子夜", dates=[{"edtf": "1933"}])
    catalogue.build()
    assert catalogue.titles("三十年代电影")[0] == "神女"


def test_a_place_beside_other_words_brings_up_what_is_there(catalogue: Catalogue) -> None:
    there = [{"gb2260": "330600", "name": "绍兴市"}]
    add(catalogue.database, "绍兴酒", description="酒")
    add(catalogue.database, "会稽府志", description="府志", places=there)
    add(catalogue.database, "八字桥", kind="heritage", heritage_type="site", description="石桥", places=there)
    for number in range(12):
        add(catalogue.database, f"第{number}座桥", kind="heritage", heritage_type="site", description="石桥")
    catalogue.build()
    assert catalogue.titles("绍兴 石桥")[0] == "八字桥"


def test_what_has_all_words_comes_before_what_has_more_of_one(catalogue: Catalogue) -> None:
    add(catalogue.database, "茶经", description="茶经，饮茶之书，茶史")
    add(catalogue.database, "茶与建筑", description="讲饮茶，也讲建筑")
    for number in range(12):
        add(catalogue.database, f"建筑史{number}", description="建筑，古建筑")
    catalogue.build()
    answer = catalogue.ask("饮茶 建筑", mode=Mode.KEYWORD)
    assert answer.items[0].resource.title == "茶与建筑"


@pytest.mark.parametrize(
    ("text", "loosely"), [("敦煌石窟壁画的保护", [False]), ("敦煌石窟壁画与不存在之物", [False, True])]
)
def test_a_text_whose_words_some_resource_has_is_not_ranked_loosely_however_little_the_first_cover(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, text: str, loosely: list[bool]
) -> None:
    add(catalogue.database, "敦煌石窟壁画的保护")
    catalogue.build()
    asked: list[bool] = []
    rank = EmbeddedEngine.rank

    def noted(engine: EmbeddedEngine, *what: Any, loosely: bool = False) -> list[Hit]:
        asked.append(loosely)
        return rank(engine, *what, loosely=loosely)

    monkeypatch.setattr(EmbeddedEngine, "coverage", lambda *_: 0.0)
    monkeypatch.setattr(EmbeddedEngine, "rank", noted)
    catalogue.ask(text, mode=Mode.KEYWORD)
    assert asked == loosely


def test_all_of_the_tier_is_on_some_page_and_a_page_at_most_of_what_is_outside(catalogue: Catalogue) -> None:
    for number in range(30):
        add(catalogue.database, f"石窟之{number}", description="佛教艺术，雕塑与壁画，" * (number % 5))
    for number in range(40):
        add(catalogue.database, f"石与窟{number}", description="石头，洞窟，岩石")
    catalogue.build()
    pages = [catalogue.ask("石窟", size=10, page=page) for page in range(1, 6)]
    items = [item for page in pages for item in page.items]
    assert sum(not item.outside_tier for item in items) == pages[0].total == 30
    assert sum(item.outside_tier for item in items) <= 10
    assert [page.length for page in pages] == [len(items)] * 5
    assert len({item.resource.id for item in items}) == len(items)


def test_pages_follow_each_other_far_behind_the_candidates(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranker, "CANDIDATES", 10)
    monkeypatch.setattr(ranker, "_SHORTLIST", 6)
    for number in range(60):
        add(catalogue.database, f"石窟之{number}", description="佛教艺术，雕塑与壁画，" * (number % 7))
    for number in range(20):
        add(catalogue.database, f"石与窟{number}", description="石头，洞窟，岩石")
    catalogue.build()
    for mode in (Mode.HYBRID, Mode.KEYWORD):
        pages = [catalogue.ask("石窟", size=4, page=page, mode=mode) for page in range(1, 20)]
        shown = [item.resource.id for page in pages for item in page.items]
        assert len(set(shown)) == len(shown)
        assert sum(not item.outside_tier for page in pages for item in page.items) == pages[0].total == 60
        # Known once the end was seen, and before that no less.
        assert pages[-1].length == len(shown) <= min(page.length for page in pages)


def test_an_exact_title_is_first_among_what_meets_an_expression(catalogue: Catalogue) -> None:
    for title in ("敦煌敦煌敦煌", "敦煌", "敦煌临摹"):
        add(catalogue.database, title)
    catalogue.build()
    assert catalogue.titles("题名:敦煌")[0] == "敦煌"
    assert catalogue.titles("敦煌 -临摹")[0] == "敦煌"
    assert "敦煌临摹" not in catalogue.titles("敦煌 -临摹")
    assert catalogue.titles("敦煌 -敦煌") == []


def test_what_is_called_just_so_comes_before_what_has_more_in_brackets(catalogue: Catalogue) -> None:
    add(catalogue.database, "西游记（电视剧）", description="西游记，西游记的故事，西游记")
    add(catalogue.database, "西游记", description="明代小说")
    catalogue.build()
    assert catalogue.titles("西游记") == ["西游记", "西游记（电视剧）"]


def test_what_somebody_made_comes_before_what_is_about_them(catalogue: Catalogue) -> None:
    add(catalogue.database, "钱锺书的学问与人生", description="钱锺书，钱锺书与杨绛")
    add(catalogue.database, "围城", contributors=[{"name": "钱锺书", "role": "author"}])
    add(catalogue.database, "我们仨", description="钱锺书的妻子写钱锺书，写女儿")
    catalogue.build()
    items = catalogue.ask("钱钟书", explain=True).items
    assert items[0].resource.title == "围城"
    assert {i.resource.title for i in items if i.explain and i.explain["maker"]} == {"围城"}


def test_what_is_of_a_time_alone_comes_before_what_began_in_it(catalogue: Catalogue) -> None:
    add(catalogue.database, "山水图（一）", dates=[{"edtf": "0700/1900"}])
    add(catalogue.database, "山水图（二）", dates=[{"edtf": "0700/0800"}])
    catalogue.build()
    assert catalogue.titles("唐代山水图", mode=Mode.KEYWORD) == ["山水图（二）", "山水图（一）"]


def test_the_number_of_a_part_brings_up_that_part(catalogue: Catalogue) -> None:
    add(catalogue.database, "三体", description="读者 2 万")
    add(catalogue.database, "三体Ⅱ·黑暗森林", description="科幻小说")
    catalogue.build()
    assert catalogue.titles("三体2")[0] == "三体Ⅱ·黑暗森林"


def test_any_book_and_nothing_else_is_meant_by_the_word_for_books(catalogue: Catalogue) -> None:
    add(catalogue.database, "中国茶经", kind="book")
    add(catalogue.database, "茶碗", kind="heritage", heritage_type="object", description="有书款")
    catalogue.build()
    answer = catalogue.ask("茶 书")
    assert [item.resource.title for item in answer.items if not item.outside_tier] == ["中国茶经"]
    assert catalogue.ask("茶 小说").tier == "any"
    # Of an author who is not here there is no book.
    assert catalogue.ask("金庸的书").total == 0


def test_a_film_counts_though_its_record_does_not_say_so(catalogue: Catalogue) -> None:
    add(catalogue.database, "神女", kind="audiovisual", content_types=["film"], description="上海")
    add(catalogue.database, "上海老歌", kind="audiovisual", content_types=["music"])
    catalogue.build()
    answer = catalogue.ask("上海电影")
    assert [item.resource.title for item in answer.items if not item.outside_tier] == ["神女"]


def test_a_thing_is_found_by_the_exact_one_of_its_dates(catalogue: Catalogue) -> None:
    add(catalogue.database, "宫", dates=[{"edtf": "1420"}, {"edtf": "1368/1911", "dynasty": "ming"}])
    add(catalogue.database, "殿", dates=[{"edtf": "1368/1644", "dynasty": "ming"}])
    catalogue.build()
    assert catalogue.ask("1420年").total == catalogue.ask("永乐十八年").total == 1
    # What is dated by the dynasty alone is none of its first reign.
    assert catalogue.ask("洪武年间").total == 0
    assert catalogue.ask("明代").total == 2


def test_a_line_typed_by_its_sound_is_counted_alone_and_first(catalogue: Catalogue) -> None:
    for number in range(ranker._SHORTLIST + 5):
        add(catalogue.database, f"长安花 {number}", description="一日 看尽 长安 花")
    poem = "昔日齷齪不足誇，今朝放蕩思無涯。春風得意馬蹄疾，一日看盡長安花。"
    add(catalogue.database, "登科後", description=poem)
    catalogue.build()
    for typed in ("yi ri kan jin chang an hua", "yirikanjinchanganhua"):
        answer = catalogue.ask(typed)
        assert (answer.total, answer.items[0].resource.title) == (1, "登科後"), typed


def test_the_vector_leg_looks_for_more_only_where_what_it_finds_could_come_up(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(110):
        add(catalogue.database, f"敦煌壁画研究 {number}")
    catalogue.build()
    asked: list[str] = []
    nearest = EmbeddedEngine.nearest

    def noted(self: EmbeddedEngine, *parameters: Any) -> list[Hit]:
        asked.append("nearest")
        return nearest(self, *parameters)

    monkeypatch.setattr(EmbeddedEngine, "nearest", noted)
    answer = catalogue.ask("敦煌壁画研究", explain=True)
    assert asked == []
    assert all("vector" in (item.legs or {}) for item in answer.items)
    catalogue.ask("敦煌的石头与沙子为什么是黄色的")
    assert asked == ["nearest"]
    catalogue.ask("敦煌壁画研究", mode=Mode.VECTOR)
    assert asked == ["nearest", "nearest"]


def test_what_bears_the_name_of_a_dynasty_is_of_it_and_not_what_is_of_its_years(catalogue: Catalogue) -> None:
    for title, date in (
        ("白塔", {"edtf": "0916/1125", "dynasty": "liao"}),
        ("木塔", {"edtf": "1056", "dynasty": "liao"}),
        ("铁塔", {"edtf": "1049", "dynasty": "northern_song"}),
        ("石塔", {"edtf": "0916/1911"}),
    ):
        add(catalogue.database, title, dates=[date])
    catalogue.build()
    answer = catalogue.ask("辽代")
    assert {i.resource.title for i in answer.items if not i.outside_tier} == {"白塔", "木塔", "石塔"}
    assert answer.total == 3
    assert catalogue.titles("辽代 塔", mode=Mode.KEYWORD)[-1] == "铁塔"


def test_a_dynasty_that_is_typed_gives_nothing_that_a_filter_keeps_out(catalogue: Catalogue) -> None:
    add(catalogue.database, "白塔", dates=[{"edtf": "0916/1125", "dynasty": "liao"}])
    add(catalogue.database, "辽代风格的塔", dates=[{"edtf": "1980", "dynasty": "prc"}])
    catalogue.build()
    found = catalogue.ask("辽代", filters=Filters({"period": ("prc",)}))
    assert [item.resource.title for item in found.items] == ["辽代风格的塔"]


def test_a_number_beside_words_brings_up_what_bears_it(catalogue: Catalogue) -> None:
    for number in range(5):
        add(catalogue.database, f"鲁迅全集第{number}卷", description="鲁迅全集")
    sought = add(
        catalogue.database, "石头记汇校本", identifiers=[{"scheme": "isbn", "value": "9787020002207"}]
    )
    catalogue.build()
    assert catalogue.ask("鲁迅全集 9787020002207").items[0].resource.id == sought.id
    # What is excluded does not come back by its number.
    excluded = catalogue.ask("9787020002207 NOT 石头记")
    assert (excluded.total, excluded.items) == (0, [])


def test_a_place_is_offered_once_under_whatever_names(catalogue: Catalogue) -> None:
    add(catalogue.database, "北京北平胡同", places=[{"name": "北京市", "gb2260": "110000"}])
    catalogue.build()
    offered = catalogue.ask("北平 北京 胡同").interpreted_as["filters"]
    assert [(one["facet"], one["value"]) for one in offered] == [("region", "110000")]


def test_pages_by_meaning_follow_each_other_beyond_what_is_weighed(catalogue: Catalogue) -> None:
    for number in range(160):
        add(catalogue.database, f"苏州的园林与石头{number}", dates=[{"edtf": str(1800 + number % 9)}])
    catalogue.build()
    pages = [catalogue.ask("苏州园林 1805年", mode=Mode.VECTOR, size=20, page=page) for page in range(1, 9)]
    found = [item.resource.number for page in pages for item in page.items]
    assert len(found) == len({*found}) == 160


def test_a_single_character_has_no_meaning_to_look_for_on_any_page(catalogue: Catalogue) -> None:
    add(catalogue.database, "苏州园林")
    catalogue.build()
    for page in (1, 2):
        assert not catalogue.ask("园", mode=Mode.VECTOR, size=20, page=page).items
