"""A small published catalogue behind a real server, for the tests of the API and of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.orm import Session

from catalog import institutions, resources
from catalog.database import Database
from catalog.lifecycle import Step
from catalog.migration import migrate
from portal.api.app import create_app
from portal.bench.serving import served
from portal.services import Services, open_services
from portal.settings import Settings

FRIENDLY_ORIGIN = "https://library.example.org"
_ACTOR = "curator-who-stays-private"

INSTITUTIONS: list[dict[str, Any]] = [
    {
        "code": "dunhuang", "name": "敦煌研究院", "name_en": "Dunhuang Academy", "type": "museum",
        "region": "620982",
    },
    {"code": "palace", "name": "故宫博物院", "name_en": "The Palace Museum", "type": "museum", "region": "110101"},
    {"code": "nlc", "name": "国家图书馆", "type": "library", "region": "110108"},
]  # fmt: skip


def _titles(main: str, *others: str, script: str = "Hans") -> list[dict[str, str]]:
    first = {"value": main, "lang": "zho", "script": script, "type": "main"}
    return [first, *({"value": other, "lang": "eng", "type": "parallel"} for other in others)]


RECORDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "digital": ("virtual", "dunhuang", {
        "titles": _titles("数字敦煌", "Digital Dunhuang"),
        "contributors": [{"name": "敦煌研究院", "role": "maker"}],
        "dates": [{"type": "available", "edtf": "2016", "display": "2016年"}],
        "places": [{"name": "敦煌市", "gb2260": "620982"}],
        "subjects": [{"label": "敦煌石窟"}],
        "content_types": ["fine_arts", "history"], "service_forms": ["online_watching"], "scenarios": ["study"],
        "rights": {"access": "open", "uses": ["call"], "holder": "敦煌研究院"},
        "holdings": [{"institution_id": "dunhuang", "url": "https://www.e-dunhuang.example/"}],
        "media": [{"url": "https://pictures.example/cave.jpg", "type": "image"}],
        "description": "在线观看敦煌石窟：高清壁画可以逐处放大，洞窟可以全景漫游，从北朝到元代的彩塑与经变画尽在眼前。",
    }),
    "caves": ("heritage", "dunhuang", {
        "titles": _titles("莫高窟", "Mogao Caves"), "heritage_type": "site",
        "dates": [{"edtf": "0366", "display": "前秦建元二年", "dynasty": "former_qin"}],
        "places": [{"name": "敦煌市", "gb2260": "620982"}],
        "content_types": ["fine_arts"], "rights": {"access": "registered"},
        "description": "敦煌东南鸣沙山崖壁上的石窟寺，存壁画四万五千平方米与彩塑两千余身。",
    }),
    "copies": ("heritage", "palace", {
        "titles": _titles("临摹敦煌壁畫集", script="Hant"), "heritage_type": "object", "count": 3,
        "content_types": ["fine_arts"], "rights": {"access": "on_site"},
        "description": "上世纪四十年代画家在敦煌临摹的壁画摹本。",
    }),
    "scroll": ("heritage", "palace", {
        "titles": _titles("清明上河图", "Along the River During the Qingming Festival"), "heritage_type": "object",
        "contributors": [{"name": "张择端", "role": "painter", "dynasty": "northern_song"}],
        "content_types": ["fine_arts"], "rights": {"access": "on_site"},
        "description": "北宋张择端所绘长卷，写汴京城内外与汴河两岸的风物人情。",
    }),
    "opera": ("audiovisual", "nlc", {
        "titles": _titles("牡丹亭", "The Peony Pavilion"), "duration": 5520, "opera_genre": "kunqu",
        "contributors": [{"name": "汤显祖", "role": "author", "dynasty": "ming"}],
        "content_types": ["opera"], "rights": {"access": "open"}, "description": "昆曲名剧的舞台录像。",
    }),
    "book": ("book", "nlc", {
        "titles": _titles("昆曲史 <script>alert(1)</script>"), "clc": [{"number": "J825", "top": "J"}],
        "identifiers": [{"scheme": "isbn", "value": "978-7-101-00304-8"}],
        "dates": [{"type": "issued", "edtf": "1989"}], "content_types": ["opera"],
        "holdings": [{
            "institution_id": "nlc", "call_number": "J825/12",
            "items": [{"barcode": "3200001", "location": "中文书库", "status": "available"}],
        }],
        "rights": {"access": "registered"}, "description": "昆曲从明代到当代的历史 & 流变。",
    }),
}  # fmt: skip
RECORDS |= {
    f"volume{number}": ("book", "nlc", {
        "titles": _titles(f"地方志丛刊第{number}册"), "content_types": ["history"],
        "description": f"各省地方志影印本，这是第{number}册。",
    })
    for number in range(1, 26)
}  # fmt: skip


RECORDS |= {
    f"edition{number}": ("book", "nlc", {
        "titles": _titles(f"营造法式（第{number}版）"), "work_id": "yingzao-fashi", "edition": f"第{number}版",
        "contributors": [{"name": "李诫", "role": "author"}], "dates": [{"type": "issued", "edtf": str(1950 + number)}],
    })
    for number in (1, 2, 3)
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A running server, what it serves, and the ids of its records by name."""

    url: str
    services: Services
    ids: Mapping[str, str]

    def client(self) -> httpx.Client:
        """A client of it; proxies of the surroundings are left alone."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30)


@contextmanager
def small_library(directory: Path) -> Iterator[Site]:
    """A server over the small catalogue. Besides its records: "withdrawn", "draft", "destroyed", "never"."""
    settings = Settings(data=directory, cors_origins=(FRIENDLY_ORIGIN,))
    database = Database(settings.database_url)
    migrate(database)
    database.close()
    services = open_services(settings)
    ids = _fill(services)
    _index(services)
    try:
        with served(create_app(services)) as url:
            yield Site(url, services, ids)
    finally:
        services.close()


def _fill(services: Services) -> dict[str, str]:
    with services.database.write() as session:
        for institution in INSTITUTIONS:
            institutions.put(session, institution)
        ids = {}
        for name, (kind, institution, data) in RECORDS.items():
            assert services.schemas.validate(kind, data) == [], name
            ids[name] = _create(session, kind, institution, data)
            resources.publish(session, ids[name], actor=_ACTOR, note="a private note")
        return ids | _hidden(session)


def _hidden(session: Session) -> dict[str, str]:
    ids = {}
    for name in ("withdrawn", "draft", "destroyed", "never"):
        ids[name] = _create(session, "book", "nlc", {"titles": _titles(f"看不见的书 {name}")})
    for name in ("withdrawn", "destroyed"):
        resources.publish(session, ids[name], actor=_ACTOR)
        resources.take_step(session, ids[name], Step.WITHDRAW, actor=_ACTOR)
    for name in ("destroyed", "never"):
        resources.take_step(session, ids[name], Step.DESTROY, actor=_ACTOR)
    return ids


def _create(session: Session, kind: str, institution: str, data: Mapping[str, Any]) -> str:
    return resources.create(session, kind, institution, data, actor=_ACTOR).id


def _index(services: Services) -> None:
    generation = services.indexer.build()
    with services.database.write() as session:
        services.generations.activate(session, generation.id)


def with_origins(services: Services, *origins: str) -> Services:
    """The same services for a site whose API the pages of `origins` may read."""
    return replace(services, settings=services.settings.model_copy(update={"cors_origins": origins}))
