"""The sample catalogue that ships keeps to its rules."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from catalog.assets import asset
from catalog.schema import Schemas

KINDS = {"audiovisual", "books", "heritage", "virtual"}
LEAST_DESCRIPTION = 40


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    files = [asset("sample") / f"{kind}.jsonl" for kind in sorted(KINDS)]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def houses() -> dict[str, dict[str, Any]]:
    lines = (asset("sample") / "institutions.jsonl").read_text(encoding="utf-8").splitlines()
    return {house["code"]: house for house in map(json.loads, lines)}


def test_it_has_enough_of_everything(
    records: list[dict[str, Any]], houses: dict[str, dict[str, Any]]
) -> None:
    kinds = Counter(record["kind"] for record in records)
    used = {record["institution"] for record in records}
    provinces = {houses[code]["region"][:2] for code in used}
    assert len(records) >= 400
    assert set(kinds) == {"book", "audiovisual", "virtual", "heritage"}
    assert kinds["virtual"] >= 60
    assert kinds["audiovisual"] >= 60
    assert len(used) >= 12
    assert len(provinces) >= 8


def test_every_record_is_valid(records: list[dict[str, Any]]) -> None:
    schemas = Schemas.load(asset("schemas"))
    envelope = {"record_id", "institution", "kind"}
    problems = {
        record["record_id"]: found
        for record in records
        if (found := schemas.validate(record["kind"], {k: v for k, v in record.items() if k not in envelope}))
    }
    assert problems == {}


def test_every_description_is_there_and_none_is_used_twice(records: list[dict[str, Any]]) -> None:
    descriptions = Counter(record.get("description", "") for record in records)
    assert min(map(len, descriptions)) >= LEAST_DESCRIPTION
    assert max(descriptions.values()) == 1


def test_no_record_is_named_twice(records: list[dict[str, Any]]) -> None:
    assert max(Counter(record["record_id"] for record in records).values()) == 1


def test_it_has_traditional_titles_reign_dates_item_codes_and_online_exhibitions(
    records: list[dict[str, Any]],
) -> None:
    def having(test: Any) -> int:
        return sum(1 for record in records if test(record))

    assert having(lambda r: any(title.get("script") == "Hant" for title in r["titles"])) >= 20
    assert having(lambda r: any("reign" in date for date in r.get("dates", []))) >= 20
    assert having(lambda r: r.get("ich_code")) >= 20
    assert having(lambda r: r.get("experience") == "online_exhibition") >= 5
