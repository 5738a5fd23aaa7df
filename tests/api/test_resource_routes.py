from __future__ import annotations

import httpx
import pytest
from small_library import Site

from portal.api.documents import HistoryAnswer, ResourceAnswer
from portal.api.recommending_documents import SimilarAnswer

_UNKNOWN = "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"


def test_a_record_is_a_document_of_its_schema(client: httpx.Client, site: Site) -> None:
    document = client.get(f"/v1/resources/{site.ids['digital']}").json()
    ResourceAnswer.model_validate(document)
    assert document["titles"][1]["value"] == "Digital Dunhuang"
    assert (document["kind"], document["institution_id"], document["revision"]) == ("virtual", "dunhuang", 3)
    assert document["lifecycle"] == {"state": "published"}


def test_an_unchanged_record_is_not_sent_again(client: httpx.Client, site: Site) -> None:
    address = f"/v1/resources/{site.ids['digital']}"
    etag = client.get(address).headers["etag"]
    assert etag == '"3"'
    for header in (etag, f'"1", {etag}', f"W/{etag}", "*"):
        again = client.get(address, headers={"if-none-match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(address, headers={"if-none-match": '"2"'}).status_code == 200


@pytest.mark.parametrize("tail", ["", "/similar", "/history"])
@pytest.mark.parametrize("name", ["withdrawn", "draft", "never", "unknown", "malformed"])
def test_what_is_not_public_is_not_told_from_what_is_unknown(
    client: httpx.Client, site: Site, name: str, tail: str
) -> None:
    resource_id = {"unknown": _UNKNOWN, "malformed": "x"}.get(name) or site.ids[name]
    response = client.get(f"/v1/resources/{resource_id}{tail}")
    assert response.status_code == 404
    assert response.json()["detail"] == f"there is no published resource {resource_id!r}"


@pytest.mark.parametrize("tail", ["", "/similar", "/history"])
def test_a_destroyed_record_leaves_its_tombstone(client: httpx.Client, site: Site, tail: str) -> None:
    response = client.get(f"/v1/resources/{site.ids['destroyed']}{tail}")
    assert response.status_code == 410
    tombstone = response.json()["tombstone"]
    assert (tombstone["id"], tombstone["title"]) == (site.ids["destroyed"], "看不见的书 destroyed")


def test_the_history_tells_steps_but_not_who_took_them(client: httpx.Client, site: Site) -> None:
    response = client.get(f"/v1/resources/{site.ids['book']}/history")
    HistoryAnswer.model_validate(response.json())
    assert [line["state"] for line in response.json()["items"]] == ["draft", "submitted", "published"]
    assert "private" not in response.text


def test_similar_records_leave_out_the_record_itself(client: httpx.Client, site: Site) -> None:
    answer = client.get(f"/v1/resources/{site.ids['digital']}/similar", params={"size": 3}).json()
    SimilarAnswer.model_validate(answer)
    found = [item["id"] for item in answer["items"]]
    assert {*found} == {site.ids["caves"], site.ids["copies"]}
    assert {item["reason"]["type"] for item in answer["items"]} <= {"similar", "about", "same_creator"}


def test_a_head_is_answered_like_a_get_without_the_body(client: httpx.Client, site: Site) -> None:
    response = client.head(f"/v1/resources/{site.ids['digital']}")
    assert (response.status_code, response.content, response.headers["etag"]) == (200, b"", '"3"')
