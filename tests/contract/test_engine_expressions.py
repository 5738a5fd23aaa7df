"""Expressions on every engine: what is matched is decided on the plain texts of each document."""

from __future__ import annotations

from engine_cases import COUNT, Case, allows, filters
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search.query import Filters
from search.reading.expression import AllOf, AnyOf, Expression, Not, Years
from search.reading.understanding import Understanding

terms = st.sampled_from(
    (
        "敦煌", "石窟", "青花瓷", '"石窟"', '"花瓷"', '"与昆曲"', '"壁画敦煌"', "题名:敦煌", "作者:重庆", "主题:瓷", "年:1000..1500",
        "年:..0", "yungang", "哪里", '"窟 壁"', "题名:青花瓷",
    )
)  # fmt: skip
expressions = st.recursive(
    terms,
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT {text}" if not text.startswith("NOT") else text),
        st.builds(lambda a, b, op: f"({a}{op}{b})", inner, inner, st.sampled_from([" AND ", " OR ", " "])),
    ),
    max_leaves=6,
)


def meets(case: Case, number: int, text: Understanding, part: Expression) -> bool:
    """Whether a document meets a part of an expression, decided on its plain texts."""
    document = case.documents[number]
    if isinstance(part, Not):
        return not meets(case, number, text, part.part)
    if isinstance(part, AllOf | AnyOf):
        return (all if isinstance(part, AllOf) else any)(meets(case, number, text, p) for p in part.parts)
    if isinstance(part, Years):
        return allows(Filters({}, part.start, part.end), document)
    groups = {"title": document.titles, "names": document.names, "subjects": document.subjects}
    values = groups[part.field] if part.field else document.text.split("\n")
    read = case.specification.analyzer
    rows = ["\t".join(read.characters(read.fold(value))) for value in values]
    sought = dict(text.leaves)[part]
    return all(case.has(number, unit) for unit in sought.units) and all(
        any(f"\t{chr(9).join(phrase)}\t" in f"\t{row}\t" for row in rows) for phrase in sought.phrases
    )


@given(typed=expressions, wanted=filters)
@settings(max_examples=150)
def test_an_expression_matches_what_meets_it(case: Case, typed: str, wanted: Filters) -> None:
    text = case.reader.read(typed)
    assume(text.expression is not None)
    expected = {n for n in case.documents if meets(case, n, text, text.expression)} & case.allowed(wanted)
    assert case.engine.tally(text, wanted, []).total == len(expected)
    assert {hit.number for hit in case.engine.rank(text, wanted, COUNT)} == expected
    assert case.engine.in_tier(text, list(case.documents)) >= expected


def test_a_title_and_a_whole_name_are_found_in_pinyin(case: Case) -> None:
    pinyin = case.specification.pinyin
    number, name, title = next(
        (n, d.names[0], d.title)
        for n, d in case.documents.items()
        if d.names and pinyin.whole_name(d.names[0]) and len(pinyin.syllables(d.title)) == len(d.title)
    )
    for field, written in (("作者", name), ("题名", title)):
        typed = f"{field}:{''.join(pinyin.syllables(written))}"
        text = case.reader.read(typed)
        assert text.expression is not None
        assert number in {hit.number for hit in case.engine.rank(text, Filters(), COUNT)}, typed
