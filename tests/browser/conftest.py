"""A real Chromium on the small catalogue."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from small_library import Site, small_library
from viewing import DESKTOP, NewPage

_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with small_library(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("WENMAI_CHROMIUM") or shutil.which("chromium")
    if path is None:
        reason = "there is no Chromium: install the Debian package chromium or set WENMAI_CHROMIUM"
        pytest.fail(reason) if os.environ.get("WENMAI_REQUIRE_ALL") else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of; every test that opens a page checks that it is empty."""
    return []


@pytest.fixture
def open_page(browser: Browser, site: Site, complaints: list[str]) -> Iterator[NewPage]:
    """A function (address, **options of the context) -> page. No request leaves this machine."""
    contexts: list[BrowserContext] = []

    def stay_here(route: Route) -> None:
        local = route.request.url.startswith("http://127.0.0.1:")
        route.continue_() if local else route.fulfill(status=204)

    def new_page(address: str, **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, viewport=options.pop("viewport", DESKTOP), **options)
        contexts.append(context)
        context.route("**/*", stay_here)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []
