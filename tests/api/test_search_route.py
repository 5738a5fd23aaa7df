from __future__ import annotations

import httpx
import pytest
from small_library import RECORDS, Site

from portal.api.documents import SearchAnswer, SuggestAnswer


def search(client: httpx.Client, **parameters: object) -> dict:
    response = client.get("/v1/search", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def titles(answer: dict) -> list[str]:
    return [item["title"] for item in answer["items"]]


def test_an_answer_has_the_promised_keys(client: httpx.Client) -> None:
    answer = search(client, q="敦煌壁画")
    promised = {"total", "tier", "took_ms", "mode", "interpreted_as", "items", "facets"}
    assert answer.keys() == promised
    assert answer["items"][0].keys() >= {"id", "title", "kind", "institution", "score", "highlights"}


@pytest.mark.parametrize(
    "parameters", [{"q": "敦煌"}, {"q": "敦煌", "explain": "true"}, {}, {"q": "昆曲", "facets": ""}]
)
def test_real_answers_are_as_documented(client: httpx.Client, parameters: dict[str, str]) -> None:
    SearchAnswer.model_validate(search(client, **parameters))


def test_a_traditional_question_finds_the_simplified_title_and_the_other_way_round(
    client: httpx.Client,
) -> None:
    assert titles(search(client, q="數字敦煌"))[0] == "数字敦煌"
    assert titles(search(client, q="敦煌壁画集"))[0] == "临摹敦煌壁畫集"


def test_highlights_are_segments_that_join_to_the_title(client: httpx.Client) -> None:
    item = next(item for item in search(client, q="敦煌")["items"] if item["title"] == "数字敦煌")
    segments = item["highlights"]["title"]
    assert "".join(segment["text"] for segment in segments) == "数字敦煌"
    assert {"text": "敦煌", "match": True} in segments


def test_every_counted_record_is_listed_and_the_others_say_that_they_are_outside(
    client: httpx.Client,
) -> None:
    answer = search(client, q="敦煌", size=100)
    counted = [item for item in answer["items"] if "outside_tier" not in item]
    assert len(counted) == answer["total"]
    assert all(item["outside_tier"] is True for item in answer["items"] if item not in counted)


def test_filters_take_comma_lists_and_repeated_parameters(client: httpx.Client) -> None:
    comma = search(client, kind="virtual,audiovisual")
    repeated = client.get("/v1/search?kind=virtual&kind=audiovisual").json()
    assert comma["total"] == repeated["total"] == 2
    assert {item["kind"] for item in comma["items"]} == {"virtual", "audiovisual"}


def test_a_facet_ignores_its_own_filter_and_keeps_what_is_selected(client: httpx.Client) -> None:
    kinds = {value["value"]: value for value in search(client, q="敦煌", kind="virtual")["facets"]["kind"]}
    assert kinds["virtual"]["selected"]
    assert not kinds["heritage"]["selected"]
    assert kinds["heritage"]["count"] == 2


def test_the_regions_beside_a_selected_one_can_be_selected_too(client: httpx.Client) -> None:
    # 敦煌市 lies in 酒泉市, which lies in 甘肃省.
    for region in ("620900", "620982"):
        regions = client.get("/v1/search", params={"region": region}).json()["facets"]["region"]
        assert {"620000", "620900"} <= {value["value"] for value in regions}
    counties = {value["value"] for value in regions}
    assert "620982" in counties


def test_labels_come_in_the_language_asked_for(client: httpx.Client) -> None:
    def labels(lang: str) -> set[str]:
        return {value["label"] for value in search(client, lang=lang)["facets"]["institution"]}

    assert labels("zh") == {"敦煌研究院", "故宫博物院", "国家图书馆"}
    assert labels("en") == {"Dunhuang Academy", "The Palace Museum", "国家图书馆"}


def test_only_the_facets_asked_for_are_counted(client: httpx.Client) -> None:
    assert search(client, facets="kind,access")["facets"].keys() == {"kind", "access"}
    assert search(client, facets="")["facets"] == {}


def test_years_filter_with_both_ends_included(client: httpx.Client) -> None:
    assert titles(search(client, **{"year.from": 366, "year.to": 366})) == ["莫高窟"]
    assert search(client, **{"year.from": 2017})["total"] == 0


def test_pages_follow_one_another_without_gap_or_overlap(client: httpx.Client) -> None:
    pages = [search(client, sort="title", size=10, page=page) for page in (1, 2, 3, 4)]
    ids = [item["id"] for page in pages for item in page["items"]]
    assert len(ids) == len(set(ids)) == len(RECORDS) == pages[0]["total"]


def test_suggestions_are_of_one_institution_where_one_is_named(client: httpx.Client) -> None:
    everywhere = client.get("/v1/suggest", params={"q": "敦煌", "size": 20}).json()["items"]
    houses = {item["institution"] for item in everywhere}
    assert len(houses) > 1
    for house in houses:
        found = client.get("/v1/suggest", params={"q": "敦煌", "institution": house})
        assert found.status_code == 200, found.text
        items = found.json()["items"]
        assert {item["institution"] for item in items} == {house}
    wrong = client.get("/v1/suggest", params={"q": "敦煌", "institution": "nowhere"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "institution")


def test_suggestions_are_titles_with_their_records(client: httpx.Client, site: Site) -> None:
    answer = client.get("/v1/suggest", params={"q": "数字"}).json()
    SuggestAnswer.model_validate(answer)
    assert answer["items"][0] == {
        "text": "数字敦煌", "field": "title", "id": site.ids["digital"], "title": "数字敦煌", "kind": "virtual", "institution": "dunhuang",
    }  # fmt: skip


def test_pinyin_is_completed_too(client: httpx.Client) -> None:
    items = client.get("/v1/suggest", params={"q": "qingming"}).json()["items"]
    assert [item["text"] for item in items] == ["清明上河图"]


def test_a_walk_by_cursor_gives_everything_once_in_the_order_of_entry(client: httpx.Client) -> None:
    seen: list[str] = []
    answer = search(client, cursor="*", size=3, facets="")
    while True:
        seen += [item["id"] for item in answer["items"]]
        if "cursor" not in answer:
            break
        answer = search(client, cursor=answer["cursor"], size=3, facets="")
    assert len(seen) == len(set(seen)) == answer["total"] > 3
    assert seen == sorted(seen)


def test_a_walk_keeps_to_text_and_filters(client: httpx.Client) -> None:
    walked = search(client, q="敦煌", kind="heritage", cursor="*", size=100)
    assert {item["kind"] for item in walked["items"]} == {"heritage"}
    assert len(walked["items"]) == walked["total"]
    assert "cursor" not in walked


def test_one_edition_of_a_work_is_answered_with_how_many_others_there_are(
    client: httpx.Client, site: Site
) -> None:
    answer = search(client, q="营造法式")
    (first,) = [item for item in answer["items"] if "营造法式" in item["title"]]
    assert (first["other_editions"], answer["total"]) == (2, 3)
    editions = search(client, editions_of=first["id"])
    assert {item["id"] for item in editions["items"]} == {site.ids[f"edition{n}"] for n in (1, 2, 3)}
    assert editions["total"] == 3


def test_editions_of_what_is_not_there_are_an_error_that_names_the_field(
    client: httpx.Client, site: Site
) -> None:
    for unknown in ("nothing", site.ids["withdrawn"], site.ids["draft"]):
        response = client.get("/v1/search", params={"editions_of": unknown})
        assert response.status_code == 400
        assert response.json()["field"] == "editions_of"


def test_a_page_behind_the_last_one_shows_the_last_one(client: httpx.Client) -> None:
    first = client.get("/search", params={"q": "敦煌", "size": 2})
    assert "page=2" in first.text
    behind = client.get("/search", params={"q": "敦煌", "size": 2, "page": 40})
    assert behind.status_code == 200
    assert "没有更多记录了" not in behind.text
    assert 'class="card"' in behind.text
    assert 'rel="prev"' in behind.text
    assert 'rel="next"' not in behind.text


def test_the_page_puts_right_what_the_route_refuses(client: httpx.Client) -> None:
    browser = {"accept": "text/html"}
    for address in ("search?q=敦煌&year.from=2020&year.to=1000", "search?q=敦煌&page=99"):
        assert client.get(f"/v1/{address}").status_code == 400
        assert client.get(f"/{address}", headers=browser).status_code == 200
