"""The sizes of screen that browser tests look at."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

NewPage = Callable[..., Page]
