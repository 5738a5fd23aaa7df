from __future__ import annotations

from typing import Any

import pytest

from catalog.assets import asset
from catalog.schema import Schemas
from portal.pages.values import Value, Wording


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording(Schemas.load(asset("schemas")), {}, "zh")


def written(wording: Wording, kind: str, name: str, content: Any) -> list[Value]:
    return wording.values(name, wording.schemas.kind(kind).fields[name], content)


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("opera_genre", "kunqu", Value("昆曲")),
        ("languages", ["zho"], Value("中文", url="/search?language=zho")),
        ("content_types", ["opera"], Value("戏曲", url="/search?content_type=opera")),
        ("duration", 5520, Value("1 小时 32 分")),
        ("duration", 150, Value("2 分钟")),
        ("duration", 45, Value("45 秒")),
        ("contributors", [{"name": "汤显祖", "dynasty": "ming"}], Value("汤显祖", "明", "/search?q=%E6%B1%A4%E6%98%BE%E7%A5%96")),
        ("identifiers", [{"scheme": "isbn", "value": "9787101003048"}], Value("9787101003048", "国际标准书号")),
        ("places", [{"gb2260": "620982"}], Value("敦煌市", "", "/search?region=620982")),
        ("episode", 0, Value("0")),
    ],
)  # fmt: skip
def test_a_value_is_worded_for_readers(wording: Wording, name: str, content: Any, value: Value) -> None:
    assert written(wording, "audiovisual", name, content)[0] == value


def test_yes_and_no_are_words(wording: Wording) -> None:
    assert written(wording, "virtual", "motion_sickness_warning", False) == [Value("否")]


def test_only_web_addresses_leave_the_site(wording: Wording) -> None:
    targets = [{"type": "references", "target": to} for to in ("https://a.example/x", "javascript:alert(1)")]
    elsewhere, here = written(wording, "book", "relations", targets)
    assert elsewhere.url == "https://a.example/x"
    assert elsewhere.leaves_site
    assert here.url == "/resources/javascript%3Aalert%281%29"
    assert not here.leaves_site
