from __future__ import annotations

import httpx
import pytest
from small_library import FRIENDLY_ORIGIN


@pytest.mark.parametrize(
    "address", ["/", "/search", "/v1/search", "/nothing", "/static/wenmai.css", "/v1/search?size=0"]
)
def test_every_response_forbids_foreign_scripts_and_framing(client: httpx.Client, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_a_site_that_is_set_may_read_the_api_without_credentials(client: httpx.Client) -> None:
    headers = client.get("/v1/suggest?q=a", headers={"origin": FRIENDLY_ORIGIN}).headers
    assert headers["access-control-allow-origin"] == FRIENDLY_ORIGIN
    assert headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", FRIENDLY_ORIGIN + ".evil.example", "null", "http://library.example.org"],
)
def test_no_other_site_may(client: httpx.Client, origin: str) -> None:
    headers = client.get("/v1/suggest?q=a", headers={"origin": origin}).headers
    assert "access-control-allow-origin" not in headers
    assert headers["vary"] == "Origin"


def test_pages_are_not_shared_with_other_sites(client: httpx.Client) -> None:
    assert "access-control-allow-origin" not in client.get("/", headers={"origin": FRIENDLY_ORIGIN}).headers


def test_a_site_that_is_set_may_ask_whether_a_record_has_changed(client: httpx.Client) -> None:
    asked = {"origin": FRIENDLY_ORIGIN, "access-control-request-headers": "if-none-match"}
    allowed = client.options("/v1/resources/x", headers=asked).headers["access-control-allow-headers"]
    assert {name.strip() for name in allowed.split(",")} == {"content-type", "if-none-match"}


def test_every_site_may_load_the_widget(client: httpx.Client) -> None:
    response = client.get("/widget/wenmai-search.js", headers={"origin": "https://any.example"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")


def test_an_unchanged_file_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/static/wenmai.css")
    again = client.get("/static/wenmai.css", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
