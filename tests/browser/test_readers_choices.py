"""What a reader chooses on the first page is kept or said not to be, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import SecretStr
from small_library import Site
from viewing import NewPage

from catalog.errors import Unavailable
from portal.api.app import create_app
from portal.bench.serving import served

pytestmark = pytest.mark.browser

AGREE = "按我看过的资源推荐"
WITHDRAW = "关闭并删除我的记录"
UNKEPT = "没有保存成功，请稍后再试。"
_BLOCKED = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
}"""
_EMBED = """async () => {
  await import("/widget/wenmai-recommendations.js");
  const element = document.createElement("wenmai-recommendations");
  element.id = "own";
  document.body.append(element);
}"""


@pytest.fixture
def interested(open_page: NewPage, site: Site) -> Page:
    """The first page of a reader who agreed and viewed the caves."""
    page = open_page("/")
    page.get_by_label(AGREE).check()
    with page.expect_response("**/v1/events"):
        page.goto(f"/resources/{site.ids['caves']}")
    page.goto("/")
    expect(page.get_by_role("button", name="删除：文化遗产")).to_be_visible()
    return page


def fails(route: Route) -> None:
    route.fulfill(status=503)


def only_put(answer: Callable[[Route], None]) -> Callable[[Route], None]:
    return lambda route: answer(route) if route.request.method == "PUT" else route.fallback()


def failure(page: Page) -> AbstractContextManager[object]:
    """Within it a request fails, which the console tells; afterwards it has told."""
    return page.expect_console_message(lambda message: "503" in message.text)


def forget_failures(complaints: list[str]) -> None:
    """The requests that failed are all that the console tells of."""
    assert complaints
    assert all("503" in one for one in complaints), complaints
    complaints.clear()


def test_two_interests_that_are_deleted_one_after_the_other_both_stay_so(interested: Page) -> None:
    held: list[Route] = []
    interested.route("**/preferences*", only_put(held.append))
    first, second = (interested.get_by_role("button", name=f"删除：{name}") for name in ("文化遗产", "美术"))
    with interested.expect_request(lambda request: request.method == "PUT"):
        first.click()
    expect(second).to_be_disabled()
    held.pop().continue_()
    expect(first).to_have_count(0)
    with interested.expect_request(lambda request: request.method == "PUT"):
        second.click()
    held.pop().continue_()
    for name in ("文化遗产", "美术"):
        expect(interested.get_by_role("button", name=f"恢复：{name}")).to_be_visible()
    expect(interested.get_by_role("button", name="删除：美术")).to_have_count(0)


def test_the_focus_stays_near_and_what_was_done_is_said(interested: Page) -> None:
    spoken = interested.locator(".profile [role=status]")
    interested.get_by_role("button", name="删除：文化遗产").press("Enter")
    expect(spoken).to_have_text("“文化遗产”已删除，不再据此推荐。")
    expect(interested.locator("[data-labels] button").first).to_be_focused()
    interested.locator("[data-labels]").get_by_text("不想看到此类").last.press("Enter")
    expect(spoken).to_contain_text("不再推荐属于")
    expect(interested.locator("[data-labels]").get_by_text("不想看到此类").last).to_be_focused()
    interested.get_by_role("button", name="恢复：文化遗产").press("Enter")
    expect(spoken).to_have_text("“文化遗产”已恢复。")
    expect(interested.get_by_label(AGREE)).to_be_focused()
    interested.get_by_role("button", name=WITHDRAW).press("Enter")
    expect(spoken).to_have_text("已关闭，您的记录已删除。")
    expect(interested.get_by_label(AGREE)).to_be_focused()


def test_an_interest_that_could_not_be_deleted_stays_and_the_reader_is_told(
    interested: Page, complaints: list[str]
) -> None:
    interested.route("**/preferences*", only_put(fails))
    label = interested.get_by_role("button", name="删除：文化遗产")
    with failure(interested):
        label.click()
    expect(interested.locator(".profile [role=status]")).to_have_text(UNKEPT)
    expect(label).to_be_enabled()
    expect(label).to_be_focused()
    forget_failures(complaints)


_REJECTED = {
    "accepted": 0,
    "duplicates": 0,
    "rejected": [{"index": 0, "field": "resource", "problem": "there is none"}],
}


def test_what_could_not_be_dismissed_stays_and_the_reader_is_told(
    interested: Page, complaints: list[str]
) -> None:
    title = interested.locator(".foryou .title a").first
    name = title.inner_text()
    spoken = interested.locator(".profile [role=status]")
    dismissal = interested.get_by_role("button", name=f"对“{name}”不感兴趣")
    answers = [fails]
    interested.route("**/v1/events", lambda route: answers[-1](route))
    with failure(interested):
        dismissal.click()
    expect(spoken).to_have_text(UNKEPT)
    expect(title).to_have_text(name)
    spoken.evaluate("node => { node.textContent = ''; }")
    answers.append(lambda route: route.fulfill(json=_REJECTED))
    dismissal.click()
    expect(spoken).to_have_text(UNKEPT)
    expect(title).to_have_text(name)
    forget_failures(complaints)


def test_a_librarys_own_page_keeps_its_list_whatever_fails(interested: Page, complaints: list[str]) -> None:
    interested.evaluate(_EMBED)
    own = interested.locator("#own")
    expect(own.locator("a")).to_have_count(6)
    first = own.locator("[part=title]").first.inner_text()
    dismissal = own.get_by_role("button", name=f"对“{first}”不感兴趣")
    fail = [True]
    interested.route("**/v1/events", lambda route: fails(route) if fail else route.fallback())
    with failure(interested):
        dismissal.click()
    expect(own.get_by_role("status")).to_have_text(UNKEPT)
    expect(own.locator("a")).to_have_count(6)
    fail.clear()
    interested.route("**/v1/recommendations", fails)
    with failure(interested):
        dismissal.click()
    expect(own.get_by_role("status")).to_have_text(f"不再推荐“{first}”。")
    expect(own.locator("a")).to_have_count(5)
    expect(own.get_by_text(first, exact=True)).to_have_count(0)
    forget_failures(complaints)


def test_who_forbids_to_keep_anything_is_not_asked_and_is_recommended_to_all_the_same(
    open_page: NewPage,
) -> None:
    page = open_page("/")
    page.add_init_script(_BLOCKED)
    page.reload()
    page.evaluate(_EMBED)
    expect(page.locator("#own a")).to_have_count(6)
    expect(page.locator(".foryou .card").first).to_be_visible()
    expect(page.locator("[data-control]")).to_be_hidden()


class _Away:
    """Search or recommendation while there is no index."""

    def __init__(self, service: object) -> None:
        self._service = service

    def __getattr__(self, name: str) -> object:
        return getattr(self._service, name)

    def search(self, _query: object) -> None:
        raise Unavailable("there is no index")

    recommend = search


def test_a_profile_can_be_withdrawn_while_there_is_no_index(
    open_page: NewPage, site: Site, complaints: list[str]
) -> None:
    away = replace(
        site.services, search=_Away(site.services.search), recommendation=_Away(site.services.recommendation)
    )
    with served(create_app(away)) as url:
        page = open_page(url)
        expect(page.get_by_role("heading", name="为您推荐")).to_be_visible()
        with failure(page):
            page.get_by_label(AGREE).check()
        page.get_by_role("button", name=WITHDRAW).click()
        expect(page.locator(".profile [role=status]")).to_contain_text("已关闭")
        without = open_page(url, java_script_enabled=False)
        expect(without.get_by_role("heading", name="为您推荐")).to_be_hidden()
    forget_failures(complaints)


def test_where_profiles_were_switched_off_who_agreed_earlier_is_recorded_no_more_and_deleted(
    open_page: NewPage, site: Site
) -> None:
    with_key = site.services.settings.model_copy(update={"events_key": SecretStr("an-events-key-for-tests")})
    with served(create_app(replace(site.services, settings=with_key))) as url:
        page = open_page(url)
        page.evaluate(
            "localStorage.setItem(`wenmai.subject ${location.origin}/`, 'reader-' + '0123456789abcdef'.repeat(2))"
        )
        sent: list[str] = []
        page.on("request", lambda request: sent.append(f"{request.method} {request.url.rpartition('/')[2]}"))
        with page.expect_response(lambda response: response.request.method == "DELETE"):
            page.goto(f"{url}/resources/{site.ids['caves']}")
        page.wait_for_function("localStorage.length === 0")
        assert "POST events" not in sent


def test_a_reader_of_two_services_on_one_page_has_a_pseudonym_for_each(open_page: NewPage) -> None:
    page = open_page("/search")
    one, other, again = page.evaluate("""async () => {
        const { Reader } = await import("/widget/wenmai-recommendations.js");
        const readers = ["https://one.example", "https://other.example/", "https://one.example/"].map((at) => new Reader(at));
        readers[0].agree();
        if (readers[1].agreed) return readers.map((reader) => reader.subject);
        readers[1].agree();
        return readers.map((reader) => reader.subject);
    }""")
    assert one == again
    assert one != other
    assert one.startswith("reader-")


def test_what_was_used_before_a_withdrawal_in_another_tab_is_not_sent_with_the_next_list(
    interested: Page,
) -> None:
    other = interested.context.new_page()
    other.goto("/")
    other.get_by_role("button", name=WITHDRAW).click()
    expect(other.get_by_label(AGREE)).not_to_be_checked()
    with other.expect_response("**/v1/events"):
        other.get_by_label(AGREE).check()
    with interested.expect_request("**/v1/recommendations") as asked:
        interested.goto("/")
    assert asked.value.post_data_json["session"] == []


def test_who_agrees_or_withdraws_in_another_tab_sees_so_here(interested: Page) -> None:
    other = interested.context.new_page()
    other.goto("/")
    other.get_by_role("button", name=WITHDRAW).click()
    expect(interested.get_by_label(AGREE)).not_to_be_checked()
    expect(interested.locator(".foryou .card").first).to_be_visible()
    for gone in (".dismiss:visible", ".labels button:visible", ".reason:has-text('莫高窟')"):
        expect(interested.locator(f".foryou {gone}")).to_have_count(0)
    other.get_by_label(AGREE).check()
    expect(interested.get_by_label(AGREE)).to_be_checked()
    expect(interested.locator(".foryou .dismiss").first).to_be_visible()


def test_a_librarys_own_page_draws_its_list_anew_for_who_agrees_or_withdraws(
    interested: Page, complaints: list[str]
) -> None:
    interested.evaluate(_EMBED)
    other = interested.context.new_page()
    other.goto("/")
    other.evaluate(_EMBED)
    lists = [page.locator("#own") for page in (interested, other)]
    for own in lists:
        expect(own.locator("button")).to_have_count(6)
    first = lists[0].locator("[part=title]").first.inner_text()
    lists[0].get_by_role("button", name=f"对“{first}”不感兴趣").click()
    expect(lists[0].get_by_role("status")).not_to_be_empty()
    withdraw = """async () => {
      const { Reader } = await import("/widget/wenmai-recommendations.js");
      window.reader = new Reader(location.origin);
      await reader.withdraw();
    }"""
    interested.evaluate(withdraw)
    for own in lists:
        expect(own.locator("button")).to_have_count(0)
        expect(own.locator("a")).to_have_count(6)
        expect(own.get_by_role("status")).to_be_empty()
    interested.evaluate("reader.agree()")
    for own in lists:
        expect(own.locator("button")).to_have_count(6)
    interested.route("**/v1/recommendations", fails)
    with failure(interested):
        interested.evaluate("reader.withdraw()")
    expect(lists[0]).to_be_hidden()
    forget_failures(complaints)


def test_titles_are_told_to_be_chinese_on_an_english_page(open_page: NewPage) -> None:
    titles = open_page("/search?lang=en&q=清明上河图").locator(".cards .title a")
    expect(titles.first).to_have_attribute("lang", "zh-Hans")
    page = open_page("/?lang=en")
    with page.expect_response("**/v1/events"):
        page.get_by_label("Recommend from what I view").check()
    expect(page.locator(".foryou .title a").first).to_have_attribute("lang", "zh-CN")
