from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_library import Site
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portal.api.app import create_app
from portal.bench.serving import served

_MEMBERS = {"type", "title", "status", "detail", "instance"}


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem.keys() >= _MEMBERS
    assert problem["status"] == status
    return problem


@pytest.mark.parametrize(
    "address",
    [
        "/healthz?knid=1",
        "/readyz?knid=1",
        "/v1/search?knid=book",
        "/v1/suggest?q=a&knid=1",
        "/v1/institutions?knid=1",
        "/v1/vocabularies?knid=1",
    ],
)
def test_an_unknown_parameter_is_refused_by_name(client: httpx.Client, address: str) -> None:
    problem = assert_problem(client.get(address), 400)
    assert problem["field"] == "knid"
    assert "'knid'" in problem["detail"]
    assert problem["instance"] == address.split("?")[0]


def test_the_nearest_known_parameter_is_hinted_at(client: httpx.Client) -> None:
    problem = assert_problem(client.get("/v1/search?Kindd=book"), 400)
    assert "did you mean kind?" in problem["detail"]
    assert problem["errors"][0]["hint"] == "did you mean kind?"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=0", "size"), ("size=-1", "size"), ("size=101", "size"), ("size=9" + "9" * 400, "size"),
        ("size=ten", "size"), ("size=1e3", "size"), ("page=0", "page"), ("page=99", "page"), ("page=" + "9" * 5000, "page"),
        ("year.from=abc", "year.from"), ("year.to=99999999999999999999", "year.to"), ("mode=magic", "mode"),
        ("sort=price", "sort"), ("facets=colour", "facets"), ("lang=fr", "lang"), ("explain=perhaps", "explain"),
        ("kind=boook", "kind"), ("period=tnag", "period"), ("institution=nowhere", "institution"),
        ("year.from=900&year.to=800", "year.to"), ("q=a&q=b", "q"), ("size=1&size=1", "size"), ("q=%ff", "q"),
        ("cursor=nowhere", "cursor"), ("cursor=*&page=2", "cursor"), ("cursor=*&sort=title", "cursor"), ("access=opne", "access"), ("kind=" + ",".join(map(str, range(40))), "kind"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_and_its_field_named(client: httpx.Client, query: str, field: str) -> None:
    problem = assert_problem(client.get(f"/v1/search?{query}"), 400)
    assert problem["field"] == field


def test_a_misspelt_code_is_answered_with_the_nearest_one(client: httpx.Client) -> None:
    assert "did you mean 'book'?" in client.get("/v1/search?kind=boook").json()["detail"]


@pytest.mark.parametrize(
    "address", ["/v2/search", "/v1", "/v1/", "/v1/nothing", "/static/none.css", "/widget/none.js"]
)
def test_an_unknown_address_is_a_problem_too(client: httpx.Client, address: str) -> None:
    assert_problem(client.get(address), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_method_that_is_not_allowed_says_which_is(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/v1/search")
    assert_problem(response, 405)
    assert response.headers["allow"] == "GET"


def test_the_page_of_an_error_keeps_what_was_typed(client: httpx.Client) -> None:
    page = client.get("/search?q=敦煌&page=0", headers={"accept": "text/html"})
    assert page.status_code == 400
    assert 'value="敦煌"' in page.text


def test_the_page_of_an_error_and_its_other_language_keep_what_was_sent_in_gbk(client: httpx.Client) -> None:
    for address, status in (("/search?q=%B6%D8%BB%CD", 200), ("/search?q=%B6%D8%BB%CD&page=0", 400)):
        page = client.get(
            client.base_url.copy_with(raw_path=address.encode()), headers={"accept": "text/html"}
        )
        assert page.status_code == status
        assert 'value="敦煌"' in page.text
        assert f"/search?q={quote('敦煌')}&" in page.text


def test_pages_take_empty_boxes_and_an_unknown_language_for_the_default(client: httpx.Client) -> None:
    for query in ("q=敦煌&lang=zh-CN", "q=敦煌&lang=&sort=&page=&size=&mode=&explain="):
        assert client.get(f"/search?{query}").status_code == 200
        assert client.get(f"/v1/search?{query}").status_code == 400


def test_a_browser_gets_a_page_for_an_error_outside_the_api(client: httpx.Client, site: Site) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for address, status in (
        ("/nothing", 404), ("/search?size=0", 400), (f"/resources/{site.ids['destroyed']}", 410),
        (f"/resources/{site.ids['withdrawn']}", 404),
    ):  # fmt: skip
        page = client.get(address, headers=browser)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert_problem(client.get(address), status)
    assert_problem(client.get("/v1/nothing", headers=browser), 404)


class _Broken:
    def search(self, query: object) -> None:
        raise RuntimeError("a secret of the inside")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_unexpected_error_tells_nothing_of_the_inside(site: Site) -> None:
    broken = replace(site.services, search=_Broken())
    with served(create_app(broken)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        response = client.get("/v1/search")
        page = client.get("/search", headers={"accept": "text/html"})
    problem = assert_problem(response, 500)
    assert "secret" not in response.text + page.text
    assert problem["type"] == "about:blank"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for answer in (response, page):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["connection"] == "close"


class _Full:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, query: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("", {}, Exception("database or disk is full")),
        NoConnectionFree("QueuePool limit of size 5 overflow 10 reached"),
    ],
    ids=["takes nothing", "no connection free"],
)
def test_a_database_that_takes_nothing_asks_to_come_again(site: Site, error: Exception) -> None:
    with served(create_app(replace(site.services, search=_Full(error)))) as url:
        response = httpx.get(f"{url}/v1/search", trust_env=False)
    problem = assert_problem(response, 503)
    assert response.headers["retry-after"] == "5"
    assert "send it again" in problem["detail"]


_WHEREVER = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_WHEREVER
@given(raw=st.binary(max_size=40))
@example(b"\xed\xa0\x80")  # a lone surrogate
@example(b"\x00\x1b\x7f")
@example(b"((((((((((((((((((((" * 20)
@example("\u202e\ufeff\U0010ffff".encode())
def test_no_text_whatever_breaks_a_search(client: httpx.Client, raw: bytes) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in raw)
    expected = 200 if _is_utf8(raw) else 400
    for address in (f"/v1/search?q={quoted}", f"/v1/suggest?q={quoted}"):
        assert client.get(address).status_code == expected
    assert client.get(f"/search?q={quoted}").status_code == 200
    assert client.get(f"/v1/search?institution={quoted}&region={quoted}&period={quoted}").status_code in (
        200,
        400,
    )
    assert client.get(f"/v1/search?{quoted}=1").status_code in (200, 400)
    assert client.get(f"/v1/resources/a{quoted}").status_code == 404
    assert client.get(f"/resources/a{quoted}").status_code == 404


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_bad_percent_encoding_is_taken_as_it_stands(client: httpx.Client) -> None:
    for query in (b"q=%", b"q=%zz", b"q=%e6%95", b"q=a&&&=&q", b"%zz=1&q=a"):
        raw = httpx.URL(client.base_url).copy_with(raw_path=b"/v1/search?" + query)
        assert client.get(raw).status_code in (200, 400)


def test_a_very_long_text_is_cut_and_the_answer_says_so(client: httpx.Client) -> None:
    answer = client.get("/v1/search", params={"q": "敦煌" * 2000}).json()
    assert answer["interpreted_as"]["cut"] is True
    assert len(answer["interpreted_as"]["text"]) == 256
