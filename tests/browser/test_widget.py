from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from small_library import Site, with_origins
from viewing import NewPage

from catalog.assets import asset
from portal.api.app import create_app
from portal.bench.serving import served

pytestmark = pytest.mark.browser

_LARGEST = 12 * 1024
# A library's page that forbids inline styles and scripts of its own.
_HOST_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>某图书馆</title>
<meta http-equiv="Content-Security-Policy" content="script-src {service}; style-src 'self'; connect-src {service}">
<script type="module" src="{service}/widget/wenmai-search.js"></script>
<h1>某图书馆</h1><wenmai-search {attributes}></wenmai-search></html>"""


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def embed(site: Site, open_page: NewPage, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """A function (attributes) -> page of another origin with the widget of a service that lets it read."""
    handler = partial(_QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        origin = f"http://127.0.0.1:{host.server_port}"

        try:
            with served(create_app(with_origins(site.services, origin))) as friendly:

                def open_embedded(attributes: str = "", service: str = friendly) -> Page:
                    text = _HOST_PAGE.format(service=service, attributes=attributes)
                    (tmp_path / "page.html").write_text(text, encoding="utf-8")
                    return open_page(f"{origin}/page.html")

                yield open_embedded
        finally:
            host.shutdown()
            thread.join()


def box(page: Page) -> Locator:
    return page.get_by_role("combobox")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def compose(page: Page, text: str) -> None:
    """What an input method sends while a reader composes `text`."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"}
    )
    session.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )


def commit(page: Page, text: str) -> None:
    """What it sends when the reader takes `text`."""
    page.context.new_cdp_session(page).send("Input.insertText", {"text": text})


def test_the_widget_is_small() -> None:
    assert (asset("widget") / "wenmai-search.js").stat().st_size < _LARGEST


def test_another_site_embeds_the_box_with_one_line(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).press_sequentially("shuzi")
    expect(options(page)).to_have_text(["数字敦煌虚拟资源"])
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('wenmai-search').shadowRoot.querySelector('ul')).position"
        )
        == "absolute"
    )


def test_a_site_that_is_not_set_still_searches(
    embed: Callable[..., Page], site: Site, complaints: list[str]
) -> None:
    page = embed(service=site.url)
    # One input, one request: its failure is told in two messages, of which this is the last.
    with page.expect_console_message(lambda message: "ERR_FAILED" in message.text):
        box(page).fill("数字")
    expect(options(page)).to_have_count(0)
    assert any("CORS" in complaint for complaint in complaints)
    complaints.clear()
    box(page).press("Enter")
    page.wait_for_url(f"{site.url}/search?q=*")


def test_enter_goes_to_the_results_with_what_was_set(embed: Callable[..., Page]) -> None:
    page = embed('institution="dunhuang" lang="en-GB"')
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    box(page).fill("敦煌")
    box(page).press("Enter")
    page.wait_for_url("**/search?*")
    assert parse_qs(urlsplit(page.url).query) == {"q": ["敦煌"], "institution": ["dunhuang"], "lang": ["en"]}
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_results_may_be_shown_elsewhere(embed: Callable[..., Page]) -> None:
    page = embed('results-url="/page.html"')
    box(page).fill("敦煌")
    page.get_by_role("button", name="搜索").click()
    page.wait_for_url("**/page.html?q=*")


def test_the_address_of_results_keeps_a_query_of_its_own(embed: Callable[..., Page]) -> None:
    page = embed('results-url="/page.html?page_id=12&amp;q=x&amp;institution=nlc" institution="palace"')
    box(page).fill("敦煌")
    box(page).press("Enter")
    page.wait_for_url("**/page.html?*")
    given = {"page_id": ["12"], "q": ["敦煌"], "institution": ["palace"]}
    assert parse_qs(urlsplit(page.url).query) == given


def test_only_one_institution_is_suggested_where_one_is_set(embed: Callable[..., Page]) -> None:
    page = embed('institution="palace"')
    box(page).press_sequentially("shuzi")
    page.wait_for_timeout(400)
    expect(options(page)).to_have_count(0)
    box(page).fill("")
    box(page).press_sequentially("清明")
    expect(options(page)).to_have_count(1)


def test_arrow_keys_move_and_enter_opens_the_record(embed: Callable[..., Page], site: Site) -> None:
    page = embed()
    box(page).press_sequentially("地方志")
    expect(options(page)).to_have_count(8)
    box(page).press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    box(page).press("ArrowUp")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    box(page).press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    box(page).press("Enter")
    page.wait_for_url("**/resources/*")
    assert page.url.rsplit("/", 1)[1] in site.ids.values()


def test_escape_closes_the_list_and_keeps_the_text(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).press_sequentially("清明")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    box(page).press("Escape")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(options(page)).to_have_count(0)
    expect(box(page)).to_have_value("清明")
    box(page).press("ArrowDown")
    expect(options(page)).to_have_count(1)


def test_the_number_of_suggestions_is_announced(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).press_sequentially("清明")
    expect(page.get_by_role("status")).to_have_text("1 条建议，用上下方向键选择")


def test_a_page_may_handle_the_choice_itself(embed: Callable[..., Page], site: Site) -> None:
    page = embed()
    page.evaluate(
        "addEventListener('wenmai-select', (e) => { e.preventDefault(); window.chosen = e.detail; })"
    )
    box(page).press_sequentially("清明")
    options(page).first.click()
    chosen = page.evaluate("window.chosen")
    assert (chosen["id"], chosen["text"], chosen["kind"]) == (site.ids["scroll"], "清明上河图", "heritage")
    assert chosen["url"].endswith(f"/resources/{site.ids['scroll']}")
    assert page.url.endswith("/page.html")


def test_titles_are_shown_as_text_only(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).press_sequentially("昆曲史")
    expect(options(page)).to_have_text(["昆曲史 <script>alert(1)</script>图书"])


def test_nothing_is_asked_for_while_an_input_method_composes(embed: Callable[..., Page]) -> None:
    page = embed()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/suggest" in request.url else None)
    box(page).focus()
    for text in ("q", "qi", "qing m"):
        compose(page, text)
    page.wait_for_timeout(400)
    assert asked == []
    commit(page, "清明")
    expect(options(page)).to_have_count(1)
    assert [parse_qs(urlsplit(url).query)["q"] for url in asked] == [["清明"]]


def test_the_enter_that_ends_a_composition_does_not_search(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).focus()
    compose(page, "qing")
    session = page.context.new_cdp_session(page)
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    page.wait_for_timeout(300)
    assert page.url.endswith("/page.html")
    commit(page, "清明")
    box(page).press("Enter")
    page.wait_for_url("**/search?*")


def test_quick_typing_asks_once_and_stale_answers_are_dropped(embed: Callable[..., Page]) -> None:
    page = embed()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/suggest" in request.url else None)
    # On a machine that is busy the pause between two letters may be a reader's.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    box(page).press_sequentially("qingming")
    page.clock.run_for(500)
    expect(options(page)).to_have_text(["清明上河图文化遗产"])
    assert len(asked) == 1


_STALE = """async (service) => {
  const { Suggestions } = await import(`${service}/widget/wenmai-search.js`);
  const waiting = new Map();
  const source = (text) => new Promise((answer) => waiting.set(text, answer));
  const shown = [];
  const suggestions = new Suggestions(source, { delay: 0, onChange: ({ items }) => shown.push(items) });
  const turn = () => new Promise((done) => setTimeout(done, 5));
  suggestions.type("旧"); await turn();
  suggestions.type("新"); await turn();
  waiting.get("新")(["新的"]); await turn();
  waiting.get("旧")(["旧的"]); await turn();
  return shown;
}"""


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(open_page: NewPage, site: Site) -> None:
    assert open_page("/").evaluate(_STALE, site.url) == [["新的"]]


def test_attributes_may_change_and_the_text_stays(embed: Callable[..., Page]) -> None:
    page = embed()
    box(page).fill("昆曲")
    page.evaluate("document.querySelector('wenmai-search').setAttribute('lang', 'en')")
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    assert page.evaluate("document.querySelector('wenmai-search').value") == "昆曲"


def test_the_pages_own_box_suggests_too(open_page: NewPage, site: Site) -> None:
    page = open_page("/")
    box(page).press_sequentially("清明")
    expect(options(page)).to_have_count(1)
    box(page).press("ArrowDown")
    box(page).press("Enter")
    page.wait_for_url(f"**/resources/{site.ids['scroll']}")


def test_a_makers_name_is_suggested_and_searched_for(open_page: NewPage, site: Site) -> None:
    page = open_page("/")
    page.get_by_role("combobox").fill("汤显")
    option = page.get_by_role("option", name="汤显祖")
    expect(option).to_contain_text("作者")
    option.click()
    page.wait_for_url("**/search?q=*")
    expect(page.locator(".card").first).to_be_visible()
