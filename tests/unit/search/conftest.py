"""Searchable catalogues for the tests of search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import CAVES, Catalogue, add, new_database

from catalog.database import Database
from search.specification import Specification


@pytest.fixture
def catalogue(database: Database, tmp_path: Path, specification: Specification) -> Catalogue:
    """An empty catalogue without an index yet."""
    return Catalogue.over(database, tmp_path / "index", specification)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, specification: Specification) -> Iterator[Catalogue]:
    """A catalogue of caves, pictures and books that these tests only read."""
    folder = tmp_path_factory.mktemp("shelf")
    with new_database(f"sqlite:///{folder / 'wenmai.db'}") as database:
        _fill(database)
        catalogue = Catalogue.over(database, folder / "index", specification)
        catalogue.build()
        yield catalogue


def _fill(database: Database) -> None:
    gansu = [{"gb2260": "620982", "name": "敦煌市"}]
    for number, title in enumerate(CAVES):
        add(
            database, title, kind="heritage", heritage_type="site", description=f"{title}，佛教石窟寺。",
            dates=[{"edtf": f"0{400 + number}"}], places=gansu if title in ("莫高窟", "敦煌壁画") else [],
            rights={"access": "on_site"},
        )  # fmt: skip
    add(database, "敦煌壁畫", kind="book", house="suzhou", dates=[{"edtf": "1957"}])
    add(
        database,
        "论敦煌壁画与莫高窟的保护",
        house="suzhou",
        identifiers=[{"scheme": "isbn", "value": "9787101003048"}],
    )
    add(database, "Yungang Grottoes", description="Caves near Datong.")
    add(database, "没有日期的书", house="suzhou", rights={"access": "open"})
