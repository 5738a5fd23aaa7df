from __future__ import annotations

import pytest

from catalog.intake.regions import Regions
from catalog.schema import Schemas


@pytest.fixture(scope="module")
def regions(schemas: Schemas) -> Regions:
    return Regions(schemas.vocabulary("region"))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("江苏省南京市鼓楼区", "320106"),
        ("江苏省徐州市鼓楼区", "320302"),
        ("北京市北京市西城区", "110102"),
        ("上海上海市浦东新区", "310115"),
        ("北京北京市东城区", "110101"),
        ("吉林吉林市船营区", "220204"),
        ("吉林省吉林市", "220200"),
        ("北京市东城区景山前街4号", "110101"),
        ("广东省广州市三元里", "440100"),
        ("西藏自治区日喀则地区", "540200"),
        ("甘肃省", "620000"),
    ],
)
def test_an_address_resolves_to_the_smallest_division_it_names(
    regions: Regions, address: str, code: str
) -> None:
    assert regions.code(address) == code


@pytest.mark.parametrize("address", ["", "巴黎", "鼓楼区"])
def test_what_names_no_province_has_no_code(regions: Regions, address: str) -> None:
    assert regions.code(address) is None
