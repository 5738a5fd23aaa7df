from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Request, expect
from pydantic import SecretStr
from small_library import Site
from sqlalchemy import func, select
from support import add
from viewing import PHONE, NewPage

from catalog.tables import EventRow, SubjectRow
from portal.api.app import create_app
from portal.bench.serving import served

pytestmark = pytest.mark.browser

KEY = "a-curator-key-for-tests"


@pytest.fixture
def kept(site: Site) -> Callable[[], int]:
    """How many events are kept of the readers of this test.

    A report outlives its page: those of an earlier test may still come in.
    """
    with site.services.database.read() as session:
        earlier = session.scalar(select(func.max(SubjectRow.number))) or 0

    def count() -> int:
        with site.services.database.read() as session:
            whose = func.coalesce(EventRow.subject, earlier + 1)
            return session.scalar(select(func.count()).select_from(EventRow).where(whose > earlier)) or 0

    return count


def test_the_first_page_recommends_with_reasons_before_anybody_agreed(
    open_page: NewPage, site: Site, kept: Callable[[], int]
) -> None:
    before = kept()
    page = open_page("/")
    section = page.locator(".foryou")
    expect(section.get_by_role("heading", name="为您推荐")).to_be_visible()
    assert section.locator(".card").count() == 6
    expect(section.locator(".reason").first).not_to_be_empty()
    expect(page.locator("[data-agree]")).not_to_be_checked()
    page.goto(f"/resources/{site.ids['scroll']}")
    page.goto("/")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert kept() == before


def test_a_reader_agrees_is_recommended_to_and_takes_it_back(
    open_page: NewPage, site: Site, kept: Callable[[], int]
) -> None:
    page = open_page("/")
    page.get_by_label("按我看过的资源推荐").check()
    expect(page.locator(".profile [role=status]")).to_have_text("已开启个性化推荐。")
    with page.expect_response("**/v1/events"):
        page.goto(f"/resources/{site.ids['caves']}")
    with page.expect_response("**/v1/recommendations") as answered:
        page.goto("/")
    assert answered.value.json()["strategy"] == "personal"
    expect(page.locator(".foryou .reason").first).to_contain_text("莫高窟")
    for line in page.locator(".foryou .facts").all():
        facts = line.locator("span").all_inner_texts()
        assert facts
        assert len(facts) == len({*facts})
    expect(page.locator(".labels button").first).to_be_visible()
    assert kept() > 0
    with page.expect_response("**/v1/subjects/*/events"):
        page.get_by_role("button", name="关闭并删除我的记录").click()
    expect(page.locator(".profile [role=status]")).to_have_text("已关闭，您的记录已删除。")
    expect(page.locator("[data-agree]")).not_to_be_checked()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert kept() == 0


def test_what_a_reader_does_not_want_goes_at_once_and_is_no_visit(open_page: NewPage) -> None:
    page = open_page("/")
    dismiss = page.locator(".foryou .dismiss")
    expect(dismiss).to_have_count(0)
    page.get_by_label("按我看过的资源推荐").check()
    first = page.locator(".foryou .title a").first
    expect(dismiss.first).to_be_visible()
    title = first.inner_text()
    with page.expect_request("**/v1/events") as sent:
        page.get_by_role("button", name=f"对“{title}”不感兴趣").click()
    (event,) = sent.value.post_data_json["events"]
    assert event["type"] == "dismissed"
    expect(page.locator(".profile [role=status]")).to_have_text(f"不再推荐“{title}”。")
    expect(page.get_by_role("link", name=title, exact=True)).to_have_count(0)
    assert event["resource"] not in page.evaluate("JSON.stringify(sessionStorage)")
    page.reload()
    expect(dismiss.first).to_be_visible()
    expect(page.locator(".foryou").get_by_role("link", name=title, exact=True)).to_have_count(0)


def test_who_withdraws_while_the_service_fails_is_recorded_no_more_and_deleted_later(
    open_page: NewPage, site: Site, kept: Callable[[], int], complaints: list[str]
) -> None:
    page = open_page("/")
    with page.expect_response("**/v1/events"):
        page.get_by_label("按我看过的资源推荐").check()
    with page.expect_response("**/v1/events"):
        page.goto(f"/resources/{site.ids['caves']}")
    with page.expect_response("**/v1/events"):
        page.goto("/")
    fails = [True]
    # It stays in place: to take it away while a request is on its way would let that one hang.
    page.route("**/v1/subjects/**", lambda route: route.abort() if fails else route.fallback())
    page.get_by_role("button", name="关闭并删除我的记录").click()
    expect(page.locator(".profile [role=status]")).to_contain_text("已停止记录")
    expect(page.locator("[data-agree]")).not_to_be_checked()
    assert "wenmai.subject" not in page.evaluate("JSON.stringify(localStorage)")
    reported = kept()
    page.goto(f"/resources/{site.ids['scroll']}")
    assert kept() == reported > 0
    fails.clear()
    with page.expect_response("**/v1/subjects/*/events"):
        page.goto("/")
    page.wait_for_function("localStorage.length === 0")
    assert kept() == 0
    # The requests that failed are all that the console tells of.
    assert complaints
    assert all("ERR_FAILED" in one for one in complaints)
    complaints.clear()


@pytest.fixture
def viewer(open_page: NewPage, site: Site) -> Page:
    """The first page of a reader who agreed and viewed the caves."""
    page = open_page("/")
    page.get_by_label("按我看过的资源推荐").check()
    with page.expect_response("**/v1/events"):
        page.goto(f"/resources/{site.ids['caves']}")
    page.goto("/")
    expect(page.locator("[data-labels] button").first).to_be_visible()
    return page


def test_an_interest_that_is_deleted_goes_and_hides_nothing(viewer: Page) -> None:
    label = viewer.get_by_role("button", name="删除：文化遗产")
    with viewer.expect_response("**/v1/recommendations"):
        label.click()
    expect(label).to_have_count(0)
    expect(viewer.locator(".foryou .kind.heritage")).not_to_have_count(0)
    viewer.get_by_role("button", name="恢复：文化遗产").click()
    expect(label).to_have_count(1)
    expect(viewer.get_by_role("button", name="恢复：文化遗产")).to_have_count(0)


def test_what_a_reader_does_not_want_to_see_is_another_button_and_goes(viewer: Page) -> None:
    hide = viewer.get_by_role("button", name="不想看到此类：文化遗产")
    expect(hide).to_have_text("不想看到此类")
    hide.click()
    expect(hide).to_have_count(0)
    expect(viewer.locator(".foryou .kind.heritage")).to_have_count(0)
    viewer.get_by_role("button", name="恢复：文化遗产").click()
    expect(hide).to_have_count(1)
    expect(viewer.locator(".foryou .kind.heritage")).not_to_have_count(0)


def test_personal_entries_tell_how_a_thing_can_be_had_as_others_do(viewer: Page) -> None:
    facts = viewer.locator(".foryou .card:has(.dismiss) .facts")
    expect(facts.filter(has_text=re.compile("公开|馆内使用|注册后使用")).first).to_be_visible()


def test_the_first_page_fits_a_phone(open_page: NewPage) -> None:
    page = open_page("/", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_record_shows_what_its_readers_also_used(open_page: NewPage, site: Site) -> None:
    similar = open_page(f"/resources/{site.ids['caves']}").locator("#similar")
    expect(similar).to_have_text("相近的资源")
    reason = open_page(f"/resources/{site.ids['caves']}?lang=en").locator(".similar .reason").first
    expect(reason).to_contain_text("莫高窟")


def test_a_library_puts_recommendations_on_its_own_page(open_page: NewPage, site: Site) -> None:
    page = open_page("/")
    page.evaluate(
        """async (item) => {
            await import("/widget/wenmai-recommendations.js");
            const element = document.createElement("wenmai-recommendations");
            element.setAttribute("item", item);
            element.setAttribute("size", "3");
            element.id = "own";
            document.body.append(element);
        }""",
        site.ids["caves"],
    )
    entries = page.locator("#own a")
    # Nothing else is like the caves.
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("莫高窟")
    assert entries.first.get_attribute("href") is not None
    page.evaluate("document.querySelector('#own').setAttribute('kind', 'virtual')")
    expect(page.locator("#own a [part=kind]").first).to_have_text("虚拟资源")


def test_what_is_not_wanted_goes_from_a_librarys_own_page_once_its_reader_agreed(open_page: NewPage) -> None:
    page = open_page("/")
    page.evaluate(
        """async () => {
            const { Reader } = await import("/widget/wenmai-recommendations.js");
            const element = document.createElement("wenmai-recommendations");
            element.setAttribute("size", "4");
            element.id = "own";
            document.body.append(element);
            window.reader = new Reader(location.origin);
        }"""
    )
    expect(page.locator("#own a")).to_have_count(4)
    expect(page.locator("#own button")).to_have_count(0)
    page.evaluate("reader.agree(); document.querySelector('#own').setAttribute('size', '3')")
    expect(page.locator("#own button")).to_have_count(3)
    title = page.locator("#own [part=title]").first.inner_text()
    with page.expect_request("**/v1/events") as sent:
        page.locator("#own").get_by_role("button", name=f"对“{title}”不感兴趣").click()
    assert [event["type"] for event in sent.value.post_data_json["events"]] == ["dismissed"]
    expect(page.locator("#own").get_by_text(title, exact=True)).to_have_count(0)
    expect(page.locator("#own button").first).to_be_focused()


def test_what_stands_beside_a_record_is_reported_as_shown_and_opened(open_page: NewPage, site: Site) -> None:
    page = open_page("/")
    page.get_by_label("按我看过的资源推荐").check()
    with page.expect_request(_reports("impression")) as sent:
        page.goto(f"/resources/{site.ids['caves']}")
    shown = sent.value.post_data_json["events"]
    links = page.locator(".similar .title a")
    assert [event["resource"] for event in shown] == [
        (link.get_attribute("href") or "").split("/")[2].split("?")[0] for link in links.all()
    ]
    with page.expect_request(_reports("opened")) as sent:
        links.first.click()
    (opened,) = sent.value.post_data_json["events"]
    assert (opened["resource"], opened["request_id"]) == (shown[0]["resource"], shown[0]["request_id"])


def _reports(kind: str) -> Callable[[Request], bool]:
    """A request that reports events of this kind, of what stands beside a record."""

    def is_one(request: Request) -> bool:
        if not request.url.endswith("/v1/events"):
            return False
        event = request.post_data_json["events"][0]
        return (event["type"], event.get("strategy")) == (kind, "item")

    return is_one


@pytest.fixture
def console(site: Site) -> Iterator[str]:
    with_key = site.services.settings.model_copy(update={"curator_key": SecretStr(KEY)})
    with served(create_app(replace(site.services, settings=with_key))) as url:
        yield url


def test_the_headings_of_the_console_stand_on_one_line(open_page: NewPage, console: str) -> None:
    credentials = {"username": "curator", "password": KEY}
    address = f"{console}/console/recommendations?institution=palace&lang=en"
    page = open_page(address, http_credentials=credentials, viewport=PHONE)
    heading = page.get_by_role("columnheader", name="Score")
    expect(heading).to_have_css("white-space", "nowrap")
    height = "node => node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight)"
    assert heading.evaluate(height) < 2


def test_a_curator_pins_and_takes_it_back(open_page: NewPage, site: Site, console: str) -> None:
    credentials = {"username": "馆员甲", "password": KEY}
    page = open_page(f"{console}/console/recommendations?institution=palace", http_credentials=credentials)
    expect(page.get_by_role("heading", level=1)).to_have_text("推荐与人工选择")
    row = page.locator("tbody tr").nth(3)
    title = row.get_by_role("link").inner_text()
    row.get_by_role("button", name="置顶").click()
    expect(page.locator("tbody tr").first).to_contain_text(title)
    expect(page.locator("tbody tr").first).to_contain_text("馆员推荐")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)


def test_what_cannot_be_pinned_is_told_in_the_form_which_keeps_what_was_typed(
    open_page: NewPage, site: Site, console: str, complaints: list[str]
) -> None:
    credentials = {"username": "馆员甲", "password": KEY}
    page = open_page(f"{console}/console/recommendations?institution=palace", http_credentials=credentials)
    other = page.get_by_label("置顶或不推荐其他资源")
    other.fill("01NOTHING")
    other.press("Enter")
    expect(other).to_have_accessible_description(re.compile("没有已发布的资源“01NOTHING”"))
    expect(other).to_have_value("01NOTHING")
    expect(other).to_be_focused()
    expect(page.get_by_label("提供机构")).to_have_value("palace")
    other.fill(site.ids["scroll"])
    other.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("馆员推荐")
    page.get_by_role("button", name="撤销").click()
    # The answer that said so was a 404.
    assert all("404" in one for one in complaints)
    complaints.clear()


def test_a_curator_excludes_any_record_by_its_id_with_the_keyboard(
    open_page: NewPage, site: Site, console: str, complaints: list[str]
) -> None:
    credentials = {"username": "馆员甲", "password": KEY}
    address = f"{console}/console/recommendations?institution=palace&lang=en"
    page = open_page(address, http_credentials=credentials)
    other = page.get_by_label("Pin or exclude another record")
    other.fill("01NOTHING")
    other.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(other).to_have_accessible_description(re.compile("no published record “01NOTHING”"))
    other.fill(site.ids["scroll"])
    other.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Exclude here").last).to_be_focused()
    page.keyboard.press("Enter")
    chosen = page.get_by_role("row").filter(has=page.get_by_role("button", name="Undo"))
    expect(chosen).to_contain_text("清明上河图")
    expect(chosen).to_contain_text("Exclude here")
    expect(page.locator("table").first).not_to_contain_text("清明上河图")
    page.get_by_role("button", name="Undo").click()
    # The answer that said so was a 404.
    assert all("404" in one for one in complaints)
    complaints.clear()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_button_of_the_console_is_on_a_phones_screen(
    open_page: NewPage, console: str, lang: str
) -> None:
    address = f"{console}/console/recommendations?institution=palace&lang={lang}"
    credentials = {"username": "curator", "password": KEY}
    page = open_page(address, http_credentials=credentials, viewport={"width": 375, "height": 750})
    frame = page.locator("main .frame")
    right = "nodes => Math.max(...nodes.map((node) => node.getBoundingClientRect().right))"
    buttons = frame.locator(".buttons button")
    assert buttons.evaluate_all(right) <= frame.evaluate("node => node.getBoundingClientRect().right")


def test_the_page_of_a_collection_shows_what_is_in_it(
    open_page: NewPage, site: Site, complaints: list[str]
) -> None:
    members = [site.ids["scroll"], "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"]
    collection = add(site.services.database, "书画选", kind="collection", members=members)
    page = open_page(f"/resources/{collection.id}")
    inside = page.get_by_role("region", name="本专题的资源")
    expect(inside.locator(".card")).to_have_count(1)
    expect(inside.get_by_role("link")).to_have_attribute("href", f"/resources/{site.ids['scroll']}")
    assert complaints == []
