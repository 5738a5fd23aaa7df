from __future__ import annotations

import pytest
from support import Catalogue, add

from search.query import Filters, Mode


def test_an_expression_is_met_by_every_result_and_shown_as_it_was_read(shelf: Catalogue) -> None:
    answer = shelf.ask("题名:石窟 NOT 云冈")
    assert answer.tier == "query"
    assert answer.interpreted_as["query"] == "(title:石窟 AND NOT 云冈)"
    titles = {item.resource.title for item in answer.items}
    assert titles
    assert all("石窟" in title and "云冈" not in title for title in titles)
    assert answer.total == len(titles)


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.KEYWORD, Mode.VECTOR])
def test_a_phrase_is_met_in_every_mode(shelf: Catalogue, mode: Mode) -> None:
    assert shelf.titles('"积山石窟"', mode=mode) == ["麦积山石窟"]


def test_of_an_expression_that_nothing_meets_the_words_are_offered(shelf: Catalogue) -> None:
    answer = shelf.ask("题名:不存在的题名 云冈")
    assert (answer.total, answer.items) == (0, [])
    assert answer.interpreted_as["unmet_query"] == "(title:不存在的题名 AND 云冈)"
    assert answer.interpreted_as["plain_text"] == "不存在的题名 云冈"


def test_where_nothing_has_the_words_beside_a_phrase_they_only_rank(shelf: Catalogue) -> None:
    answer = shelf.ask("恐龙 “敦煌壁画” 莫高窟")
    assert answer.items[0].resource.title == "论敦煌壁画与莫高窟的保护"
    assert answer.total == shelf.ask('"敦煌壁画"').total > 0
    assert answer.interpreted_as["query"] == '"敦煌壁画"'
    assert answer.interpreted_as["dropped"] == ["恐龙", "莫高窟"]
    assert shelf.ask("恐龙 “敦煌壁画” “！！”").total == answer.total
    assert "unmet_query" in shelf.ask("恐龙 AND “敦煌壁画”").interpreted_as
    assert "unmet_query" in shelf.ask("壁画 “恐龙壁画”").interpreted_as


def test_words_beside_a_field_or_a_phrase_must_be_there(shelf: Catalogue) -> None:
    assert shelf.titles("题名:石窟 云冈") == ["云冈石窟"]
    assert shelf.titles("“敦煌壁画” 保护") == ["论敦煌壁画与莫高窟的保护"]


def test_a_filter_does_not_make_an_expression_unmet(shelf: Catalogue) -> None:
    answer = shelf.ask("题名:云冈", filters=Filters(year_from=9000))
    assert (answer.total, answer.tier) == (0, "query")


def test_what_is_excluded_does_not_come_back_as_words(shelf: Catalogue) -> None:
    assert shelf.ask("莫高窟 NOT 石窟 NOT 敦煌 NOT 莫高窟").items == []


@pytest.mark.parametrize("text", ["石头记", "图书", "明代", "苏州图书馆"])
def test_words_of_an_expression_count_what_they_count_alone(catalogue: Catalogue, text: str) -> None:
    add(catalogue.database, "红楼梦", house="suzhou")
    add(catalogue.database, "牡丹亭", dates=[{"type": "created", "edtf": "1598"}])
    add(catalogue.database, "无题", kind="audiovisual")
    catalogue.build()
    alone, beside = catalogue.ask(text), catalogue.ask(f"{text} NOT 恐龙化石")
    assert beside.tier == "query"
    assert {item.resource.title for item in beside.items} == {
        item.resource.title for item in alone.items if not item.outside_tier
    }
    assert beside.total == alone.total > 0


def test_an_expression_says_what_its_words_were_taken_for(shelf: Catalogue) -> None:
    read = shelf.ask("石头记 OR 明代").interpreted_as
    assert "红楼梦" in read["synonyms"]
    assert read["periods"] == [{"text": "明代", "from": 1368, "to": 1644}]
    assert "periods" not in shelf.ask('"明代" OR 石窟').interpreted_as


@pytest.mark.parametrize(
    "text",
    [
        '"9787536692930"',
        "“978-7-5366-9293-0”",
        "9787536692930 AND 三体",
        "ISBN:978-7-5366-9293-0 AND 三体",
        "978-7-5366-9293-0 OR 恐龙化石",
        "书号：9787536692930 OR 恐龙化石",
        "三体 9787536692930",
    ],
)
def test_an_isbn_is_met_in_quotes_and_beside_words(catalogue: Catalogue, text: str) -> None:
    number = {"scheme": "isbn", "value": "978-7-5366-9293-0"}
    book = add(catalogue.database, "三体", identifiers=[number])
    add(catalogue.database, "三体")
    catalogue.build()
    answer = catalogue.ask(text)
    assert answer.total == 1
    assert answer.items[0].resource.id == book.id


def test_a_record_is_met_by_its_id_in_quotes_by_its_field_and_beside_others(catalogue: Catalogue) -> None:
    record = add(catalogue.database, "三体")
    add(catalogue.database, "红楼梦")
    catalogue.build()
    for text in (f'"{record.id}"', f"id:{record.id}", f"编号：{record.id}"):
        assert catalogue.titles(text) == ["三体"], text
    assert set(catalogue.titles(f"id:{record.id} OR 红楼梦")) == {"三体", "红楼梦"}
    assert set(catalogue.titles("id:三体 OR 红楼梦")) == {"三体", "红楼梦"}
    assert catalogue.titles('id:"三体" NOT 红楼梦') == ["三体"]


def test_a_field_that_is_a_facet_is_met_by_its_code_and_by_the_words_where_they_name_none(
    catalogue: Catalogue,
) -> None:
    add(catalogue.database, "Outlaws of the Marsh", languages=["eng"])
    add(catalogue.database, "英文字典", languages=["zho"])
    add(catalogue.database, "火星文", languages=["zho"])
    catalogue.build()
    assert catalogue.titles("语种:英文") == ["Outlaws of the Marsh"]
    assert catalogue.titles("语种:火星文") == ["火星文"]
    assert set(catalogue.titles("语种:中文 NOT 火星文")) == {"英文字典"}
    assert catalogue.ask("语种:法语").total == 0
