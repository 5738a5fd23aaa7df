from __future__ import annotations

import pytest
from reading_room import CAVES, ReadingRoom, name_of
from support import add, step

from catalog import institutions
from catalog.lifecycle import Step
from recommend.candidates.crowd import Crowd
from recommend.candidates.finder import Finder
from recommend.likeness.declared import Declared
from recommend.likeness.middles import Middles, MiddlesInUse
from recommend.reasons import ReasonType
from search.query import Filters

PARTING = [{"label": "送别"}]
# The twenty books of the reading room are all alike.
ALL_ALIKE = Middles({}, 0.5, 0.6, 0.75)


def test_what_is_similar_goes_across_kinds(room: ReadingRoom) -> None:
    found = room.services.recommendation.similar(room.item("石窟寺"), 4)
    assert {"virtual", "audiovisual", "book"} <= {one.resource.kind for one in found}


def test_no_other_kind_stands_beside_a_resource_that_it_has_hardly_anything_of(room: ReadingRoom) -> None:
    verse = "渭城朝雨浥轻尘，客舍青青柳色新"
    poems = [
        add(room.database, f"送{name * 2}", description=verse, subjects=PARTING)
        for name in map(chr, range(0x4E94, 0x4EC4))
    ]
    add(room.database, "罗布泊烽燧", kind="heritage", description="柳色")
    room.services.indexer.follow_once()
    beside = room.services.recommendation.similar(poems[0], 8)
    assert {one.resource.kind for one in beside} == {"book"}


def test_what_is_alike_comes_before_what_is_but_new(room: ReadingRoom) -> None:
    for number in range(4):
        add(room.database, f"石窟图录第{number}册", description="石窟", subjects=CAVES)
    room.grow_old()
    for number in range(10):
        add(room.database, f"新书第{number}种", description="新到")
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    reasons = [one.reason.type for one in room.recommend(session=(room.item("石窟寺").id,), size=6)]
    assert reasons.count(ReasonType.NEW) == 1


def test_where_a_filter_keeps_out_what_is_near_the_nearest_that_passes_comes_first(room: ReadingRoom) -> None:
    verse = "渭城朝雨浥轻尘，客舍青青柳色新"
    poems = [
        add(room.database, f"送{name * 2}", description=verse, subjects=PARTING)
        for name in map(chr, range(0x4E94, 0x4EC4))
    ]
    add(room.database, "阳关图", kind="heritage", description="客舍青青柳色新", subjects=PARTING)
    for number in range(30):
        add(room.database, f"新石器第{number}件", kind="heritage", description="石器")
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    first, *_ = room.recommend(session=(poems[0].id,), size=6, filters=Filters({"kind": ("heritage",)}))
    assert (first.resource.title, first.reason.type) == ("阳关图", ReasonType.SAME_SUBJECT)


def test_other_works_of_a_maker_come_up_though_they_are_not_alike(room: ReadingRoom) -> None:
    maker = {"contributors": [{"name": "老舍", "role": "author"}]}
    first = add(room.database, "茶馆", description="话剧", **maker)
    add(room.database, "牛天赐传", description="小说一部", **maker)
    for number in range(60):
        add(room.database, f"剧本第{number}种", description="话剧")
    room.services.indexer.follow_once()
    for beside in (
        room.services.recommendation.similar(first, 8),
        room.recommend(session=(first.id,), size=8),
    ):
        reasons = {one.resource.title: one.reason.type for one in beside}
        assert reasons["牛天赐传"] is ReasonType.SAME_CREATOR


def by(name: str, role: str = "author", **more: str) -> dict[str, list[dict[str, str]]]:
    return {"contributors": [{"name": name, "role": role, **more}]}


def test_a_makers_work_names_what_that_maker_made_and_no_namesake_comes(room: ReadingRoom) -> None:
    temples = add(room.database, "寺庙与佛教建筑", description="寺庙", **by("梁思成"))
    camel = add(room.database, "骆驼祥子", description="车夫", **by("老舍"))
    temple = add(room.database, "大悲寺外", description="寺庙", **by("老舍"))
    add(room.database, "物流管理", description="运输", **by("老舍", dynasty="tang"))
    portrait = add(room.database, "作家肖像", description="肖像", **by("老舍", "subject"))
    room.services.indexer.follow_once()
    found = {one.resource.id: one.reason for one in room.recommend(session=(temples.id, camel.id), size=30)}
    assert found[temple.id].because is not None
    assert (found[temple.id].type, found[temple.id].because.id) == (ReasonType.SAME_CREATOR, camel.id)
    assert portrait.id not in found or found[portrait.id].type is not ReasonType.SAME_CREATOR


@pytest.mark.parametrize("how", ["dismissed", "withdrawn"])
def test_what_is_not_wanted_or_not_public_brings_up_no_other_work_of_its_maker(
    room: ReadingRoom, how: str
) -> None:
    family = add(room.database, "家", description="成都", **by("巴金"))
    night = add(room.database, "寒夜", description="重庆", **by("巴金"))
    room.services.indexer.follow_once()
    if how == "dismissed":
        room.use(1, family, kind="dismissed")
    else:
        step(room.database, family, Step.WITHDRAW)
    visit = (family.id, room.item("石窟寺").id)
    reasons = {
        one.resource.id: one.reason.type for one in room.recommend(session=visit, subject=name_of(1), size=30)
    }
    assert reasons.get(night.id) is not ReasonType.SAME_CREATOR


def test_many_editions_of_one_work_do_not_keep_a_makers_other_works_away(room: ReadingRoom) -> None:
    editions = [
        add(room.database, f"四世同堂（{n}版）", description="胡同", work_id="one", **by("老舍"))
        for n in range(15)
    ]
    other = add(room.database, "猫城记", description="火星", **by("老舍"))
    room.services.indexer.follow_once()
    beside = {one.resource.id for one in room.services.recommendation.similar(editions[0], 8)}
    assert other.id in beside


def test_beside_a_collection_of_many_there_is_what_is_like_them(room: ReadingRoom) -> None:
    members = [add(room.database, f"石窟第{n}窟", description="石窟").id for n in range(60)]
    collection = add(
        room.database, "石窟专题", kind="collection", description="石窟", subjects=CAVES, members=members
    )
    room.services.indexer.follow_once()
    assert room.item("石窟全景").id in {
        one.resource.id for one in room.services.recommendation.similar(collection, 8)
    }


def test_what_was_used_last_has_its_share_though_the_rest_of_a_visit_is_of_another_interest(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MiddlesInUse, "now", lambda *_: ALL_ALIKE)
    novels = [
        add(room.database, f"武侠{name}", description="江湖侠客武功")
        for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
    ]
    room.use_together(novels[0], novels[1], range(5))
    room.services.indexer.follow_once()
    room.learn()
    visit = (room.item("石窟寺").id, *(novel.id for novel in novels[:4]))
    led = {one.reason.because.title for one in room.recommend(session=visit, size=6) if one.reason.because}
    assert "石窟寺" in led
    assert any(title.startswith("武侠") for title in led)


def test_each_of_three_interests_of_a_visit_has_a_place_among_six(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MiddlesInUse, "now", lambda *_: ALL_ALIKE)
    poems = [
        add(room.database, f"送{name}", description="渭城朝雨浥轻尘", subjects=PARTING)
        for name in "甲乙丙丁戊己"
    ]
    novels = [
        add(room.database, f"武侠{name}", description="江湖侠客武功") for name in "子丑寅卯辰巳午未申酉戌亥"
    ]
    room.services.indexer.follow_once()
    visit = tuple(one.id for one in (novels[0], poems[0], room.item("石窟寺")))
    for leading in (visit, visit[::-1], visit[1:] + visit[:1]):
        found = room.recommend(session=leading, size=6)
        assert {one.reason.because.id for one in found if one.reason.because} == {*visit}


def test_what_is_nearer_than_by_chance_is_of_one_interest(room: ReadingRoom) -> None:
    services = room.services
    trends = services.recommendation.trends()
    finder = Finder(None, services.search.engine(), Crowd(trends), services.hyperparameters, 10, ALL_ALIKE)
    caves, tour, book = room.item("石窟寺").number, room.item("石窟全景").number, room.books[0].number
    assert finder.strands([(caves,), (book, 7), (tour,), (999,)]) == {
        caves: caves, tour: caves, book: book, 7: book, 999: 999,
    }  # fmt: skip


def test_what_is_like_what_was_dismissed_comes_later(room: ReadingRoom) -> None:
    visit = (room.item("石窟寺").id,)
    room.use(1, room.item("石窟全景"), kind="dismissed")
    film = room.item("石窟纪录片").title
    before, after = (room.titles(session=visit, subject=name_of(reader), size=20) for reader in (2, 1))
    assert after.index(film) > before.index(film)


def test_one_dismissal_takes_less_from_what_is_alike_than_several(room: ReadingRoom) -> None:
    services = room.services
    trends = services.recommendation.trends()
    finder = Finder(None, services.search.engine(), Crowd(trends), services.hyperparameters, 10, ALL_ALIKE)
    caves = [room.item(title).number for title in ("石窟寺", "石窟全景", "石窟纪录片")]
    one = finder.away_from(caves[:1], caves[2:])
    both = finder.away_from(caves[:2], caves[2:])
    assert 1 > one[caves[2]] >= 0.5 > both[caves[2]]
    assert finder.away_from([], caves) == {}


def test_the_members_of_a_collection_are_not_called_similar_to_it(room: ReadingRoom) -> None:
    members = [room.item("石窟寺").id, room.item("石窟全景").id]
    collection = add(
        room.database, "石窟专题", kind="collection", description="石窟", subjects=CAVES, members=members
    )
    room.services.indexer.follow_once()
    beside = {one.resource.id for one in room.services.recommendation.similar(collection, 20)}
    assert room.item("石窟纪录片").id in beside
    assert beside.isdisjoint(members)


def test_what_bears_the_title_comes_up_beside_it_whatever_kind_it_is(room: ReadingRoom) -> None:
    novel = add(room.database, "红楼梦", description="小说")
    film = add(room.database, "红楼梦（电视剧）", kind="audiovisual", description="电视剧")
    room.services.indexer.follow_once()
    for reader in range(5):
        room.use(reader, novel, *room.books)
    room.learn()
    beside = room.services.recommendation.similar(novel, 9)
    (reason,) = (one.reason for one in beside if one.resource.id == film.id)
    assert reason.type is ReasonType.SAME_TITLE
    assert [one.resource.id for one in beside].index(film.id) < 6


def test_what_shares_subject_and_class_comes_before_what_is_but_near(room: ReadingRoom) -> None:
    gardens = {"subjects": [{"label": "造园"}], "clc": [{"number": "TU986.62"}]}
    first = add(room.database, "苏州古典园林", description="中国的建筑历史与艺术", **gardens)
    near = add(room.database, "中国建筑通史", description="中国的建筑历史与艺术", clc=[{"number": "TU98"}])
    same = add(room.database, "说园", description="小品文", **gardens)
    room.services.indexer.follow_once()
    beside = [one.resource.id for one in room.services.recommendation.similar(first, 8)]
    assert beside[:2] == [same.id, near.id]


def test_what_has_nothing_in_common_that_could_be_told_is_not_called_alike(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MiddlesInUse, "now", lambda *_: Middles({}, 0.5, 1.1, 1.1))
    monkeypatch.setattr("recommend.likeness.comparison._THE_SAME", 1.1)
    # Where a record declares nothing, the nearest is all that there is to go by.
    assert room.services.recommendation.similar(room.books[0], 8)
    monkeypatch.setattr(Declared, "says_something", True)
    beside = room.services.recommendation.similar(room.books[0], 8)
    assert beside == []
    caves = room.services.recommendation.similar(room.item("石窟寺"), 8)
    assert {one.resource.title[:2] for one in caves} == {"石窟"}


def test_of_several_the_one_that_shares_most_is_named(room: ReadingRoom) -> None:
    visit = (room.books[0].id, room.item("石窟寺").id, room.books[1].id)
    reasons = {one.resource.title: one.reason for one in room.recommend(session=visit, size=20)}
    because = reasons["石窟全景"].because
    assert because is not None
    assert because.title == "石窟寺"


def test_what_three_of_many_used_with_it_comes_after_what_shares_its_subject(room: ReadingRoom) -> None:
    temple, film = room.item("石窟寺"), room.item("石窟纪录片")
    room.use_together(temple, room.books[0], range(3))
    room.use_together(temple, room.books[1], range(100, 120))
    for reader in range(3, 8):
        room.use(reader, room.books[0])
    room.learn()
    titles = room.titles(session=(temple.id,), size=20)
    few, many = (titles.index(room.books[n].title) for n in (0, 1))
    assert many < titles.index(film.title) < few


def test_on_the_page_of_an_institution_a_history_leads_to_what_it_has(room: ReadingRoom) -> None:
    caves = [add(room.database, f"石窟图录第{n}册", description="石窟", subjects=CAVES) for n in range(90)]
    room.services.indexer.follow_once()
    found = room.recommend(session=(caves[0].id,), institution="suzhou", size=6)
    assert [one.resource.institution for one in found].count("suzhou") == 2
    assert {one.reason.type for one in found if one.resource.institution == "suzhou"} == {
        ReasonType.SAME_SUBJECT
    }


def test_on_the_page_of_a_new_institution_its_own_has_places_before_anybody_used_it(
    room: ReadingRoom,
) -> None:
    with room.database.write() as session:
        institutions.put(
            session, {"code": "qinghai", "name": "青海省图书馆", "type": "library", "region": "630104"}
        )
    for name in "甲乙丙丁戊":
        add(room.database, f"青海湖{name}", house="qinghai", description="青海")
    for reader in range(9):
        for book in room.books[:6]:
            room.use(reader, book)
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    found = room.recommend(institution="qinghai", size=6)
    assert [one.resource.institution for one in found].count("qinghai") >= 2


def test_on_the_page_of_an_institution_that_has_nothing_alike_its_province_has_places(
    room: ReadingRoom,
) -> None:
    with room.database.write() as session:
        for code in ("suzhou", "nanjing"):
            institutions.put(session, {"code": code, "name": code, "type": "museum", "region": "320000"})
    caves = [add(room.database, f"石窟图录第{n}册", description="石窟", subjects=CAVES) for n in range(90)]
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    found = room.recommend(session=(caves[0].id,), institution="nanjing", size=6)
    assert "suzhou" in {one.resource.institution for one in found}


def test_what_is_part_of_the_same_collection_is_found_however_unlike_it_is(room: ReadingRoom) -> None:
    first, *others = (
        add(room.database, title, description=text, part_of="王氏捐赠文库")
        for title, text in (("渔具图说", "江河渔具"), ("烘焙手册", "面包与蛋糕"), ("望远镜制作", "磨镜"))
    )
    room.services.indexer.follow_once()
    found = {one.resource.id: one.reason.type for one in room.services.recommendation.similar(first, 20)}
    assert {one.id: ReasonType.SAME_COLLECTION for one in others}.items() <= found.items()


def test_a_subject_that_contains_the_name_of_a_collection_is_not_taken_for_part_of_it(
    room: ReadingRoom,
) -> None:
    first = add(room.database, "渔具图说", description="江河渔具", part_of="王氏捐赠文库")
    about = add(room.database, "捐赠史", description="善举", subjects=[{"label": "王氏捐赠文库的历史"}])
    room.services.indexer.follow_once()
    assert about.id not in {one.resource.id for one in room.services.recommendation.similar(first, 20)}


def test_what_is_of_the_same_narrow_class_is_found_however_many_are_nearer(room: ReadingRoom) -> None:
    shelf = [{"number": "TU986.62"}]
    first = add(room.database, "说园", description="小品文", clc=shelf)
    same = add(room.database, "江南园林", description="测绘图", clc=shelf)
    for name in map(chr, range(0x4E94, 0x4EC4)):
        add(room.database, f"{name}园", description="小品文", subjects=[{"label": "随笔"}])
    room.services.indexer.follow_once()
    beside = {one.resource.id: one.reason for one in room.services.recommendation.similar(first, 60)}
    assert beside[same.id].group[0] == "clc"
