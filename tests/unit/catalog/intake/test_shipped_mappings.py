"""The mappings that ship, on the real files that they were written for."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog.assets import asset
from catalog.intake import BatchReport, ImportOptions, Intake, IntakeError
from catalog.intake.mapping import compile_mapping, read_mapping
from catalog.schema import Schemas
from catalog.tables import ResourceRow

MAPPINGS = asset("schemas") / "mappings"
SAMPLE_RECORDS = 400


def take_in(intake: Intake, path: Path, mapping: str, **says: Any) -> BatchReport:
    return intake.run(intake.start(path, ImportOptions("nlc", mapping=mapping, **says)))


def of_source(intake: Intake, record: str) -> dict[str, object]:
    with intake.database.read() as session:
        return dict(
            session.scalars(select(ResourceRow.data).where(ResourceRow.source_record == record)).one()
        )


@pytest.mark.parametrize("name", sorted(path.stem for path in MAPPINGS.glob("*.yaml")))
def test_a_mapping_that_ships_compiles_under_its_own_name(schemas: Schemas, name: str) -> None:
    says = read_mapping(name, MAPPINGS)
    assert compile_mapping(says, says.get("kind", "book"), schemas).name == name


@pytest.mark.parametrize("kind", ["book", "audiovisual", "virtual", "heritage"])
def test_the_default_mapping_serves_every_kind(schemas: Schemas, kind: str) -> None:
    assert compile_mapping(read_mapping("default", MAPPINGS), kind, schemas).kind == kind


def test_the_levels_of_heritage_come_in_from_a_plain_sheet(intake: Intake, tmp_path: Path) -> None:
    sheet = tmp_path / "sites.csv"
    sheet.write_text(
        "题名,遗产类型,保护级别,公布批次,非遗级别\n云冈石窟,不可移动文物,国保,第一批,\n昆曲,非物质文化遗产,,,国家级\n",
        encoding="utf-8",
    )
    report = take_in(intake, sheet, "default", kind="heritage")
    assert (report.created, report.rejected) == (2, 0)
    with intake.database.read() as session:
        site, element = session.scalars(select(ResourceRow.data).order_by(ResourceRow.number))
    assert (site["site_level"], site["site_batch"]) == ("national", "第一批")
    assert element["ich_level"] == "national"


@pytest.mark.parametrize(
    ("mapping", "file", "rejected"),
    [
        ("kdconv_travel", "kdconv_travel/attractions", 0),
        ("kdconv_av", "kdconv_av/entities", 230),
        ("chinese_poetry", "chinese_poetry/poetry", 0),
        ("cbeta", "cbeta/works", 0),
        ("tate", "tate/artworks", 0),
        ("cmoa", "cmoa/objects", 0),
    ],
)
def test_the_first_records_of_each_real_file_come_in(
    intake: Intake, shared_data: Path, tmp_path: Path, mapping: str, file: str, rejected: int
) -> None:
    sample = tmp_path / "sample.jsonl"
    with gzip.open(shared_data / "catalogue" / f"{file}.jsonl.gz", "rb") as whole:
        sample.write_bytes(b"".join(itertools.islice(whole, SAMPLE_RECORDS)))
    report = take_in(intake, sample, mapping)
    assert (report.read, report.created, report.rejected) == (
        SAMPLE_RECORDS,
        SAMPLE_RECORDS - rejected,
        rejected,
    )
    assert all(error.problem.startswith("不收录：") for error in report.errors)


def test_a_poem_keeps_its_text_its_author_and_its_time(intake: Intake, shared_data: Path) -> None:
    with gzip.open(shared_data / "catalogue" / "chinese_poetry" / "poetry.jsonl.gz", "rb") as whole:
        first = next(whole)
    path = intake.raw.parent / "poem.jsonl"
    path.write_bytes(first)
    take_in(intake, path, "chinese_poetry")
    poem = of_source(intake, "ci334898")
    assert poem["dates"] == [
        {"edtf": "0960/1279", "display": "宋", "dynasty": "song", "certainty": "certain", "type": "created"}
    ]
    assert str(poem["contents"]).startswith("早岁轻衫短帽")


@pytest.mark.parametrize("name", ["utf8bom", "gb18030", "gbk", "utf16"])
def test_the_same_rows_come_in_from_every_encoding(intake: Intake, shared_data: Path, name: str) -> None:
    folder = shared_data / "importer" / "encodings"
    first = take_in(intake, folder / "relics_500_utf8bom.csv", "national_key_relics")
    again = take_in(intake, folder / f"relics_500_{name}.csv", "national_key_relics")
    assert (first.created, again.unchanged, again.rejected) == (500, 500, 0)


def test_a_file_that_ends_in_the_middle_of_a_row_loses_that_row_only(
    intake: Intake, shared_data: Path
) -> None:
    path = shared_data / "importer" / "encodings" / "relics_truncated_midchar.csv"
    with pytest.raises(IntakeError, match="ends in the middle of this row, at byte 20001"):
        take_in(intake, path, "national_key_relics")
    report = take_in(intake, path, "national_key_relics", on_broken="keep")
    assert (report.read, report.created) == (170, 169)
    assert "the file ends in the middle of this row, at byte 20001" in report.errors[0].problem


@pytest.mark.slow
def test_every_protected_site_comes_in(intake: Intake, shared_data: Path) -> None:
    path = shared_data / "catalogue" / "national_key_relics" / "relics.csv"
    report = take_in(intake, path, "national_key_relics")
    assert (report.read, report.created, report.rejected) == (5066, 5066, 0)
    site = of_source(intake, "0")
    assert site["site_class"] == "modern"
    assert site["places"] == [{"name": "广东省广州市越秀区", "gb2260": "440104"}]
