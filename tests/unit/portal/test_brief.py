from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.assets import asset
from catalog.lifecycle import State
from catalog.resources import Resource
from catalog.schema import Schemas
from portal import brief


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas.load(asset("schemas"))


def resource(**data: Any) -> Resource:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Resource(1, "0" * 26, "book", "nlc", State.PUBLISHED, 1, data, moment, moment)


@pytest.mark.parametrize(
    ("entry", "zh"),
    [
        ({"display": "光绪二十三年", "edtf": "1897"}, "光绪二十三年"),
        ({"edtf": "1368/1644", "dynasty": "ming"}, "1368–1644"),
        ({"dynasty": "ming"}, "明"),
        ({"certainty": "certain"}, ""),
    ],
)
def test_a_date_is_told_as_it_was_written_if_it_was(schemas: Schemas, entry: dict[str, str], zh: str) -> None:
    assert brief.date({"dates": [entry]}, schemas, "zh") == zh


def test_the_first_date_with_words_is_told(schemas: Schemas) -> None:
    assert brief.date({"dates": [{"type": "issued"}, {"edtf": "1989"}]}, schemas, "zh") == "1989"
    assert brief.date({}, schemas, "zh") == ""


def test_codes_have_names_in_both_languages_and_unknown_ones_stay(schemas: Schemas) -> None:
    assert brief.label(schemas, "kind", "book", "zh") == "图书"
    assert brief.label(schemas, "kind", "book", "en") == "Book"
    assert brief.label(schemas, "kind", "scroll", "zh") == "scroll"
    assert brief.label(schemas, "kind", None, "zh") == ""


def test_a_long_description_is_cut_and_put_on_one_line() -> None:
    assert brief.description({"description": "一\n二 三"}) == "一 二 三"
    assert brief.description({"description": "文" * 500}) == "文" * 140 + "…"


@pytest.mark.parametrize(
    ("medium", "shown"),
    [
        ({"url": "https://a.example/1", "type": "image"}, True),
        ({"url": "https://a.example/1", "format": "image/png"}, True),
        ({"url": "http://a.example/1", "type": "image"}, False),
        ({"url": "https://a.example/1", "type": "video", "format": "image/png"}, False),
        ({"url": "https://a.example/1"}, False),
    ],
)
def test_only_safe_pictures_are_shown(medium: dict[str, str], shown: bool) -> None:
    assert bool(brief.picture(resource(media=[medium]))) is shown
