from __future__ import annotations

from datetime import timedelta

import pytest
from reading_room import ReadingRoom, name_of, sent
from support import add, step

from catalog import resources
from catalog.clock import now
from catalog.lifecycle import Step
from catalog.resources import Resource
from portal.reasons import reason_text
from recommend import curation, readers
from recommend.candidates import rest
from recommend.curation import Action
from recommend.reasons import ReasonType
from recommend.request import Basis, Context, Request
from search.query import Filters, Query

TITLE = "石窟寺简史"


def editions(room: ReadingRoom) -> tuple[Resource, Resource]:
    """The one edition of a work that lists show, and the other one."""
    shown = next(one.resource for one in room.recommend(size=100) if one.resource.title.startswith(TITLE))
    found = room.services.search.search(Query(editions_of=shown.id)).items
    (other,) = (one.resource for one in found if one.resource.id != shown.id)
    return shown, other


def pin(room: ReadingRoom, *pinned: Resource) -> None:
    with room.database.write() as session:
        for one in pinned:
            curation.choose(session, "nlc", one.id, Action.PIN, actor="t")


def test_a_list_holds_all_that_there_is_if_so_much_is_wanted(room: ReadingRoom) -> None:
    titles = room.titles(size=100)
    assert len(titles) == len(set(titles)) >= 24


def test_a_work_is_never_in_a_list_twice_nor_beside_itself(room: ReadingRoom) -> None:
    beside = room.item("石窟寺")
    titles = [one.resource.title for one in room.services.recommendation.similar(beside, 20)]
    assert len([title for title in titles if "简史" in title]) == 1
    edition = next(
        one for one in room.services.recommendation.similar(beside, 20) if "简史" in one.resource.title
    )
    others = [one.resource.title for one in room.services.recommendation.similar(edition.resource, 20)]
    assert not [title for title in others if "简史" in title]


def test_a_pinned_resource_is_first_and_an_excluded_one_nowhere(room: ReadingRoom) -> None:
    with room.database.write() as session:
        curation.choose(session, "nlc", room.books[17].id, Action.PIN, actor="t")
        curation.choose(session, "nlc", room.books[0].id, Action.EXCLUDE, actor="t")
    found = room.recommend(institution="nlc", size=100)
    assert (found[0].resource.id, found[0].reason.type) == (room.books[17].id, ReasonType.CHOSEN)
    assert room.books[0].id not in {one.resource.id for one in found}
    assert room.books[0].title in room.titles(size=100)
    room.use(1, room.books[17], kind="dismissed")
    assert room.books[17].title not in room.titles(institution="nlc", subject=name_of(1), size=100)


def test_labels_raise_and_remove(room: ReadingRoom) -> None:
    room.choose(1, liked=[("kind", "virtual")], disliked=[("kind", "heritage")])
    kinds = [one.resource.kind for one in room.recommend(subject=name_of(1), size=6)]
    assert "heritage" not in kinds
    assert "virtual" in kinds


def test_what_is_shown_for_a_label_says_so(room: ReadingRoom) -> None:
    for reader in range(5):
        room.use(reader, room.books[2], room.item("石窟全景"))
    room.learn()
    room.choose(9, liked=[("kind", "virtual")])
    answer = room.services.recommendation.recommend(Request(subject=name_of(9), size=3))
    assert answer.strategy == "personal"
    reasons = {one.resource.title: one.reason for one in answer.items}
    assert reasons["石窟全景"].type is ReasonType.LIKED
    assert reason_text(reasons["石窟全景"], room.services, "en") == "Because you like “Virtual”"
    assert reasons[room.books[2].title].type is ReasonType.POPULAR


def test_a_work_is_shown_once_though_two_editions_are_pinned(room: ReadingRoom) -> None:
    shown, other = editions(room)
    pin(room, other, shown)
    found = [one.resource for one in room.recommend(institution="nlc", size=100)]
    assert [one.id for one in found if one.title.startswith(TITLE)] == [other.id]
    assert found[0].id == other.id


def test_beside_a_pinned_edition_there_is_no_other(room: ReadingRoom) -> None:
    _, other = editions(room)
    pin(room, other)
    visit = (room.item("石窟寺").id,)
    titles = room.titles(institution="nlc", session=visit, size=100)
    assert [title for title in titles if title.startswith(TITLE)] == [other.title]


def test_every_kind_comes_up_though_one_is_far_more_popular(room: ReadingRoom) -> None:
    others = [room.item(title) for title in ("石窟全景", "石窟寺", "石窟纪录片")]
    for reader in range(6):
        room.use(reader, *room.books)
    for reader in range(3):
        room.use(reader, *others)
    room.learn()
    found = room.recommend(size=8)
    assert {one.resource.kind for one in found} == {"book", "virtual", "heritage", "audiovisual"}
    assert {one.reason.type for one in found if one.resource in others} == {ReasonType.POPULAR}


def test_every_kind_comes_up_though_all_that_is_newest_is_of_one(room: ReadingRoom) -> None:
    for number in range(40):
        add(room.database, f"新书第{number}种", description="新")
    room.services.indexer.follow_once()
    room.services.recommendation.look_again()
    kinds = [one.resource.kind for one in room.recommend(size=12)]
    assert set(kinds) == {"book", "virtual", "heritage", "audiovisual"}


def test_what_is_struck_out_does_not_come_back_to_fill_the_list(room: ReadingRoom) -> None:
    room.choose(1, disliked=[("kind", "book")])
    found = room.recommend(subject=name_of(1), size=50)
    assert {one.resource.kind for one in found} == {"virtual", "heritage", "audiovisual"}


def test_what_was_seen_long_ago_is_left_out_too(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "HISTORY", 3)
    room.use(1, *room.books[:10])
    assert not {book.title for book in room.books[:10]} & set(room.titles(subject=name_of(1), size=100))


def test_rather_what_was_seen_is_shown_than_nothing(room: ReadingRoom) -> None:
    panorama = room.item("石窟全景")
    found = room.recommend(session=(panorama.id,), filters=Filters({"kind": ("virtual",)}))
    assert [one.resource.id for one in found] == [panorama.id]


def test_rather_what_was_ignored_is_shown_than_nothing(room: ReadingRoom) -> None:
    panorama = room.item("石窟全景")
    room.show(panorama, days=room.services.hyperparameters.candidates.shown)
    found = room.recommend(subject=name_of(1), filters=Filters({"kind": ("virtual",)}))
    assert [one.resource.id for one in found] == [panorama.id]


@pytest.mark.parametrize(("kind", "more"), [("dismissed", {}), ("rated", {"value": 1})])
def test_what_was_not_wanted_stays_away_even_where_nothing_else_is_left(
    room: ReadingRoom, kind: str, more: dict[str, int]
) -> None:
    room.send(sent(room.item("石窟全景").id, 1, kind, **more))
    assert room.recommend(subject=name_of(1), filters=Filters({"kind": ("virtual",)})) == []


def test_a_list_is_not_empty_however_much_of_the_newest_was_dismissed(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "_NEWEST", 4)
    monkeypatch.setattr(rest, "_PAGE", 13)
    everything = [one.resource for one in room.recommend(size=100)]
    room.use(1, *everything[:-1], kind="dismissed")
    assert room.titles(subject=name_of(1)) == [everything[-1].title]


@pytest.mark.parametrize("wanted", [{}, {"filters": Filters({"kind": ("virtual", "heritage")})}])
def test_what_was_struck_out_is_never_shown_though_nothing_else_is_left(
    room: ReadingRoom, wanted: dict[str, Filters]
) -> None:
    kinds = ("book", "virtual", "heritage", "audiovisual")
    room.choose(1, disliked=[("kind", kind) for kind in kinds])
    assert room.titles(subject=name_of(1), **wanted) == []


def test_a_label_of_any_facet_that_was_struck_out_is_never_shown(room: ReadingRoom) -> None:
    operas = [add(room.database, f"戏单第{n}张", content_types=["opera"]) for n in range(3)]
    room.services.indexer.follow_once()
    only = Filters({"content_type": ("opera",)})
    assert len(room.recommend(subject=name_of(1), filters=only)) == len(operas)
    room.choose(1, disliked=[("content_type", "opera"), ("content_type", "music")])
    assert room.recommend(subject=name_of(1), filters=only) == []
    assert len(room.recommend(subject=name_of(1), size=100)) > 20


def test_what_led_to_a_list_and_was_withdrawn_is_not_named_nor_called_popular(room: ReadingRoom) -> None:
    first, second = room.books[3], room.books[11]
    room.use_together(first, second, range(5))
    room.learn()
    with room.database.write() as session:
        resources.take_step(session, first.id, Step.WITHDRAW, actor="t")
    found = {one.resource.id: one.reason for one in room.recommend(session=(first.id,))}
    assert (found[second.id].type, found[second.id].because) == (ReasonType.IN_CATALOGUE, None)


def test_what_is_pinned_gives_way_to_what_a_reader_struck_out_and_stands_beside_no_record(
    room: ReadingRoom,
) -> None:
    panorama = room.item("石窟全景")
    pin(room, panorama, room.books[0])
    room.choose(1, disliked=[("kind", "virtual")])
    assert room.titles(subject=name_of(1), institution="nlc", size=3)[0] == room.books[0].title
    beside = Request(Context.ITEM, room.item("石窟寺").id, institution="nlc", size=20)
    reasons = {one.reason.type for one in room.services.recommendation.recommend(beside).items}
    assert ReasonType.CHOSEN not in reasons


def test_of_what_was_dismissed_no_other_edition_comes_and_is_not_even_pinned(room: ReadingRoom) -> None:
    shown, other = editions(room)
    room.use(1, shown, kind="dismissed")
    titles = room.titles(subject=name_of(1), size=100)
    assert len(titles) > 20
    pin(room, other)
    titles += room.titles(subject=name_of(1), institution="nlc", size=100)
    titles += room.titles(subject=name_of(1), session=(room.item("石窟寺").id,), size=100)
    assert not [title for title in titles if title.startswith(TITLE)]


def test_the_rest_of_the_catalogue_has_one_edition_and_none_of_what_was_used(room: ReadingRoom) -> None:
    (edition,) = (title for title in room.titles(size=100) if title.startswith("石窟寺简史"))
    titles = room.titles(session=(room.item(edition).id,), size=100)
    assert len(titles) > 20
    assert not any(title.startswith("石窟寺简史") for title in titles)


def test_many_editions_of_a_work_leave_places_for_what_is_used_with_it(room: ReadingRoom) -> None:
    first, *_ = [
        add(room.database, "红楼梦", description=f"贾宝玉与林黛玉，第{number}版", work_id="hongloumeng")
        for number in range(30)
    ]
    room.services.indexer.follow_once()
    room.use_together(first, room.books[0], range(4))
    room.learn()
    found = room.services.recommendation.similar(first, 8)
    assert found[0].resource.id == room.books[0].id
    assert "红楼梦" not in {one.resource.title for one in found}


def test_what_was_withdrawn_takes_no_place(room: ReadingRoom) -> None:
    gone = [add(room.database, f"撤下第{number}种", description="书") for number in range(30)]
    for reader in range(4):
        room.use(reader, room.books[0], *gone, room.books[1])
    room.learn()
    for one in gone:
        step(room.database, one, Step.WITHDRAW)
    room.services.indexer.follow_once()
    assert room.books[1].title in [
        one.resource.title for one in room.services.recommendation.similar(room.books[0], 4)
    ]


def test_beside_what_is_in_no_index_yet_stands_something(room: ReadingRoom) -> None:
    added = add(room.database, "未编目的书")
    found = room.recommend(context=Context.ITEM, item=added.id, size=4)
    assert len(found) == 4
    assert {one.reason.type for one in found} == {ReasonType.IN_CATALOGUE}
    assert room.services.recommendation.similar(added, 4) == []


def test_what_was_popular_long_ago_is_not_said_to_be_popular(room: ReadingRoom) -> None:
    ago = (now() - timedelta(days=200)).isoformat()
    for reader in range(9):
        for book in room.books[:2]:
            room.send(sent(book.id, reader, id=f"long-ago-{reader}-{book.number:04}", at=ago))
    room.learn()
    found = room.recommend(session=(room.books[2].id,), size=100)
    assert ReasonType.POPULAR not in {one.reason.type for one in found}


def test_a_kind_that_is_asked_for_twice_is_asked_for_once(room: ReadingRoom) -> None:
    wanted = Filters({"kind": ("book", "book")})
    titles = room.titles(session=(room.books[0].id,), size=3, filters=wanted)
    assert len(titles) == len(set(titles)) == 3


def test_what_nobody_used_for_a_month_is_not_said_to_be_popular_of_late(room: ReadingRoom) -> None:
    late, ago = room.books[0], (now() - timedelta(days=33)).isoformat()
    for reader in range(9):
        room.send(sent(room.books[1].id, reader, at=ago))
    room.use(9, room.books[1])
    for reader in range(3):
        room.use(reader, late)
    room.learn()
    reasons = {one.resource.id: one.reason.type for one in room.recommend(size=2)}
    assert reasons == {late.id: ReasonType.POPULAR, room.books[1].id: ReasonType.IN_CATALOGUE}


def test_beside_a_collection_with_one_neighbour_what_is_popular_and_then_the_rest_fill_the_list(
    room: ReadingRoom,
) -> None:
    member, together, popular, seen = room.books[:4]
    room.use_together(member, together, range(4))
    for reader in range(10, 16):
        room.use(reader, popular, seen)
    room.learn()
    room.use(77, seen)
    collection = add(room.database, "选读", kind="collection", members=[member.id])
    room.choose(77, disliked=[("kind", "heritage")])
    beside = Request(Context.COLLECTION, collection.id, name_of(77), basis=Basis.USE, size=12)
    found = room.services.recommendation.recommend(beside).items
    assert [(one.resource.id, one.reason.type) for one in found[:2]] == [
        (together.id, ReasonType.TOGETHER),
        (popular.id, ReasonType.POPULAR),
    ]
    assert {one.reason.type for one in found[2:]} == {ReasonType.IN_CATALOGUE}
    assert len({one.resource.id for one in found}) == 12
    assert {member.id, seen.id, collection.id}.isdisjoint(one.resource.id for one in found)
    assert "heritage" not in {one.resource.kind for one in found}


def test_beside_a_resource_nothing_stands_but_what_belongs_there(room: ReadingRoom) -> None:
    caves = room.item("石窟寺")
    room.use_together(caves, room.books[11], range(5))
    room.learn()
    beside = Request(Context.ITEM, caves.id, basis=Basis.USE, size=8)
    found = room.services.recommendation.recommend(beside).items
    assert [one.resource.id for one in found] == [room.books[11].id]
