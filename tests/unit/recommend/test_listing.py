from __future__ import annotations

import pytest
from reading_room import ReadingRoom, name_of

from portal.reasons import reason_text
from recommend import curation, readers
from recommend.curation import Action
from recommend.reasons import ReasonType
from recommend.request import Request
from search.query import Filters


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


def test_rather_what_was_not_wanted_is_shown_than_nothing(room: ReadingRoom) -> None:
    things = [room.item(one.resource.title) for one in room.recommend(size=100)]
    room.use(1, *things, room.item("石窟寺简史（二版）"), kind="dismissed")
    assert room.recommend(subject=name_of(1), size=3)


def test_the_rest_of_the_catalogue_has_one_edition_and_none_of_what_was_used(room: ReadingRoom) -> None:
    (edition,) = (title for title in room.titles(size=100) if title.startswith("石窟寺简史"))
    titles = room.titles(session=(room.item(edition).id,), size=100)
    assert len(titles) > 20
    assert not any(title.startswith("石窟寺简史") for title in titles)
