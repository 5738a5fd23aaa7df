from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from reading_room import ReadingRoom, name_of, sent
from support import add, step

from catalog import institutions
from catalog.clock import now
from catalog.errors import NotFound
from catalog.lifecycle import Step
from portal.reasons import reason_text
from recommend.reasons import ReasonType
from recommend.request import Context, Request, Scope
from search.embedded.engine import EmbeddedEngine
from search.query import Filters, QueryError


def test_a_catalogue_that_nobody_used_is_recommended_all_the_same(room: ReadingRoom) -> None:
    assert len(room.recommend(size=10)) == 10


def test_what_was_used_together_is_recommended_with_its_reason(room: ReadingRoom) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    found = room.recommend(session=(first.id,), size=5)
    assert found[0].resource.id == second.id
    assert found[0].reason.type is ReasonType.VIEWED
    assert found[0].reason.because is not None
    assert found[0].reason.because.id == first.id


def test_the_next_request_knows_of_a_readers_own_event(room: ReadingRoom) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    assert room.services.recommendation.recommend(Request(subject=name_of(77))).strategy == "general"
    room.use(77, first)
    found = room.services.recommendation.recommend(Request(subject=name_of(77)))
    assert found.strategy == "personal"
    assert found.items[0].resource.id == second.id


def test_what_was_seen_or_dismissed_is_left_out(room: ReadingRoom) -> None:
    first, second, third = room.books[:3]
    room.use_together(first, second, range(5))
    room.use_together(first, third, range(5, 10))
    room.learn()
    room.use(1, third, kind="dismissed")
    titles = room.titles(subject=name_of(1), size=100)
    assert not {first.title, second.title, third.title} & set(titles)


def test_what_is_shown_again_and_again_and_never_opened_is_left_out(room: ReadingRoom) -> None:
    room.show(room.books[0], days=room.services.hyperparameters.candidates.shown)
    # A page that draws its list anew shows the same once more.
    for count in range(room.services.hyperparameters.candidates.shown):
        room.send(sent(room.books[1].id, 1, "impression", id=f"drawn-anew-{count}"))
    titles = room.titles(subject=name_of(1), size=100)
    assert room.books[0].title not in titles
    assert room.books[1].title in titles


@pytest.mark.parametrize(
    "chosen",
    [{"personalised": False}, {"minor": True}, {"personalised": False, "liked": [("kind", "virtual")]}],
)
def test_one_who_wants_no_profile_gets_what_everybody_gets(
    room: ReadingRoom, chosen: dict[str, bool]
) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    room.use(9, first)
    room.choose(9, **chosen)
    asked = Request(subject=name_of(9), session=(first.id,), size=8)
    found = room.services.recommendation.recommend(asked)
    assert found.strategy == "general"
    assert [one.resource.id for one in found.items] == [one.resource.id for one in room.recommend(size=8)]


def test_a_single_request_can_be_made_without_personalisation(room: ReadingRoom) -> None:
    room.use(1, room.books[0])
    asked = Request(subject=name_of(1), session=(room.books[0].id,), personalised=False)
    assert room.services.recommendation.recommend(asked).strategy == "general"


def test_filters_let_nothing_else_pass(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    wanted = Filters({"kind": ("virtual", "heritage")})
    kinds = {one.resource.kind for one in room.recommend(session=(room.books[0].id,), filters=wanted)}
    assert kinds == {"virtual", "heritage"}


def test_what_is_similar_goes_across_kinds(room: ReadingRoom) -> None:
    found = room.services.recommendation.similar(room.item("石窟寺"), 4)
    assert {"virtual", "audiovisual", "book"} <= {one.resource.kind for one in found}


def test_no_other_kind_stands_beside_a_resource_that_it_has_hardly_anything_of(room: ReadingRoom) -> None:
    verse = "渭城朝雨浥轻尘，客舍青青柳色新"
    poems = [
        add(room.database, f"送{name * 2}", description=verse) for name in map(chr, range(0x4E94, 0x4EC4))
    ]
    add(room.database, "罗布泊烽燧", kind="heritage", description="柳色")
    room.services.indexer.follow_once()
    beside = room.services.recommendation.similar(poems[0], 8)
    assert {one.resource.kind for one in beside} == {"book"}


def test_what_is_alike_comes_before_what_is_but_new(room: ReadingRoom) -> None:
    for number in range(30):
        add(room.database, f"新书第{number}种", description="新到")
    room.services.indexer.follow_once()
    room.services.recommendation.forget_trends()
    reasons = [one.reason.type for one in room.recommend(session=(room.item("石窟寺").id,), size=6)]
    assert reasons.count(ReasonType.NEW) == 1


def test_where_a_filter_keeps_out_what_is_near_the_nearest_that_passes_comes_first(room: ReadingRoom) -> None:
    verse = "渭城朝雨浥轻尘，客舍青青柳色新"
    poems = [
        add(room.database, f"送{name * 2}", description=verse) for name in map(chr, range(0x4E94, 0x4EC4))
    ]
    add(room.database, "阳关图", kind="heritage", description="客舍青青柳色新")
    for number in range(30):
        add(room.database, f"新石器第{number}件", kind="heritage", description="石器")
    room.services.indexer.follow_once()
    room.services.recommendation.forget_trends()
    first, *_ = room.recommend(session=(poems[0].id,), size=6, filters=Filters({"kind": ("heritage",)}))
    assert (first.resource.title, first.reason.type) == ("阳关图", ReasonType.SIMILAR)


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
    collection = add(room.database, "石窟专题", kind="collection", description="石窟", members=members)
    room.services.indexer.follow_once()
    assert room.item("石窟全景").id in {
        one.resource.id for one in room.services.recommendation.similar(collection, 8)
    }


def test_what_was_used_last_has_its_share_though_the_rest_of_a_visit_is_of_another_interest(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The twenty books of this room are all alike.
    monkeypatch.setattr(EmbeddedEngine, "chance", lambda _: 0.5)
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


def test_what_is_like_what_was_dismissed_comes_later(room: ReadingRoom) -> None:
    visit = (room.item("石窟寺").id,)
    room.use(1, room.item("石窟全景"), kind="dismissed")
    film = room.item("石窟纪录片").title
    before, after = (room.titles(session=visit, subject=name_of(reader), size=20) for reader in (2, 1))
    assert after.index(film) > before.index(film)


def test_the_members_of_a_collection_are_not_called_similar_to_it(room: ReadingRoom) -> None:
    members = [room.item("石窟寺").id, room.item("石窟全景").id]
    collection = add(room.database, "石窟专题", kind="collection", description="石窟", members=members)
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


def test_local_stays_within_the_institution(room: ReadingRoom) -> None:
    found = room.services.recommendation.similar(room.item("石窟寺"), 10, Scope.LOCAL)
    assert {one.resource.institution for one in found} == {"suzhou"}


def test_what_was_withdrawn_a_moment_ago_is_not_recommended(room: ReadingRoom) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    step(room.database, second, Step.WITHDRAW)
    assert second.title not in room.titles(session=(first.id,), size=100)


def test_what_is_popular_at_an_institution_is_said_so(room: ReadingRoom) -> None:
    for reader in range(6):
        room.use(reader, room.books[4])
    room.learn()
    found = room.recommend(institution="nlc", size=1)[0]
    assert (found.resource.id, found.reason.type) == (room.books[4].id, ReasonType.POPULAR)
    assert found.reason.group == ("institution", "nlc")


def test_a_new_institution_begins_with_what_is_popular_at_others_of_its_type(room: ReadingRoom) -> None:
    houses = [("new-museum", "museum"), ("old-museum", "museum")]
    with room.database.write() as session:
        for code, kind in houses:
            institutions.put(session, {"code": code, "name": code, "type": kind})
    bronze = add(room.database, "铜器", kind="heritage", house="old-museum", heritage_type="object")
    for reader in range(4):
        room.use(reader, bronze)
        room.use(reader, room.books[4])
    room.services.recommendation.forget_trends()
    room.services.indexer.follow_once()
    found = room.recommend(institution="new-museum", size=2)
    assert found[0].resource.id == bronze.id
    assert found[0].reason.group == ("type", "museum")
    assert reason_text(found[0].reason, room.services, "zh") == "各博物馆藏品中受欢迎"


def test_one_subject_makes_nothing_popular(room: ReadingRoom) -> None:
    for count in range(50):
        room.send(sent(room.books[4].id, 1, id=f"flood-{count:05}"))
    room.learn()
    assert all(one.reason.type is not ReasonType.POPULAR for one in room.recommend(size=100))


def test_a_new_resource_is_near_what_it_is_like_before_anybody_used_it(room: ReadingRoom) -> None:
    panorama = room.item("石窟全景")
    added = add(room.database, "石窟新展", kind="virtual", description="石窟")
    room.services.indexer.follow_once()
    room.services.recommendation.forget_trends()
    assert added.title in room.titles(session=(panorama.id,), size=6)


def test_new_resources_inherit_what_was_learnt_of_their_like(room: ReadingRoom) -> None:
    panorama = next(one.resource for one in room.recommend(size=100) if one.resource.title == "石窟全景")
    room.use_together(panorama, room.books[0], range(8))
    room.learn()
    opened = room.services.recommendation.table()
    assert opened is not None
    table = opened[1]
    entries, weights = table.inherited(table.rows([room.books[0].number]))  # type: ignore[arg-type]
    heirs = dict(zip(table.numbers[entries].tolist(), weights.tolist(), strict=True))
    film = next(one.resource for one in room.recommend(size=100) if one.resource.title == "石窟纪录片")
    assert heirs[film.number] > 0


def test_an_unknown_item_is_an_error_and_an_unknown_id_of_a_visit_is_not(room: ReadingRoom) -> None:
    assert room.recommend(session=("01JF8Z6Q3V7W9X2Y4B5C6D7E8F", "nonsense"))
    with pytest.raises(NotFound):
        room.recommend(context=Context.ITEM, item="01JF8Z6Q3V7W9X2Y4B5C6D7E8F")


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 101}, {"item": "x"}, {"context": Context.ITEM}])
def test_a_request_out_of_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        Request(**wrong)  # type: ignore[arg-type]


def test_a_visit_of_a_million_counts_its_newest(room: ReadingRoom) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    visit = (first.id, *(f"{number:026d}" for number in range(1_000_000)))
    assert room.recommend(session=visit, size=1)[0].resource.id == second.id


def test_a_damaged_version_leaves_the_former_in_use(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    former = room.services.recommendation.table()
    room.use_together(room.books[2], room.books[3], range(5))
    room.learn()
    directory = room.services.versions.path(room.services.versions.active_id() or "")
    (directory / "subjects.npy").write_bytes(b"damaged")
    assert room.services.recommendation.table() is former
    assert room.recommend(session=(room.books[0].id,), size=1)[0].resource.id == room.books[1].id


def test_old_uses_make_less_popular_than_new_ones(room: ReadingRoom) -> None:
    ago = (now() - timedelta(days=50)).isoformat()
    for reader in range(6):
        room.send(sent(room.books[1].id, reader, at=ago))
        room.use(reader, room.books[2])
    room.learn()
    popular = room.services.recommendation.trends().popular[("all", "")]
    assert popular[room.books[2].number] == 1.0 > popular[room.books[1].number] > 0


def test_nothing_of_a_table_is_needed_to_answer(room: ReadingRoom, tmp_path: Path) -> None:
    assert room.services.recommendation.table() is None
    assert not (tmp_path / "recommendation" / "active").exists()
    assert room.recommend(session=(room.books[0].id,), size=3)


def test_the_newest_word_on_a_resource_counts(room: ReadingRoom) -> None:
    ago = (now() - timedelta(hours=1)).isoformat()
    room.send(sent(room.books[0].id, 1, "rated", value=1, at=ago), sent(room.books[0].id, 1, "borrowed"))
    assert room.services.recommendation.recommend(Request(subject=name_of(1))).strategy == "personal"


def test_what_was_just_used_leads_to_its_like_before_what_is_popular(room: ReadingRoom) -> None:
    for reader in range(6):
        room.use(reader, *room.books[:8])
    room.learn()
    panorama = room.item("石窟全景")
    found = room.recommend(session=(panorama.id,), size=4)
    assert found[0].reason.because is not None
    assert found[0].reason.because.id == panorama.id


def test_what_is_similar_can_be_asked_for_by_content_alone(room: ReadingRoom) -> None:
    room.use_together(room.books[3], room.books[11], range(5))
    room.learn()
    found = room.services.recommendation.similar(room.books[3], 5, by_use=False)
    assert found
    assert all(one.reason.type is not ReasonType.TOGETHER for one in found)


def test_where_the_active_version_is_damaged_from_the_start_the_former_is_used(room: ReadingRoom) -> None:
    room.use_together(room.books[0], room.books[1], range(5))
    room.learn()
    former = room.services.versions.active_id()
    room.learn()
    directory = room.services.versions.path(room.services.versions.active_id() or "")
    (directory / "numbers.npy").write_bytes(b"damaged")
    opened = room.services.recommendation.table()
    assert opened is not None
    assert opened[0] == former


@pytest.mark.parametrize("content", ["", "[]", '{"version": null}', '{"version": "../../etc"}'])
def test_a_damaged_pointer_names_no_version_and_is_told_of_once(
    room: ReadingRoom, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    room.learn()
    pointer = room.services.versions.directory / "active"
    pointer.write_text(content)
    assert room.services.versions.active_id() is None
    assert room.recommend(size=3)
    (message,) = caplog.messages
    assert f"{pointer} is damaged" in message
    assert "wenmai recommendation activate" in message


def test_where_the_only_version_is_damaged_it_is_said_that_there_is_no_former_one(
    room: ReadingRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.learn()
    (room.services.versions.path(room.services.versions.active_id() or "") / "numbers.npy").unlink()
    assert room.services.recommendation.table() is None
    (message,) = caplog.messages
    assert "there is no former one" in message
    assert "numbers.npy is missing" in message


def test_a_title_that_enough_readers_use_is_suggested_before_those_that_begin_alike(
    room: ReadingRoom,
) -> None:
    def suggested() -> list[str]:
        room.services.recommendation.forget_trends()
        room.services.recommendation.trends()
        room.services.search.read_used_titles()
        return [one.text for one in room.services.search.suggest("读物", 8)]

    last = room.books[-1]
    for reader in range(2):
        room.use(reader, last)
    assert suggested()[0] != last.title
    room.use(2, last)
    assert suggested()[0] == last.title


def test_beside_a_collection_stands_what_goes_with_its_members_and_none_of_them(room: ReadingRoom) -> None:
    first, second, together, *_ = room.books
    room.use_together(first, together, range(4))
    room.learn()
    collection = add(room.database, "选读", kind="collection", members=[first.id, second.id, "not-an-id"])
    items = room.recommend(context=Context.COLLECTION, item=collection.id, size=5)
    assert items[0].resource.id == together.id
    assert items[0].reason.type is ReasonType.TOGETHER
    assert items[0].reason.because is not None
    assert items[0].reason.because.id == first.id
    assert {first.id, second.id, collection.id}.isdisjoint(one.resource.id for one in items)


def test_a_book_is_no_collection(room: ReadingRoom) -> None:
    with pytest.raises(QueryError, match="of the kind book, no collection") as refused:
        room.recommend(context=Context.COLLECTION, item=room.books[0].id)
    assert refused.value.field == "item"
