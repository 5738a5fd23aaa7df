from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from unittest.mock import Mock

import pytest
from sqlalchemy.orm import Session
from support import Catalogue, add

from catalog import institutions
from catalog.assets import asset
from catalog.database import Database
from search import directory
from search.directory import NameTableError, fixed_names
from search.engine import Tally
from search.facets import Facets
from search.query import ANY_LEVEL, LEVELS, Filters, Mode
from search.specification import Specification


def test_a_line_of_kind_words_without_a_code_is_refused_with_its_number(
    tmp_path: Path, specification: Specification
) -> None:
    (tmp_path / "kind_words.tsv").write_text("# words\n电影\n", encoding="utf-8")
    with pytest.raises(NameTableError, match=r"kind_words\.tsv, line 2: write a word"):
        fixed_names(tmp_path, specification.schemas.vocabulary("region"))


@pytest.mark.parametrize("line", ["国保", "国保\tsite_level", "国保\tkind\tnational"])
def test_a_line_of_level_words_that_names_no_level_is_refused_with_its_number(
    line: str, tmp_path: Path, specification: Specification
) -> None:
    (tmp_path / "kind_words.tsv").write_text("电影\taudiovisual\n", encoding="utf-8")
    (tmp_path / "level_words.tsv").write_text(f"# names\n{line}\n", encoding="utf-8")
    with pytest.raises(NameTableError, match=r"level_words\.tsv, line 2: write a name"):
        fixed_names(tmp_path, specification.schemas.vocabulary("region"))


def test_each_name_of_a_level_has_a_code_of_its_vocabulary(specification: Specification) -> None:
    fixed = fixed_names(asset("index_config"), specification.schemas.vocabulary("region"))
    levels = [(facet, code) for facet, code, _ in fixed if facet in LEVELS]
    assert levels
    known = specification.schemas.vocabulary
    assert all(code == ANY_LEVEL or known(facet).get(code) for facet, code in levels)


def test_a_region_without_a_name_of_its_own_is_shown_with_the_one_above_it(
    database: Database, specification: Specification
) -> None:
    names = directory.Directory(database, [], lambda text: [text])
    counted = Tally(3, "everything", (), False, {"region": {"110000": 2, "110100": 1}})
    chosen = Filters({"region": ("110000",)})
    shown = Facets(names, specification.schemas).values(counted, chosen)["region"]
    assert [(value.value, value.zh) for value in shown] == [("110000", "北京市"), ("110100", "北京市市辖区")]


def test_a_place_in_a_text_is_offered_as_a_filter_and_not_set(shelf: Catalogue) -> None:
    found = shelf.ask("甘肃的石窟")
    (offered,) = found.interpreted_as["filters"]
    assert (offered["facet"], offered["value"], offered["text"]) == ("region", "620000", "甘肃")
    assert offered["total"] == shelf.ask("甘肃的石窟", filters=Filters({"region": ("620000",)})).total
    assert {item.resource.title for item in found.items} > {"莫高窟", "云冈石窟"}


@pytest.mark.parametrize("text", ["甘肃", "上海的石窟", "甘肃 OR 石窟"])
def test_a_place_alone_or_without_anything_there_or_in_an_expression_is_not_offered(
    shelf: Catalogue, text: str
) -> None:
    assert "filters" not in shelf.ask(text).interpreted_as


@pytest.mark.parametrize(
    ("text", "tier", "counted", "dropped"),
    [
        # Its place is where it is, not in its text.
        ("甘肃 莫高窟", "all", {"莫高窟"}, []),
        # It is elsewhere.
        ("上海 云冈石窟", "half", {"云冈石窟"}, ["上海"]),
        ("上海 石窟 佛教", "most", {"云冈石窟", "龙门石窟", "莫高窟"}, ["上海"]),
    ],
)
def test_a_thing_is_counted_in_its_place_or_else_without_it(
    shelf: Catalogue, text: str, tier: str, counted: set[str], dropped: list[str]
) -> None:
    found = shelf.ask(text)
    assert found.tier == tier
    assert {item.resource.title for item in found.items if not item.outside_tier} >= counted
    assert found.interpreted_as.get("dropped", []) == dropped
    # What is not there is not offered there.
    assert ("filters" in found.interpreted_as) == (not dropped)


def test_what_an_institution_in_a_text_has_counts_and_comes_up_and_the_institution_is_offered(
    shelf: Catalogue,
) -> None:
    found = shelf.ask("苏州图书馆 敦煌", mode=Mode.KEYWORD)
    assert {item.resource.institution for item in found.items[:2]} == {"suzhou"}
    counted = {item.resource.title for item in found.items if not item.outside_tier}
    assert counted == {"敦煌壁畫", "论敦煌壁画与莫高窟的保护"}
    (offered,) = found.interpreted_as["filters"]
    assert (offered["facet"], offered["value"]) == ("institution", "suzhou")
    narrowed = shelf.ask("苏州图书馆 敦煌", filters=Filters({"institution": ("suzhou",)}))
    assert offered["total"] == narrowed.total
    assert "filters" not in narrowed.interpreted_as


def test_the_name_of_an_institution_alone_gives_what_it_has(shelf: Catalogue) -> None:
    for name in ("苏州图书馆", "Suzhou Library"):
        found = shelf.ask(name)
        assert [item.resource.institution for item in found.items[:3]] == ["suzhou"] * 3
        assert found.total == 3


def test_an_institution_is_known_by_the_ways_in_which_readers_write_its_name(catalogue: Catalogue) -> None:
    with catalogue.database.write() as session:
        for code, name in (
            ("sz", "苏州博物院"),
            ("zj", "浙江省博物馆"),
            ("nj", "南京博物院"),
            ("njs", "南京市博物馆"),
        ):
            institutions.put(session, {"code": code, "name": name, "type": "museum"})
    for written, code in (
        ("苏州市博物馆", "sz"),
        ("苏州市博物院", "sz"),
        ("浙江博物馆", "zj"),
        ("南京市博物馆", "njs"),
    ):
        words = catalogue.specification.analyzer.words(written)
        (mention,) = [
            one for one in catalogue.search._directory.known().find(words) if one.facet == "institution"
        ]
        assert mention.code == code
    # Either may be meant.
    words = catalogue.specification.analyzer.words("南京博物馆")
    found = catalogue.search._directory.known().find(words)
    assert [one for one in found if one.facet == "institution"] == []


def test_an_institution_that_is_renamed_is_known_by_its_new_name(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_KEPT_SECONDS", 0.0)
    add(catalogue.database, "敦煌壁画", house="suzhou")
    catalogue.build()
    assert catalogue.ask("姑苏书院").total == 0
    with catalogue.database.write() as session:
        institutions.put(session, {"code": "suzhou", "name": "姑苏书院", "type": "library"})
    assert catalogue.ask("姑苏书院").total == 1


def test_a_word_for_a_kind_brings_records_of_that_kind_before_their_equals(catalogue: Catalogue) -> None:
    add(catalogue.database, "敦煌")
    film = add(catalogue.database, "敦煌", kind="audiovisual")
    catalogue.build()
    assert catalogue.ask("敦煌 电影").items[0].resource.id == film.id
    assert catalogue.ask("敦煌 图书").items[0].resource.kind == "book"


def test_while_one_reads_the_institutions_others_go_on_with_what_is_known(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, begun, go_on = catalogue.search._directory, Event(), Event()
    known = names.institutions()
    monkeypatch.setattr(directory, "_KEPT_SECONDS", 0.0)

    def read(session: Session) -> Mapping[str, tuple[str, ...]]:
        begun.set()
        assert go_on.wait(10)
        return {}

    reader = Thread(target=names.institutions)
    with monkeypatch.context() as patched:
        patched.setattr(institutions, "names", Mock(side_effect=read))
        reader.start()
        assert begun.wait(10)
        assert names.institutions() is known
        go_on.set()
        reader.join(10)
    assert names.institutions() == known
