from __future__ import annotations

import pytest
from support import Catalogue, add

from search.query import Filters, Mode
from search.reading.reader import Reader
from search.specification import Specification


@pytest.fixture
def verses(catalogue: Catalogue) -> Catalogue:
    """A poem, a thing that is called by the first two characters of its verse, and poems that have all of its characters apart."""
    add(catalogue.database, "古别离", description="西江上，风动麻姑嫁时浪。昨夜天月明，长川寒且清。")
    add(catalogue.database, "昨夜")
    for title in ("月下", "天明"):
        add(catalogue.database, title, description="昨日之夜。天色未明。月在东山。阅书一卷。")
    catalogue.build()
    return catalogue


SLIPS = [
    "昨夜天阅明",
    "昨夜天明月",
    "昨夜月明",
    "昨夜天上月明",
    "“昨夜天明月”出自哪首诗",
    "天动麻姑嫁时浪",
    "风动麻古家时浪",
]


def misquoted(
    catalogue: Catalogue, specification: Specification, typed: str, limit: int = 3
) -> dict[int, float]:
    reader = Reader(
        specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
    )
    return catalogue.search.engine().misquoted(reader.read(typed), Filters(), limit, surely=False)


@pytest.mark.parametrize("typed", SLIPS)
def test_what_has_a_verse_but_for_a_slip_is_found_alone(
    verses: Catalogue, specification: Specification, typed: str
) -> None:
    (poem,) = [item.resource.number for item in verses.ask("古别离").items if item.resource.title == "古别离"]
    assert misquoted(verses, specification, typed).keys() == {poem}


@pytest.mark.parametrize(
    "typed", ["昨夜天月明", "昨夜", "昨日天色明", "月明天昨夜", "昨夜天 月明", '"昨夜天明月"']
)
def test_what_stands_somewhere_or_has_more_than_a_slip_is_no_misquotation(
    verses: Catalogue, specification: Specification, typed: str
) -> None:
    assert misquoted(verses, specification, typed) == {}


def test_what_more_have_than_a_few_is_no_quotation(
    catalogue: Catalogue, specification: Specification
) -> None:
    for number in range(4):
        add(catalogue.database, f"第{number}集", description="风动麻姑嫁时浪")
    catalogue.build()
    assert len(misquoted(catalogue, specification, "风动麻姑家时浪", limit=4)) == 4
    assert misquoted(catalogue, specification, "风动麻姑家时浪", limit=3) == {}


@pytest.mark.parametrize("typed", SLIPS)
def test_a_verse_that_is_remembered_with_a_slip_finds_its_poem_first(verses: Catalogue, typed: str) -> None:
    assert verses.titles(typed)[0] == "古别离"


@pytest.mark.parametrize(("typed", "gives"), [("昨夜天阅明", 1.0), ("昨夜天明月", 0.5)])
def test_what_a_quotation_gives_is_told_and_less_where_a_word_was_typed_in_its_place(
    verses: Catalogue, typed: str, gives: float
) -> None:
    first = verses.ask(typed, explain=True).items[0]
    assert first.explain is not None
    assert first.explain["misquoted"] == gives


@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_a_filter_takes_a_misquoted_poem_away(verses: Catalogue, mode: Mode) -> None:
    assert verses.titles("昨夜天明月", mode=mode)[0] == "古别离"
    films = Filters({"kind": ("audiovisual",)})
    assert "古别离" not in [
        one.resource.title for one in verses.ask("昨夜天明月", filters=films, mode=mode).items
    ]


def test_what_has_all_words_stands_before_what_has_another_word_in_its_place(catalogue: Catalogue) -> None:
    for title in ("宋代瓷器", "瓷器鉴赏入门"):
        add(catalogue.database, title, description="宋代瓷器，瓷器鉴赏。" if title == "宋代瓷器" else "")
    add(catalogue.database, "宋代玉器鉴赏")
    catalogue.build()
    assert catalogue.titles("宋代瓷器鉴赏")[0] == "宋代瓷器"


def test_a_text_of_a_time_is_no_misquotation_of_another(catalogue: Catalogue) -> None:
    add(catalogue.database, "天演论", description="光绪二十四年刊")
    add(catalogue.database, "武林掌故", dates=[{"edtf": "1897"}])
    catalogue.build()
    assert catalogue.titles("光绪二十三年")[0] == "武林掌故"
