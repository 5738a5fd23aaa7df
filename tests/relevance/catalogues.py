"""The two catalogues that the cases are asked of, built once each by the same import as a library's own files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog import institutions
from catalog.intake import ImportOptions
from portal.cli.serving import prepare
from portal.sample import intake_of, load_sample
from portal.services import Services, open_services
from portal.settings import Settings

HOUSE = {"code": "heritage", "name": "文物与诗词", "type": "library", "region": "110000"}
# Of the poems, all by these authors and all of these collections: some six thousand, in both scripts.
POETS = {
    "李白", "杜甫", "白居易", "王維", "李商隱", "杜牧", "孟浩然", "王之渙",
    "王昌齡", "劉禹錫", "柳宗元", "李賀", "賀知章", "王勃", "王翰", "盧綸",
    "駱賓王", "賈島", "孟郊", "韋應物", "李頻", "崔顥", "張繼", "岑參", "高適",
    "蘇軾", "苏轼", "辛弃疾", "李清照", "柳永", "岳飞", "陆游", "晏殊", "晏几道",
    "欧阳修", "李煜", "後主煜", "纳兰性德", "王安石", "张养浩", "马致远", "关汉卿",
}  # fmt: skip
COLLECTIONS = ("诗经", "楚辞", "南唐二主词", "论语", "曹操")


@contextmanager
def sample_catalogue(data: Path) -> Iterator[Services]:
    """The catalogue that ships."""
    with _opened(data) as services:
        load_sample(services, report=lambda text: None)
        yield services


@contextmanager
def heritage_catalogue(data: Path, shared_data: Path) -> Iterator[Services]:
    """Protected sites of the whole country and a slice of the poems."""
    folder = shared_data / "catalogue"
    poems = data / "poetry.jsonl"
    _write_slice(folder / "chinese_poetry" / "poetry.jsonl.gz", poems)
    with _opened(data) as services:
        with services.database.write() as session:
            institutions.put(session, HOUSE)
        _take_in(services, folder / "national_key_relics" / "relics.csv", "national_key_relics")
        _take_in(services, poems, "chinese_poetry")
        generation = services.indexer.build()
        with services.database.write() as session:
            services.generations.activate(session, generation.id)
        yield services


@contextmanager
def _opened(data: Path) -> Iterator[Services]:
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'wenmai.db'}", model=None)
    prepare(settings)
    services = open_services(settings)
    try:
        yield services
    finally:
        services.close()


def _take_in(services: Services, file: Path, mapping: str) -> None:
    intake = intake_of(services)
    options = ImportOptions(institution=HOUSE["code"], mapping=mapping, publish=True)
    report = intake.run(intake.start(file, options))
    if not report.created:
        raise ValueError(f"nothing of {file.name} was taken in: {report.errors}")


def _write_slice(source: Path, target: Path) -> None:
    with gzip.open(source, "rt", encoding="utf-8") as lines, target.open("w", encoding="utf-8") as kept:
        for line in lines:
            poem = json.loads(line)
            if poem["author"] in POETS or poem["collection"].startswith(COLLECTIONS):
                kept.write(line)
