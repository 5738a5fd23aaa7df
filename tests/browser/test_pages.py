from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from small_library import RECORDS, Site
from viewing import PHONE, NewPage

pytestmark = pytest.mark.browser

WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
SIZES = pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])


def search_for(page: Page, text: str) -> None:
    page.get_by_label("搜索馆藏资源").fill(text)
    page.get_by_role("button", name="搜索").click()
    page.wait_for_url("**/search?*")


def titles(page: Page) -> list[str]:
    return page.locator("ol.cards .title a").all_inner_texts()


@WITHOUT_SCRIPTS
def test_a_reader_searches_and_opens_a_record(open_page: NewPage, site: Site, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    search_for(page, "数字敦煌")
    assert titles(page)[0] == "数字敦煌"
    page.get_by_role("link", name="数字敦煌", exact=True).click()
    expect(page).to_have_url(f"{site.url}/resources/{site.ids['digital']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("数字敦煌")


@WITHOUT_SCRIPTS
def test_filters_are_set_shown_and_taken_away(open_page: NewPage, scripts: bool) -> None:
    page = open_page("/search?q=敦煌", java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("虚拟资源 1")).click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["敦煌"], "kind": ["virtual"]}
    expect(page.locator(".total")).to_contain_text("共 1 条")
    page.get_by_role("link", name="取消：虚拟资源").click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["敦煌"]}


@WITHOUT_SCRIPTS
def test_another_spelling_is_told_and_the_typed_one_is_a_click_away(
    open_page: NewPage, scripts: bool
) -> None:
    page = open_page("/search?q=莫高屈", java_script_enabled=scripts)
    assert titles(page)[0] == "莫高窟"
    expect(page.locator(".notice").first).to_contain_text("已改按“莫高窟”检索")
    page.get_by_role("link", name="仍按“莫高屈”检索").click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ['"莫高屈"']}
    expect(page.get_by_role("link", name="仍按“莫高屈”检索")).to_have_count(0)


@WITHOUT_SCRIPTS
def test_a_place_in_the_text_is_offered_as_a_filter(open_page: NewPage, scripts: bool) -> None:
    page = open_page("/search?q=敦煌市的石窟", java_script_enabled=scripts)
    page.locator(".notice").get_by_role("link", name=re.compile("敦煌市")).click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["敦煌市的石窟"], "region": ["620982"]}


@WITHOUT_SCRIPTS
def test_an_institution_in_the_text_is_offered_by_its_name(open_page: NewPage, scripts: bool) -> None:
    page = open_page("/search?q=敦煌研究院 石窟", java_script_enabled=scripts)
    page.locator(".notice").get_by_role("link", name=re.compile("^敦煌研究院")).click()
    assert parse_qs(urlsplit(page.url).query)["institution"] == ["dunhuang"]


@WITHOUT_SCRIPTS
def test_one_edition_of_a_work_is_shown_and_leads_to_the_others(
    open_page: NewPage, site: Site, scripts: bool
) -> None:
    page = open_page("/search?q=营造法式", java_script_enabled=scripts)
    assert sum("营造法式" in title for title in titles(page)) == 1
    page.get_by_role("link", name="另有 2 个版本或复本").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("同一作品的版本与复本")
    assert set(titles(page)) == {f"营造法式（第{number}版）" for number in (1, 2, 3)}
    expect(page.locator(".editions")).to_have_count(0)
    page.get_by_role("link", name="取消：同一作品的版本与复本").click()
    assert urlsplit(page.url).query == ""


def test_two_values_of_a_facet_widen_the_answer(open_page: NewPage) -> None:
    page = open_page("/search?kind=virtual")
    expect(page.locator(".total")).to_contain_text("共 1 条")
    page.get_by_role("link", name=re.compile("音像 1")).click()
    expect(page.locator(".total")).to_contain_text("共 2 条")


def test_a_range_of_years_keeps_the_rest_of_the_search(open_page: NewPage) -> None:
    page = open_page("/search?q=敦煌&kind=virtual")
    page.get_by_label("起始年").fill("2000")
    page.get_by_role("button", name="应用").click()
    expect(page.get_by_role("link", name="取消：2000 至 不限")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["敦煌"], "kind": ["virtual"], "year.from": ["2000"]}


def test_pages_lead_through_all_results(open_page: NewPage) -> None:
    page = open_page("/search?sort=title")
    seen = titles(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_role("link", name="第 2 页")).to_have_attribute("aria-current", "page")
    seen += titles(page)
    assert len(seen) == len(set(seen)) == len(RECORDS)
    expect(page.get_by_role("link", name="下一页")).to_have_count(0)


def test_what_the_query_found_is_marked(open_page: NewPage) -> None:
    page = open_page("/search?q=敦煌壁画")
    assert "敦煌壁畫" in page.locator("mark").all_inner_texts()


def test_what_is_not_counted_stands_apart(open_page: NewPage) -> None:
    page = open_page("/search?q=清明上河图")
    counted, outside = page.locator("ol.cards").first, page.locator(".possibly")
    expect(page.locator(".total")).to_contain_text("共 1 条")
    assert counted.locator(".card").count() == 1
    expect(outside.get_by_role("heading", level=2)).to_contain_text("可能相关")
    assert outside.locator(".card").count() > 0


def test_kinds_of_heritage_are_filters_with_names_of_their_own(open_page: NewPage) -> None:
    page = open_page("/search")
    facet = page.locator(".facet", has=page.get_by_role("heading", name="遗产类型"))
    expect(facet.locator(".label")).to_have_text(["可移动文物", "不可移动文物"])
    facet.get_by_role("link", name="不可移动文物").click()
    assert parse_qs(urlsplit(page.url).query) == {"heritage_type": ["site"]}
    expect(page.get_by_role("link", name="取消：遗产类型 不可移动文物")).to_be_visible()


def test_nothing_found_says_what_to_do_next(open_page: NewPage) -> None:
    page = open_page("/search?q=qqqzzzxxx&mode=keyword")
    expect(page.get_by_role("heading", name="没有找到符合条件的记录")).to_be_visible()
    expect(page.get_by_role("link", name="浏览全部资源")).to_be_visible()


def test_texts_of_records_are_never_markup(open_page: NewPage, site: Site) -> None:
    for address in (
        f"/resources/{site.ids['book']}",
        "/search?q=昆曲史",
        "/search?q=<script>alert(1)</script>",
    ):
        page = open_page(address)
        assert page.evaluate("[...document.scripts].every((s) => s.src || s.type === 'application/ld+json')")
        expect(page.locator("body")).to_contain_text("<script>alert(1)</script>")


def test_a_record_shows_its_fields_in_words(open_page: NewPage, site: Site) -> None:
    page = open_page(f"/resources/{site.ids['opera']}")
    rows = dict(
        zip(
            page.locator(".rows dt").all_inner_texts(),
            page.locator(".rows dt + dd").all_inner_texts(),
            strict=True,
        )
    )
    assert rows["责任者"] == "汤显祖 明 · 著"
    assert rows["时长"] == "1 小时 32 分"
    assert rows["剧种"] == "昆曲"
    assert rows["获取方式"] == "公开"


def test_a_record_shows_holdings_and_where_to_use_it(open_page: NewPage, site: Site) -> None:
    book = open_page(f"/resources/{site.ids['book']}")
    expect(book.locator(".holdings")).to_contain_text("J825/12")
    expect(book.locator(".holdings")).to_contain_text("中文书库 · 3200001 · 可用")
    digital = open_page(f"/resources/{site.ids['digital']}")
    expect(digital.get_by_role("link", name="前往在线资源")).to_have_attribute(
        "href", "https://www.e-dunhuang.example/"
    )


def test_a_picture_is_shown_only_where_a_record_has_one(open_page: NewPage, site: Site) -> None:
    with_picture = open_page(f"/resources/{site.ids['digital']}")
    expect(with_picture.get_by_role("img", name="数字敦煌的图片")).to_have_attribute(
        "src", "https://pictures.example/cave.jpg"
    )
    without = open_page(f"/resources/{site.ids['book']}")
    assert without.get_by_role("img", name=re.compile("的图片$")).count() == 0


def test_similar_records_are_offered(open_page: NewPage, site: Site) -> None:
    similar = open_page(f"/resources/{site.ids['digital']}").locator(".similar")
    expect(similar.get_by_role("link", name="莫高窟")).to_be_visible()


def test_a_record_describes_itself_to_machines(open_page: NewPage, site: Site) -> None:
    page = open_page(f"/resources/{site.ids['book']}")
    facts = page.evaluate("JSON.parse(document.querySelector('[type=\"application/ld+json\"]').textContent)")
    assert (facts["@type"], facts["name"]) == ("Book", "昆曲史 <script>alert(1)</script>")


def test_the_other_language_is_remembered(open_page: NewPage) -> None:
    page = open_page("/search?q=敦煌")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["敦煌"]
    page.goto("/search?kind=virtual")
    expect(page.get_by_role("link", name="Remove Virtual")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@SIZES
@pytest.mark.parametrize(
    "address", ["/", "/search?q=敦煌", "/search", "/resources/{digital}", "/resources/{book}"]
)
def test_nothing_is_wider_than_the_screen(
    open_page: NewPage, site: Site, address: str, viewport: dict[str, int] | None
) -> None:
    page = open_page(address.format_map(site.ids), **({"viewport": viewport} if viewport else {}))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_filters_stand_open_on_a_desktop_and_unfold_on_a_phone(open_page: NewPage) -> None:
    expect(open_page("/search").get_by_role("heading", name="资源类型")).to_be_visible()
    phone = open_page("/search", viewport=PHONE)
    heading = phone.get_by_role("heading", name="资源类型")
    expect(heading).to_be_hidden()
    phone.locator(".panel > summary").click()
    expect(heading).to_be_visible()


def test_a_keyboard_reaches_the_content_first(open_page: NewPage) -> None:
    page = open_page("/search?q=敦煌")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


_CONTRAST = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => { for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor); if (colour[3] === 255) return colour; }
    return rgb("white"); };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const written = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!written || !node.checkVisibility() || node.closest("[aria-hidden=true], script, .skip")) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push([node.className || node.tagName, node.textContent.trim().slice(0, 20)]);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/", "/search?q=敦煌&kind=virtual", "/resources/{digital}", "/resources/{opera}"]
)
def test_all_text_has_enough_contrast(open_page: NewPage, site: Site, address: str, scheme: str) -> None:
    page = open_page(address.format_map(site.ids), color_scheme=scheme)
    assert page.evaluate(_CONTRAST) == []


def test_every_control_has_a_name_and_every_page_one_main_heading(open_page: NewPage, site: Site) -> None:
    for address in ("/", "/search?q=敦煌", f"/resources/{site.ids['book']}"):
        page = open_page(address)
        assert page.locator("h1").count() == page.get_by_role("main").count() == 1
        nameless = (
            "[...document.querySelectorAll('a, button')].filter((n) => !n.innerText.trim() && !n.ariaLabel)"
        )
        assert page.evaluate(f"{nameless}.length") == 0
        unlabelled = "[...document.querySelectorAll('input:not([type=hidden])')].filter((n) => !n.labels.length && !n.ariaLabel)"
        assert page.evaluate(f"{unlabelled}.length") == 0
