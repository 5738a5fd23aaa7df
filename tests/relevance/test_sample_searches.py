"""What a reader of the sample catalogue types, and the record that must be among the first three."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.cli.serving import prepare
from portal.sample import load_sample
from portal.services import Services, open_services
from portal.settings import Settings
from search.query import Query


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    data = tmp_path_factory.mktemp("sample")
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'wenmai.db'}", model=None)
    prepare(settings)
    services = open_services(settings)
    load_sample(services, report=lambda text: None)
    yield services
    services.close()


def first_three(services: Services, text: str) -> list[str]:
    return [item.resource.title for item in services.search.search(Query(text=text, size=3)).items]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("敦煌", "敦煌"),
        ("敦煌", "数字敦煌"),
        ("敦煌壁畫", "张大千临摹敦煌壁画"),
        ("qingming shanghe tu", "清明上河图"),
        ("qingmingshanghetu", "清明上河图"),
        ("张择端", "清明上河图"),
        ("昆曲", "昆曲"),
        ("9787020002207", "红楼梦"),
        ("978-7-02-000220-7", "红楼梦"),
        ("9 787020 002207", "红楼梦"),
        ("哪里可以在线看敦煌石窟", "数字敦煌"),
        ("雲岡石窟", "云冈石窟"),
        ("ISBN：9787020002207", "红楼梦"),
        ("7-02-000220-X", "红楼梦"),
        ("石头记", "红楼梦"),
        ("II-28", "侗族大歌"),
        ('"清明上河图"', "清明上河图"),
        ("题名:敦煌 主题:变文", "敦煌变文集"),
        ("乾隆时期的瓷器", "各种釉彩大瓶"),
        ("民国时期上海电影", "渔光曲"),
        ("宋代山水画", "千里江山图"),
        ("Along the River During the Qingming Festival", "清明上河图"),
    ],
)
def test_the_right_record_is_among_the_first_three(sample: Services, text: str, title: str) -> None:
    assert title in first_three(sample, text)


def test_ming_blue_and_white_finds_blue_and_white_of_the_ming(sample: Services) -> None:
    found = sample.search.search(Query(text="明代 青花", size=3)).items
    periods = [[date.get("dynasty") for date in item.resource.data["dates"]] for item in found]
    assert all("ming" in period for period in periods)
    assert all("青花" in item.resource.title for item in found)


def test_traditional_and_simplified_text_give_the_same_results(sample: Services) -> None:
    assert first_three(sample, "敦煌壁畫") == first_three(sample, "敦煌壁画")
