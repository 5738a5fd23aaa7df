from __future__ import annotations

from typing import Any

import pytest
from support import Catalogue, add

from search import ranker
from search.query import FIRST, Mode, QueryError, Sort

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
    monkeypatch.setattr(ranker, "_CANDIDATES", 5)
    for _ in range(12):
        novel(catalogue, "红楼梦", "曹雪芹")
    for number in range(3):
        novel(catalogue, f"红楼梦研究之{number}", "胡适")
    catalogue.build()
    items = catalogue.ask("红楼梦", size=4).items
    assert [item.other_editions for item in items] == [11, 0, 0, 0]


def test_of_equal_records_one_that_is_on_loan_comes_behind(catalogue: Catalogue) -> None:
    add(catalogue.database, "敦煌遗书", availability={"status": "on_loan"})
    there = add(catalogue.database, "敦煌遗书", availability={"status": "available"})
    catalogue.build()
    assert catalogue.ask("敦煌遗书").items[0].resource.id == there.id
