"""What leads to a list, and what the list says that it was made from."""

from __future__ import annotations

from reading_room import CAVES, ReadingRoom, name_of
from support import add, step

from catalog.lifecycle import Step
from catalog.resources import Resource
from recommend.reasons import ReasonType
from recommend.request import Request


def collection(room: ReadingRoom, title: str, *members: Resource) -> Resource:
    made = add(room.database, title, kind="collection", members=[one.id for one in members])
    room.services.indexer.follow_once()
    return made


def strategy(room: ReadingRoom, **wanted: object) -> str:
    return room.services.recommendation.recommend(Request(**wanted)).strategy  # type: ignore[arg-type]


def test_a_collection_that_was_viewed_leads_to_what_is_used_with_its_members(room: ReadingRoom) -> None:
    member, together = room.books[:2]
    room.use_together(member, together, range(5))
    room.learn()
    made = collection(room, "选读", member)
    (first,) = room.recommend(session=(made.id,), size=1)
    assert first.resource.id == together.id
    assert first.reason.type is ReasonType.VIEWED
    assert first.reason.because is not None
    assert first.reason.because.id == made.id


def test_a_collection_that_was_saved_leads_to_the_like_of_its_members(room: ReadingRoom) -> None:
    made = collection(room, "选读", room.item("石窟寺"))
    room.use(1, made, kind="saved")
    reasons = {one.resource.title: one.reason for one in room.recommend(subject=name_of(1), size=3)}
    assert reasons["石窟全景"].type is ReasonType.SAVED
    assert reasons["石窟全景"].because is not None
    assert reasons["石窟全景"].because.id == made.id


def test_a_member_that_was_read_itself_is_named_and_not_its_collection(room: ReadingRoom) -> None:
    member, together = room.books[:2]
    room.use_together(member, together, range(5))
    room.learn()
    made = collection(room, "选读", member)
    (first,) = room.recommend(session=(made.id, member.id), size=1)
    assert first.reason.because is not None
    assert first.reason.because.id == member.id


def test_what_belongs_to_a_collection_that_was_viewed_may_be_recommended(room: ReadingRoom) -> None:
    caves = [add(room.database, f"石窟第{n}窟", description="石窟", subjects=CAVES) for n in range(3)]
    made = collection(room, "石窟选", *caves)
    titles = room.titles(session=(made.id,), size=30)
    assert made.title not in titles
    assert {one.title for one in caves} <= {*titles}


def test_members_that_a_reader_does_not_want_or_whose_label_was_deleted_lead_to_nothing(
    room: ReadingRoom,
) -> None:
    unwanted, caves = room.books[0], room.item("石窟寺")
    room.use_together(unwanted, room.books[1], range(2, 7))
    room.learn()
    made = collection(room, "选读", unwanted, caves)
    room.use(1, unwanted, kind="dismissed")
    room.choose(1, deleted=[("kind", "heritage")])
    found = room.recommend(subject=name_of(1), session=(made.id,), size=30)
    because_of_it = {one.resource.title for one in found if one.reason.because is not None}
    assert {"石窟全景", room.books[1].title}.isdisjoint(because_of_it)


def test_other_things_that_were_read_have_their_places_beside_a_large_collection(room: ReadingRoom) -> None:
    caves = room.item("石窟寺")
    made = collection(room, "大全", *room.books)
    found = room.recommend(session=(made.id, caves.id), size=8)
    assert caves.id in {one.reason.because.id for one in found if one.reason.because is not None}


def test_of_what_was_withdrawn_no_list_says_that_it_was_made_from_it(room: ReadingRoom) -> None:
    room.use(1, room.books[0])
    visit = (room.books[1].id,)
    assert strategy(room, subject=name_of(1), session=visit) == "personal"
    step(room.database, room.books[0], Step.WITHDRAW)
    assert strategy(room, subject=name_of(1), session=visit) == "session"
    step(room.database, room.books[1], Step.WITHDRAW)
    assert strategy(room, subject=name_of(1), session=visit) == "general"


def test_what_was_withdrawn_long_after_it_was_read_counts_as_little(room: ReadingRoom) -> None:
    room.use(1, *room.books[:8])
    for book in room.books[:8]:
        step(room.database, book, Step.WITHDRAW)
    room.services.indexer.follow_once()
    # What nobody else used is in the table, and leads to nothing.
    room.learn()
    assert strategy(room, subject=name_of(1)) == "general"


def test_what_was_withdrawn_and_is_known_by_its_readers_still_leads(room: ReadingRoom) -> None:
    first, second = room.books[:2]
    room.use_together(first, second, range(5))
    room.learn()
    step(room.database, first, Step.WITHDRAW)
    assert strategy(room, session=(first.id,)) == "session"


def test_what_is_published_and_in_no_index_yet_leads_by_its_maker(room: ReadingRoom) -> None:
    maker = {"contributors": [{"name": "老舍", "role": "author"}]}
    add(room.database, "牛天赐传", **maker)
    room.services.indexer.follow_once()
    added = add(room.database, "茶馆", **maker)
    found = room.services.recommendation.recommend(Request(session=(added.id,), size=3))
    assert found.strategy == "session"
    assert found.items[0].reason.type is ReasonType.SAME_CREATOR
