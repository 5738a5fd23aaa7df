from __future__ import annotations

from support import Catalogue, add

from search.query import Filters


def test_what_has_a_code_is_counted_by_its_word_and_offered_as_a_filter_where_that_narrows(
    catalogue: Catalogue,
) -> None:
    add(catalogue.database, "A Dream of Red Mansions", languages=["eng"])
    add(catalogue.database, "英文书目")
    add(catalogue.database, "红楼梦", languages=["zho"])
    catalogue.build()
    answer = catalogue.ask("英文书")
    assert answer.total == 2
    offered = {"text": "英文", "facet": "language", "value": "eng", "total": 1}
    assert answer.interpreted_as["filters"] == [offered]
    narrowed = catalogue.ask("英文书", filters=Filters({"language": ("eng",)}))
    assert [item.resource.title for item in narrowed.items if not item.outside_tier] == [
        "A Dream of Red Mansions"
    ]
    assert "filters" not in narrowed.interpreted_as
    # Of these all have the code.
    mansions = catalogue.ask("英文 Mansions")
    assert mansions.total == 1
    assert "filters" not in mansions.interpreted_as


def test_a_word_made_of_others_that_nothing_has_is_found_without_the_one_that_says_its_kind(
    catalogue: Catalogue,
) -> None:
    add(catalogue.database, "剪纸")
    add(catalogue.database, "铁路")
    catalogue.build()
    assert catalogue.titles("剪纸艺术")[0] == "剪纸"
    assert catalogue.ask("剪纸艺术").total == 1
    assert catalogue.ask("滇越铁路").total == 0


def test_of_keywords_typed_apart_one_resource_with_all_is_enough(catalogue: Catalogue) -> None:
    for title in ("国破山河在，城春草木深", "国破山河", *(f"山河草木{n}" for n in range(12))):
        add(catalogue.database, title)
    catalogue.build()
    answer = catalogue.ask("国破 山河 草木 深")
    assert (answer.tier, answer.total) == ("all", 1)


def test_a_call_number_finds_its_book_or_else_its_class_and_beside_words_what_is_of_both(
    catalogue: Catalogue,
) -> None:
    for title, number in (
        ("水浒传", "I242.4/1"),
        ("西游记", "I242.4"),
        ("三体", "I247.5"),
        ("三体4/1", "K87"),
    ):
        add(catalogue.database, title, identifiers=[{"scheme": "local", "value": number}])
    catalogue.build()
    assert catalogue.titles("I242.4/1") == ["水浒传"]
    assert set(catalogue.titles("I242.4/77")) == {"水浒传", "西游记"}
    assert catalogue.ask("I999.4/1").total == 0
    of_both = catalogue.ask("I247 三体")
    assert (of_both.total, of_both.items[0].resource.title) == (1, "三体")


def test_that_it_is_material_at_all_is_left_out_before_a_name_and_a_place(catalogue: Catalogue) -> None:
    for title in ("敦煌遗书", "苏州古典园林", "苏州评弹", "统计资料", "北京照片"):
        add(catalogue.database, title)
    catalogue.build()
    for text, dropped in (("敦煌资料", "资料"), ("苏州的照片", "照片"), ("苏州园林的资料", "资料")):
        assert catalogue.ask(text).interpreted_as["dropped"] == [dropped], text
    assert catalogue.ask("北京照片").total == 1


def test_what_is_called_the_last_word_leads_where_places_stand_before_it(catalogue: Catalogue) -> None:
    for title in ("五台山南山寺", "佛光寺", "佛光寺大殿", "佛光寺图", "佛光寺塔"):
        add(catalogue.database, title)
    catalogue.build()
    assert catalogue.titles("五台山佛光寺")[0] == "佛光寺"


def test_a_word_that_another_one_falls_into_counts_once(catalogue: Catalogue) -> None:
    for title in ("剪纸", "电影剪纸", "拓扑学"):
        add(catalogue.database, title)
    catalogue.build()
    answer = catalogue.ask("剪纸艺术 剪纸 电影 拓扑学")
    assert answer.interpreted_as["dropped"] == ["艺术", "电影"]
    # 剪纸 and 剪纸 would be two words of one resource.
    assert answer.total == 3


def test_one_that_has_all_syllables_of_a_text_is_meant_with_tones_or_without(catalogue: Catalogue) -> None:
    for title in ("马踏飞燕", "燕飞踏青", "飞马与燕", "马燕飞传", "燕马图", "飞马"):
        add(catalogue.database, title)
    catalogue.build()
    for typed in ("ma ta fei yan", "mǎ tà fēi yàn"):
        found = catalogue.ask(typed)
        assert (found.tier, found.interpreted_as.get("dropped")) == ("all", None), typed
