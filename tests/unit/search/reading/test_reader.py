from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_TEXT
from search.reading.known_names import KnownNames
from search.reading.reader import Reader
from search.reading.understanding import title_key
from search.specification import Specification


@pytest.fixture(scope="module")
def reader(specification: Specification) -> Reader:
    return Reader(
        specification.analyzer, specification.pinyin, specification.synonyms, specification.code_words
    )


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("978-7-101-00304-8", "9787101003048"),
        ("978 7 101 00304 8", "9787101003048"),
        ("978–7–101–00304–8", "9787101003048"),
        ("J825/12", "j82512"),
        ("Ⅱ-28", "ii28"),
        ("II—28", "ii28"),
        ("ISBN：7-101-00304-4", "9787101003048"),
        ("0317-8471", "03178471"),
        ("云冈石窟", None),
        ("yungang", None),
        ("12", None),
        ("1" * 65, None),
        ("", None),
    ],
)
def test_a_text_in_one_piece_with_a_digit_could_be_an_identifier(
    reader: Reader, text: str, identifier: str | None
) -> None:
    assert reader.read(text).identifier == identifier


@pytest.mark.parametrize(
    ("text", "identifier", "shelf_class"),
    [
        ("I242.4/1", "i24241", "i2424"),
        ("TU986.2 / L12", "tu9862l12", "tu9862"),
        ("索书号：I242.4/1", "i24241", "i2424"),
        ("I242.4", "i2424", None),
        ("tcp/ip", None, None),
    ],
)
def test_a_call_number_with_the_mark_of_a_book_says_its_class(
    reader: Reader, text: str, identifier: str | None, shelf_class: str | None
) -> None:
    read = reader.read(text)
    assert (read.identifier, read.shelf_class) == (identifier, shelf_class)


def test_a_class_number_beside_words_is_one_word_as_it_was_typed(reader: Reader) -> None:
    of_class, book = reader.read("I247.5 红楼梦").units
    assert (of_class.label, of_class.identifier, book.label) == ("I247.5", "i2475", "红楼梦")
    assert not any(unit.identifier for unit in reader.read("红楼梦 v2.0").units)


def test_a_number_by_its_name_alone_is_no_expression(reader: Reader) -> None:
    for text in ("ISBN:9787536692930", "isbn：978-7-5366-9293-0", "id:9787536692930"):
        read = reader.read(text)
        assert (read.expression, read.identifier) == (None, "9787536692930"), text


def test_stop_words_are_not_counted_by_but_stay_in_the_ranking_of_what_is_no_question(
    reader: Reader,
) -> None:
    read = reader.read("敦煌石窟可以在线看")
    labels = [unit.label for unit in read.units]
    assert "敦煌" in "".join(labels)
    assert "可以" not in labels
    assert "可以" in read.bigrams
    assert "哪里" not in reader.read("哪里可以在线看敦煌石窟").bigrams


def test_a_text_of_stop_words_alone_keeps_them(reader: Reader) -> None:
    assert [unit.label for unit in reader.read("哪里").units] == ["哪里"]


def test_a_latin_word_is_looked_for_as_written_and_by_its_sound(reader: Reader) -> None:
    (unit,) = reader.read("Qingming").units
    assert unit.label == "Qingming"
    assert unit.bigrams == ("qingming",)
    assert {"qing", "ming"} <= set(unit.pinyin)


def test_a_latin_word_that_is_no_pinyin_is_looked_for_as_written_only(reader: Reader) -> None:
    (unit,) = reader.read("Grottoes").units
    assert unit.bigrams == ("grottoes",)
    assert unit.pinyin == ()


def test_a_chinese_word_is_looked_for_by_its_bigrams_and_a_single_character_by_itself(reader: Reader) -> None:
    (word,) = reader.read("莫高窟").units
    assert (word.bigrams, word.character, word.pinyin) == (("莫高", "高窟"), None, ())
    (single,) = reader.read("瓷").units
    assert (single.bigrams, single.character, single.pinyin) == ((), "瓷", ())


def test_both_scripts_and_widths_are_understood_alike(reader: Reader) -> None:
    simplified, traditional = reader.read("敦煌壁画 ABC"), reader.read("敦煌壁畫　ＡＢＣ")
    plain, other = ([replace(unit, label="") for unit in read.units] for read in (simplified, traditional))
    assert plain == other
    assert simplified.title_key == traditional.title_key == "敦煌壁画abc"


def test_a_word_said_twice_counts_once(reader: Reader) -> None:
    read = reader.read("敦煌 敦煌 敦煌")
    assert len(read.units) == len(read.words) == 1


def test_a_text_beyond_the_cap_is_cut_and_says_so(reader: Reader) -> None:
    read = reader.read("敦" * (MAX_TEXT + 1))
    assert len(read.text) == MAX_TEXT
    assert read.as_json()["cut"] is True
    assert "cut" not in reader.read("敦" * MAX_TEXT).as_json()


def test_blanks_around_a_text_do_not_count_for_its_cap(reader: Reader) -> None:
    for text in ("敦煌" + " " * MAX_TEXT, " " * MAX_TEXT + "敦煌"):
        assert reader.read(text) == reader.read("敦煌")


def test_the_answer_says_how_the_text_was_read(reader: Reader) -> None:
    read = reader.read(" qingming 2 ")
    words, sounds = ["qingming", "2"], ["qing", "ming", "qingming"]
    assert read.as_json() == {"text": "qingming 2", "words": words, "pinyin": sounds}


def test_a_title_key_has_no_punctuation() -> None:
    assert title_key("《红楼梦》 (上_册)") == "红楼梦上册"


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_typed_is_read(reader: Reader, text: str) -> None:
    read = reader.read(text)
    assert all(unit.bigrams or unit.character or unit.pinyin for unit in read.units)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("紫禁城", "故宫"),
        ("北图", "国家图书馆"),
        ("Forbidden City", "紫禁城"),
        ("Terracotta Warriors", "兵马俑"),
        ("蘇東坡", "苏轼"),
    ],
)
def test_a_thing_of_several_names_is_one_unit_that_any_of_them_meets(
    reader: Reader, typed: str, other: str
) -> None:
    read = reader.read(f"{typed} 展览")
    assert other in read.synonyms
    assert read.as_json()["synonyms"] == list(read.synonyms)
    named, _ = read.units
    assert tuple(reader.read(other).bigrams) in named.other_names
    assert set(reader.read(other).words) <= set(read.synonym_words)


@pytest.mark.parametrize("text", ['"紫禁城"', "题名:紫禁城", "敦煌"])
def test_a_name_in_quotes_or_an_expression_and_a_thing_of_one_name_have_no_synonyms(
    reader: Reader, text: str
) -> None:
    assert reader.read(text).synonyms == ()


def test_an_english_class_word_is_met_by_chinese_ones_and_is_no_pinyin(reader: Reader) -> None:
    read = reader.read("Chengde Palace")
    assert "宫" in read.synonyms
    assert "宫" in read.other_parts
    _name, kind = read.units
    assert ("宫",) in kind.other_names
    assert set(read.pinyin) == {"cheng", "de", "chengde"}


def test_a_question_may_ask_about_its_words_side_by_side(reader: Reader) -> None:
    read = reader.read("这是越王勾践剑")
    assert len(read.words) > 1
    assert set(read.names) == {"越王", "越王勾践剑", "王勾践剑", "勾践剑"}
    assert not any("怎" in name for name in read.names)
    assert read.content_length == sum(len(word) for word in read.words)


@pytest.mark.parametrize("text", ["故宫 博物院", "题名:故宫 的", ""])
def test_what_is_no_question_asks_about_nothing(reader: Reader, text: str) -> None:
    assert reader.read(text).names == []


def test_a_half_converted_text_is_read_as_pinyin(reader: Reader) -> None:
    assert reader.half_converted("敦huang") == ["dunhuang"]
    assert reader.half_converted("敦煌") == reader.half_converted("dunhuang") == []


def test_pinyin_has_no_words_of_english_grammar(reader: Reader) -> None:
    assert [unit.label for unit in reader.read("Xi'an").units] == ["Xi", "an"]
    assert [unit.label for unit in reader.read("the wall of an emperor").units] == ["wall", "emperor"]


def test_characters_side_by_side_that_are_no_words_are_a_name(reader: Reader) -> None:
    name, *others = reader.read("三体 科幻").units
    assert (name.label, name.bigrams, name.parts) == ("三体", ("三体",), ())
    assert [unit.label for unit in others] == ["科幻"]
    assert [unit.label for unit in reader.read("三 体").units] == ["三", "体"]
    # Words of grammar are part of it where no other word is before them.
    assert [unit.label for unit in reader.read("同里古镇").units] == ["同里", "古镇"]
    assert [unit.label for unit in reader.read("可园").units] == ["可园"]
    assert [unit.label for unit in reader.read("周庄 同里").units] == ["周庄", "同里"]
    assert "里" not in {label for unit in reader.read("长城里有什么").units for label in unit.label}
    # A thing that has a name of its own is no part of another's.
    assert [unit.label for unit in reader.read("诗李贺").units] == ["诗", "李贺"]
    # More than four are a verse.
    assert len(reader.read("身闲长自由").units) > 1


def test_a_number_is_met_by_its_other_figures_and_no_synonym_is_told(reader: Reader) -> None:
    read = reader.read("24史")
    number, _ = read.units
    assert number.is_number
    assert (("二十", "十四") in number.other_names, number.bigrams) == (True, ("24",))
    assert {"二十", "十四"} <= set(read.other_parts)
    assert "synonyms" not in read.as_json()
    assert not any(unit.is_number for unit in reader.read('"24史"').units)


def test_a_word_for_a_kind_leads_to_the_ends_of_names_unless_more_than_a_place_and_a_time_was_typed(
    reader: Reader,
) -> None:
    garden, when_built = reader.read("园林"), reader.read("明代园林")
    about = reader.read("园林艺术家")
    assert ("园",) in garden.units[0].other_names
    assert ("园",) in when_built.units[1].other_names
    assert about.units[0].other_names == ()
    assert about.ending_parts == about.other_parts == ()


def test_the_number_of_a_part_is_looked_for_in_titles_in_other_figures(reader: Reader) -> None:
    assert {"三体ii", "三体二"} <= {written.folded for written in reader.read("三体2").in_other_figures}
    assert {"二十四史"} <= {written.folded for written in reader.read("24史").in_other_figures}
    for text in ("三体二", "三体 2"):
        assert "三体ii" in {written.folded for written in reader.read(text).in_other_figures}, text
    for text, written in (("莫高窟第十七窟", "莫高窟第17窟"), ("莫高窟第17窟", "莫高窟第十七窟")):
        assert written in {one.folded for one in reader.read(text).in_other_figures}, text
    for text in ("三体", "1 2", "2", "二"):
        assert reader.read(text).in_other_figures == (), text


def test_a_name_of_three_or_four_characters_may_be_short_for_a_longer_one(reader: Reader) -> None:
    assert reader.read("法显").units[0].pieces == ()
    (piece,) = reader.read("上影厂").units[0].pieces
    assert piece.short_for == ("上", "影", "厂")


def test_a_word_of_the_dictionary_that_is_a_name_and_what_stands_anywhere_is_two(
    specification: Specification, reader: Reader
) -> None:
    words = specification.analyzer.words
    known = KnownNames([("region", "320500", "苏州")], words)
    assert [unit.label for unit in reader.read("苏州园林", known=known).units] == ["苏州", "园林"]
    assert [unit.label for unit in reader.read("毛泽东故居").units] == ["毛泽东", "故居"]


@pytest.mark.parametrize(
    ("text", "labels", "sounds"),
    [
        ("李bai", ["李bai"], ("li", "bai", "libai")),
        ("少lin寺", ["少lin寺"], ("shao", "lin", "si", "shaolin", "linsi")),
        ("清明上河tu", ["清明", "上河tu"], ("shang", "he", "tu", "shanghe", "hetu")),
        ("苏shi的词", ["苏shi", "词"], ("su", "shi", "sushi")),
    ],
)
def test_characters_and_pinyin_without_a_blank_are_one_name_by_its_sound(
    reader: Reader, text: str, labels: list[str], sounds: tuple[str, ...]
) -> None:
    read = reader.read(text)
    assert [unit.label for unit in read.units] == labels
    (spoken,) = (unit for unit in read.units if unit.pinyin)
    assert (spoken.pinyin, "".join(piece.label for piece in spoken.pieces)) == (sounds, spoken.label)


@pytest.mark.parametrize("text", ["李 bai", "A股", "dunhuang壁画", "3D打印", "李白"])
def test_what_has_a_blank_a_longer_word_or_no_pinyin_is_no_such_name(reader: Reader, text: str) -> None:
    assert all(not unit.pieces for unit in reader.read(text).units)


def test_a_text_of_characters_and_pinyin_is_looked_up_as_a_title_by_its_sound(reader: Reader) -> None:
    assert reader.read("故gong").typed_pinyin == "gugong"
    assert reader.read("故 gong").typed_pinyin == ""
    assert reader.read("T恤").typed_pinyin == ""
    assert reader.read("lv").typed_pinyin == "lu"


def test_two_characters_are_one_name_though_the_first_is_a_word_of_grammar(reader: Reader) -> None:
    assert [unit.label for unit in reader.read("看花").units] == ["看花"]
    assert "看花" in reader.read("看花").telling_tokens
    assert [unit.label for unit in reader.read("的花").units] == ["花"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("语种:英文", (("language", "eng"),)),
        ("类型:电影", (("content_type", "film"),)),
        ("类型:文物", (("heritage_type", "object"), ("heritage_type", "site"))),
        ("语种:电影", ()),
        ("语种:英文小说", ()),
        ("语种:？", ()),
    ],
)
def test_in_a_field_that_is_a_facet_the_name_of_a_code_is_the_code(
    reader: Reader, text: str, codes: tuple[tuple[str, str], ...]
) -> None:
    found = [sought.codes for _, sought in reader.read(text).leaves]
    assert found == ([codes] if found else [])
    assert found or codes == ()


def test_a_place_and_a_kind_are_codes_by_their_known_names(
    specification: Specification, reader: Reader
) -> None:
    words = specification.analyzer.words
    known = KnownNames([("region", "320500", "苏州"), ("kind", "book", "绘本")], words)
    ((_, place),) = reader.read("地区:苏州", known=known).leaves
    ((_, kind),) = reader.read("类型:绘本", known=known).leaves
    assert (place.codes, kind.codes) == ((("region", "320500"),), (("kind", "book"),))


def test_keywords_are_typed_apart_where_three_of_them_have_blanks_between(reader: Reader) -> None:
    assert reader.read("国破 山河 草木 深").typed_apart
    assert reader.read("敦煌 石窟 𠮷野").typed_apart
    assert not reader.read("国破 山河").typed_apart
    assert not reader.read("Dream of the Red Chamber").typed_apart
    assert not reader.read("叶绿体 DNA 的缩写是？").typed_apart


def test_a_long_word_falls_into_words_where_one_of_them_says_but_what_it_is(reader: Reader) -> None:
    (art,), (verse,), (railway,) = (reader.read(text).units for text in ("剪纸艺术", "边塞诗", "滇越铁路"))
    assert [(one.label, one.is_work) for one in art.pieces] == [("剪纸", False), ("艺术", True)]
    assert [one.label for one in verse.pieces] == ["边塞", "诗"]
    assert (railway.pieces, railway.parts) == ((), ("滇越", "铁路"))


def test_a_name_may_begin_with_a_word_of_grammar(reader: Reader) -> None:
    assert [unit.label for unit in reader.read("何园").units] == ["何园"]
    assert [unit.label for unit in reader.read("陳從周").units] == ["陳從周"]
    assert [unit.label for unit in reader.read("何处").units] == ["何处"]


@pytest.mark.parametrize(
    ("texts"),
    [
        ("民国8年", "民国八年", "民國八年"),
        ("光绪27年", "光绪二十七年"),
        ("洪武元年", "洪武1年", "洪武一年"),
        ("1949年", "一九四九年"),
    ],
)
def test_a_year_of_a_reign_counts_the_same_in_whatever_figures_it_is_written(
    reader: Reader, texts: tuple[str, ...]
) -> None:
    def ways(text: str) -> set[frozenset[str]]:
        (unit,) = reader.read(text).units
        assert unit.years
        return {frozenset(way) for way in (unit.bigrams, *unit.other_names)}

    # A text is written in each of these ways, whichever of them was typed.
    assert all(ways(text) == ways(texts[0]) for text in texts)
    assert len(ways(texts[0])) > 1


def test_a_syllable_typed_twice_is_one_word_and_told_as_it_was_typed(reader: Reader) -> None:
    (cao,) = reader.read("Cao Cao").units
    assert (cao.label, cao.bigrams) == ("Cao Cao", ("caocao",))
