from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Catalogue, add

from search.correction import Corrector
from search.query import Filters
from search.reading.reader import Reader
from search.specification import Specification


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("云岗石窟", "云冈石窟"), ("安越石窟", "安岳石窟"), ("莫高屈", "莫高窟")],
)
def test_a_text_that_nothing_has_is_searched_for_as_the_catalogue_spells_it(
    shelf: Catalogue, typed: str, meant: str
) -> None:
    found = shelf.ask(typed)
    assert found.items[0].resource.title == meant
    assert found.interpreted_as["text"] == meant
    assert found.interpreted_as["corrected_from"] == typed


@pytest.mark.parametrize(
    "text", ['"云岗石窟"', "题名:云岗石窟", "莫高窟", "石窟 保护", "9787101003049", "火星", "安石窟"]
)
def test_what_is_quoted_or_known_or_an_identifier_or_like_nothing_is_taken_as_typed(
    shelf: Catalogue, text: str
) -> None:
    assert "corrected_from" not in shelf.ask(text).interpreted_as


def test_a_filter_does_not_change_how_a_text_is_spelt(shelf: Catalogue) -> None:
    filtered = shelf.ask("云岗石窟", filters=Filters({"kind": ("audiovisual",)}))
    assert filtered.interpreted_as["corrected_from"] == "云岗石窟"
    assert filtered.total == 0


class Titles:
    """Stands for an engine whose titles all resemble what is asked for."""

    def __init__(self, *titles: str) -> None:
        self._titles = titles

    def resembling(self, characters: Sequence[str], sounds: Sequence[str], limit: int) -> list[int]:
        return list(range(len(self._titles)))[:limit]

    def near(self, word: str, limit: int) -> list[int]:
        return self.resembling((), (), limit)

    def of(self, numbers: Sequence[int]) -> list[str]:
        return [self._titles[number] for number in numbers]


def corrected(specification: Specification, text: str, titles: Titles) -> str | None:
    reader = Reader(
        specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
    )
    corrector = Corrector(specification.analyzer, specification.pinyin, specification.resemblance)
    # Of an engine it asks for nothing else.
    return corrector.correct(reader.read(text), titles, titles.of)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("清上河图 云岗石窟", "清明上河图 云冈石窟"),
        ("云岗石窟，清明上上河图 莫高屈", "云冈石窟，清明上河图 莫高窟"),
        ("哪里可以看莫高屈", "哪里可以看莫高窟"),
        ("雲崗石窟", "云冈石窟"),
    ],
)
def test_every_piece_is_put_where_it_stood(specification: Specification, typed: str, meant: str) -> None:
    titles = Titles("清明上河图", "大同云冈石窟全景", "莫高窟")
    assert corrected(specification, typed, titles) == meant


def test_a_title_is_spelt_in_the_characters_that_its_reader_types(specification: Specification) -> None:
    titles = Titles("時間簡史", "時間簡史", "时间简史")
    assert corrected(specification, "时间简始", titles) == "时间简史"
    assert corrected(specification, "時間簡始", titles) == "時間簡史"
    assert corrected(specification, "时间简始", Titles("時間簡史")) == "時間簡史"


def test_the_spelling_of_most_titles_is_taken(specification: Specification) -> None:
    assert corrected(specification, "红搂梦", Titles("红缕梦", "红楼梦", "红楼梦影")) == "红楼梦"
    assert corrected(specification, "红搂梦", Titles("红楼梦", "红搂梦")) is None


@given(
    text=st.text(st.characters(exclude_categories=()), max_size=40)
    | st.text("云岗石窟清明上河图 a1", max_size=30)
)
def test_any_text_is_left_alone_or_spelt_otherwise(specification: Specification, text: str) -> None:
    spelt = corrected(specification, text, Titles("清明上河图", "云冈石窟"))
    assert spelt is None or (spelt and spelt != text)


def test_the_name_of_a_maker_is_spelt_as_the_catalogue_spells_it(catalogue: Catalogue) -> None:
    for title in ("长恨歌", "琵琶行"):
        add(catalogue.database, title, contributors=[{"name": "白居易", "role": "author"}])
    add(catalogue.database, "义居寺", description="白石，居士")
    catalogue.build()
    answer = catalogue.ask("白居义")
    assert answer.interpreted_as["corrected_from"] == "白居义"
    assert {item.resource.title for item in answer.items if not item.outside_tier} == {"长恨歌", "琵琶行"}


def test_characters_that_stand_side_by_side_nowhere_are_corrected_though_each_pair_is_known(
    catalogue: Catalogue,
) -> None:
    for title in ("都江堰", "都江之行", "江宴记"):
        add(catalogue.database, title)
    catalogue.build()
    assert catalogue.ask("都江宴").interpreted_as["corrected_from"] == "都江宴"
    assert catalogue.titles("都江宴")[0] == "都江堰"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dunhaung", "dunhuang"),
        ("Yungang Grotoes", "Yungang grottoes"),
        ("mogoaku", "mogaoku"),
    ],
)
def test_a_latin_word_is_spelt_as_a_title_or_its_reading_is(shelf: Catalogue, typed: str, meant: str) -> None:
    answer = shelf.ask(typed)
    assert answer.interpreted_as["corrected_from"] == typed
    assert answer.interpreted_as["text"] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qinmingsanghetu", "qingmingshanghetu"),
        ("minsanghe", "mingshanghe"),
        ("Qinmingsanghetu", "qingmingshanghetu"),
        # A letter is missing: what remains can be read, and nobody would mean it.
        ("qingminghanghetu", "qingmingshanghetu"),
        ("yungangsiku", "yungangshiku"),
    ],
)
def test_pinyin_is_heard_as_many_speakers_say_it(
    specification: Specification, typed: str, meant: str
) -> None:
    titles = Titles("清明上河图", "大同云冈石窟全景")
    assert corrected(specification, typed, titles) == meant


@pytest.mark.parametrize("typed", ["qingmingshanghetu", "qinmin", "lixiaolon", "huanghelou", "sanghaitan"])
def test_pinyin_that_sounds_like_no_title_or_is_short_is_left_alone(
    specification: Specification, typed: str
) -> None:
    assert corrected(specification, typed, Titles("清明上河图", "大同云冈石窟全景")) is None


@pytest.mark.parametrize("typed", ["dunhuang", "Datong", "xyzxyzxyz", "Eiffel", "mogaku"])
def test_a_latin_word_that_is_known_or_like_nothing_stays(shelf: Catalogue, typed: str) -> None:
    assert "corrected_from" not in shelf.ask(typed).interpreted_as


def test_a_long_latin_word_that_ends_in_consonants_is_a_slip_and_no_syllables_with_initials(
    catalogue: Catalogue,
) -> None:
    add(catalogue.database, "红楼梦")
    catalogue.build()
    assert catalogue.ask("honglouemng").interpreted_as["text"] == "hongloumeng"


def test_a_place_that_was_typed_is_no_slip(catalogue: Catalogue) -> None:
    for title in ("洪水泉清真寺", "宁古塔将军驻地", "泉州开元寺"):
        add(catalogue.database, title, kind="heritage", heritage_type="site")
    catalogue.build()
    for typed in ("泉州清真寺", "宁波古塔"):
        assert "corrected_from" not in catalogue.ask(typed).interpreted_as, typed


def test_a_time_that_was_typed_is_no_slip(catalogue: Catalogue) -> None:
    for title in ("元朝戏曲", "宋元戏曲史"):
        add(catalogue.database, title)
    catalogue.build()
    assert "corrected_from" not in catalogue.ask("元明戏曲史").interpreted_as


@pytest.mark.parametrize(("typed", "meant"), [("阳关遗址", None), ("阳阳遗址", "阳遗址"), ("遗址阳关", None)])
def test_a_word_loses_no_character(specification: Specification, typed: str, meant: str | None) -> None:
    assert corrected(specification, typed, Titles("阳遗址", "遗址阳")) == meant


def test_a_word_within_a_longer_one_stays(specification: Specification) -> None:
    titles = Titles("Shakespeare and others")
    typed = "Shakspear Shakspearean"
    assert corrected(specification, typed, titles) == "shakespeare Shakspearean"


def test_a_piece_that_is_a_part_of_another_is_spelt_where_it_stands(specification: Specification) -> None:
    titles = Titles("莫高窟壁画", "莫高窟")
    assert corrected(specification, "莫高屈壁画 莫高屈", titles) == "莫高窟壁画 莫高窟"
