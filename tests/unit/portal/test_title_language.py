from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog.lifecycle import State
from catalog.resources import Resource
from portal.pages.title_language import title_language


def of(title: str, **noted: str) -> str:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    titles = [{"value": title, "type": "main", **noted}, {"value": "Another", "lang": "eng"}]
    return title_language(
        Resource(1, "x", "book", "nlc", State.PUBLISHED, 1, {"titles": titles}, moment, moment)
    )


@pytest.mark.parametrize("title", ["敦煌", "Dunhuang 敦煌", "〇", "𠀀"])
def test_a_title_in_han_characters_is_chinese_where_nothing_else_is_noted(title: str) -> None:
    assert of(title) == of(title, lang="zho") == "zh-CN"


@pytest.mark.parametrize("title", ["Dunhuang", "1937", "源氏物語の世界", "韓國의 書院"])
def test_nothing_is_said_of_other_titles(title: str) -> None:
    assert of(title) == ""


def test_what_is_noted_with_a_title_holds() -> None:
    assert of("臨摹", script="Hant") == "zh-Hant"
    assert of("临摹", script="Hans", lang="zho") == "zh-Hans"
    assert of("Caves", lang="eng") == "en"
    assert of("源氏物語", lang="jpn") == "ja"
    assert of("源氏物語", script="Jpan") == ""
