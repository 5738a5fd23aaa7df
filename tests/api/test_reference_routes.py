from __future__ import annotations

import httpx
import pytest
from small_library import Site

from portal.api.documents import InstitutionsAnswer, VocabulariesAnswer, VocabularyAnswer


def test_institutions_are_listed_with_their_data(client: httpx.Client) -> None:
    answer = client.get("/v1/institutions").json()
    InstitutionsAnswer.model_validate(answer)
    assert answer["items"][0] == {
        "code": "dunhuang", "name": "敦煌研究院", "name_en": "Dunhuang Academy", "type": "museum",
        "region": "620982", "parent": None,
    }  # fmt: skip


def test_vocabularies_are_listed_and_each_can_be_read(client: httpx.Client) -> None:
    listed = client.get("/v1/vocabularies").json()
    VocabulariesAnswer.model_validate(listed)
    lengths = {line["name"]: line["terms"] for line in listed["items"]}
    kinds = client.get("/v1/vocabularies/kind").json()
    VocabularyAnswer.model_validate(kinds)
    assert len(kinds["terms"]) == lengths["kind"]
    assert {"code": "book", "zh": "图书", "en": "Book", "aliases": ["图书文献"]} in kinds["terms"]


def test_an_unknown_vocabulary_is_not_found(client: httpx.Client) -> None:
    response = client.get("/v1/vocabularies/knid")
    assert response.status_code == 404
    assert "knid" in response.json()["detail"]


def test_a_sound_service_is_well_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_service_without_an_index_is_well_but_not_ready(
    client: httpx.Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = site.services.generations.directory / "active"
    assert client.get("/readyz").status_code == 200
    hidden = pointer.rename(pointer.with_name("hidden"))
    try:
        # What has an index open goes on answering; one that starts now has none.
        assert client.get("/readyz").status_code == 200
        monkeypatch.setattr(site.services.search, "_opened", None)
        assert client.get("/healthz").status_code == 200
        for address in ("/readyz", "/v1/search", "/v1/suggest?q=敦煌"):
            response = client.get(address)
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            assert response.headers["content-type"] == "application/problem+json"
        assert client.get(f"/resources/{site.ids['book']}").status_code == 200
        assert client.get("/").status_code == 200
    finally:
        hidden.rename(pointer)
