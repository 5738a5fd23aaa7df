from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from reading_room import ReadingRoom, name_of, sent
from sqlalchemy import event
from support import add, step

from catalog import institutions
from catalog.clock import now
from catalog.database import Database
from catalog.errors import NotFound
from catalog.lifecycle import Step
from portal.reasons import reason_text
from recommend.candidates.rest import Rest
from recommend.reasons import ReasonType
from recommend.request import Basis, Context, Request, Scope
from search.query import Filters, QueryError
from search.service import SearchService


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


def test_a_request_holds_no_more_than_one_connection_at_a_time(room: ReadingRoom) -> None:
    # Requests that each hold one while they wait for another wait for one another for ever.
    room.use_together(room.books[3], room.books[11], range(5))
    room.learn()
    room.use(77, room.books[3])
    held, most = 0, 0

    def taken(*_: object) -> None:
        nonlocal held, most
        held += 1
        most = max(most, held)

    def given_back(*_: object) -> None:
        nonlocal held
        held -= 1

    pool = room.database.engine.pool
    event.listen(pool, "checkout", taken)
    event.listen(pool, "checkin", given_back)
    room.services.recommendation.look_again()
    # A reader's list that the rest of the catalogue fills, and one beside a record with works of the same maker.
    assert room.recommend(subject=name_of(77), session=(room.books[3].id,), size=100)
    assert room.services.recommendation.similar(room.books[3], 8)
    assert (held, most) == (0, 1)


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
    room.services.recommendation.look_again()
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
    room.services.recommendation.look_again()
    assert added.title in room.titles(session=(panorama.id,), size=6)


def test_new_resources_inherit_what_was_learnt_of_their_like(room: ReadingRoom) -> None:
    panorama = next(one.resource for one in room.recommend(size=100) if one.resource.title == "石窟全景")
    room.grow_old()
    film = add(room.database, "石窟新片", kind="audiovisual", description="石窟")
    room.services.indexer.follow_once()
    room.use_together(panorama, room.books[0], range(8))
    room.learn()
    opened = room.services.recommendation.table()
    assert opened is not None
    table = opened[1]
    entries, weights = table.inherited(table.rows([room.books[0].number]))  # type: ignore[arg-type]
    heirs = dict(zip(table.numbers[entries].tolist(), weights.tolist(), strict=True))
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
    found = room.services.recommendation.similar(room.books[3], 5, basis=Basis.CONTENT)
    assert found
    assert all(one.reason.type is not ReasonType.TOGETHER for one in found)


def test_what_goes_with_it_can_be_asked_for_by_use_alone(room: ReadingRoom) -> None:
    caves = room.item("石窟寺")
    room.use_together(caves, room.books[11], range(5))
    room.learn()
    found = room.services.recommendation.similar(caves, 5, basis=Basis.USE)
    assert [(one.resource.id, one.reason.type) for one in found] == [(room.books[11].id, ReasonType.TOGETHER)]


def test_beside_a_resource_its_own_like_stands_however_much_a_reader_used(room: ReadingRoom) -> None:
    caves = room.item("石窟寺")
    for first, second in zip(room.books[:10], room.books[10:], strict=True):
        room.use_together(first, second, range(5))
    room.learn()
    room.use(77, *room.books[:10], room.item("石窟全景"))
    wanted = Request(Context.ITEM, caves.id, subject=name_of(77), session=(room.books[0].id,), size=8)
    found = room.services.recommendation.recommend(wanted).items
    assert {one.reason.because.id for one in found if one.reason.because} == {caves.id}
    assert "石窟全景" not in {one.resource.title for one in found}


def test_what_is_similar_is_not_filled_up_with_what_is_not(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Rest) -> None:
        raise AssertionError("the rest of the catalogue was looked through")

    added = add(room.database, "未编目的书", house="suzhou")
    monkeypatch.setattr(Rest, "pages", fail)
    assert room.services.recommendation.similar(added, 4, Scope.LOCAL) == []


def test_a_list_is_made_from_one_state_of_the_index(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, asked_for = room.services.search.engine(), 0

    def counted(_: SearchService) -> object:
        nonlocal asked_for
        asked_for += 1
        return engine

    room.choose(1, deleted=[("kind", "heritage"), ("kind", "virtual")])
    visit = tuple(book.id for book in room.books[:3])
    monkeypatch.setattr(SearchService, "engine", counted)
    assert room.recommend(session=visit, subject=name_of(1), size=50)
    assert asked_for == 1


def test_a_list_for_a_visit_and_what_is_similar_need_no_transaction(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise AssertionError("a transaction was begun")

    visit = tuple(book.id for book in room.books[:7])
    caves = room.item("石窟寺")
    monkeypatch.setattr(Database, "read", fail)
    assert room.recommend(session=visit, institution="nlc")
    assert room.services.recommendation.similar(caves, 4)


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


def test_a_title_that_enough_readers_use_is_suggested_before_those_that_begin_alike(
    room: ReadingRoom,
) -> None:
    def suggested() -> list[str]:
        room.services.recommendation.look_again()
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


def test_what_bears_a_deleted_label_leads_to_nothing_and_hides_nothing(room: ReadingRoom) -> None:
    caves = room.item("石窟寺")
    room.use(1, room.books[0], caves)
    label = ("kind", "heritage")
    before = room.recommend(subject=name_of(1), session=(caves.id,), size=40)
    assert caves.number in {one.reason.because.number for one in before if one.reason.because}
    room.choose(1, deleted=[label])
    after = room.recommend(subject=name_of(1), session=(caves.id,), size=40)
    assert {one.reason.because.number for one in after if one.reason.because} == {room.books[0].number}
    assert {one.resource.kind for one in after} == {one.resource.kind for one in before}
    room.choose(1, deleted=[label, ("kind", "book")])
    wanted = Request(subject=name_of(1), session=(caves.id,))
    assert room.services.recommendation.recommend(wanted).strategy == "general"
