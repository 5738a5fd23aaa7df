"""The tier: which resources are counted for a text. Chosen from the text alone, before any filter.

All words; else the rarest three quarters; else the rarest half; else all that are anywhere, where some are nowhere; else any
of the rarest, or of many words any two. The first tier with enough resources answers. Of few words one resource that has them all is enough, and a place among them is
met by what is there, too, then left out; one is enough where a resource has the text as it stands, or several of many
words. A filter can only take away from a tier, so adding one never raises a total.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import NamedTuple

import tantivy

from catalog.identifiers import wrong_check_digit
from search.analysis.tokens import UNSPACED
from search.embedded import keyword_query as kq
from search.embedded.budget import within_budget
from search.embedded.codes import CodeBook
from search.reading.understanding import Understanding, Unit

ENOUGH = 10
# Resources that any one of several words may count.
COUNTING_BUDGET = 50_000
# A class of the Chinese Library Classification and how many of its call numbers are looked for.
_CLASS_NUMBER = re.compile("[a-z]{1,2}[0-9]{1,6}")
# As it is typed below the third figure: where no text has it (v2.0), its letters are no pinyin.
_LONG_CLASS_NUMBER = re.compile(r"[a-z]{1,2}[0-9]{1,4}(?:\.[0-9]+)+")
_CALL_NUMBERS = 500
# Of intangible heritage (Ⅳ-1), of which none is below another.
_ITEM_CODE = re.compile("[ivx]+[0-9]+")
_CHINESE = re.compile(f"[{UNSPACED}]")
_SHORTEST_TEXT = 2
# Where so many may match, they are counted at once: looking for the first few passes over all of them, too.
_WORTH_COUNTING = 5_000
_SHARES = (("most", 0.75), ("half", 0.5))
# Of so few words all are meant.
_FEW_WORDS = 3
# Of so many words any two are counted where hardly anything has more, of the rarest so many.
_MANY_WORDS, _MOST_WORDS = 4, 6


# In how many documents (field, token or number) is.
Frequency = Callable[[str, str | int], int]


class Counted(NamedTuple):
    """How many resources match a query, and by facet how many have each of its codes."""

    total: int
    facets: Mapping[str, Mapping[str, int]]


Count = Callable[[tantivy.Query], Counted]


@dataclass(frozen=True, slots=True)
class Tier:
    """Its name, what matches it, the words that it left out, and what has all of them if some resource has.

    `counted`: what matches it without any filter, where choosing it took counting. `by_long_name`: a name that nothing bears is
    taken for a short one.
    """

    name: str
    query: tantivy.Query
    dropped: tuple[str, ...] = ()
    whole: tantivy.Query | None = None
    counted: Counted | None = None
    by_long_name: bool = False


def undivided(
    searcher: tantivy.Searcher,
    schema: tantivy.Schema,
    codes: CodeBook,
    frequency: Frequency,
    text: Understanding,
) -> Tier | None:
    """The tier of a text of which no word is left out; None for one that has words.

    An identifier that the index knows comes before all, and an expression says itself.
    """
    if text.identifier and (known := _known(searcher, frequency, text)):
        return _undivided("identifier", kq.exact(schema, "identifier", known))
    if text.shelf_class:
        # What this book's number does not find is its class.
        return _undivided("identifier", kq.exact(schema, "identifier", _below(searcher, text.shelf_class)))
    if text.identifier and wrong_check_digit(text.identifier):
        # Its parts, written with hyphens, would be found by chance. A book may bear a wrong number, which is known then.
        return _undivided("identifier", kq.any_of([]))
    if _LONG_CLASS_NUMBER.fullmatch(text.folded) and not frequency("text_bigrams", text.bigrams[0]):
        return _undivided("identifier", kq.any_of([]))
    if text.expression:
        return _undivided("query", kq.expression(schema, codes, text))
    if not text.units:
        return _undivided("everything" if not text.text else "nothing", _without_words(text))
    # Verse is typed in pinyin, too, and has no syllables of its own in the index.
    if lines := [line for line in text.spoken_lines if frequency("other_pinyin", line)]:
        return _undivided("all", kq.exact(schema, "other_pinyin", lines))
    return None


class Chooser:
    """Chooses the tier of a text that has words: the first of some steps that finds enough."""

    def __init__(
        self,
        searcher: tantivy.Searcher,
        schema: tantivy.Schema,
        codes: CodeBook,
        frequency: Frequency,
        text: Understanding,
        count: Count,
    ) -> None:
        self._searcher, self._schema, self._text, self._count = searcher, schema, text, count
        self._counted = partial(kq.counted, schema, codes)
        # Of a class number beside words what is below it.
        self._numbers = {
            unit: _identifiers(searcher, frequency, unit.identifier) for unit in text.units if unit.identifier
        }
        pieces = {unit: self._in_pieces(frequency, unit) for unit in text.units}
        # What a word falls into may have been typed besides: it counts once, as it was typed.
        typed = {unit.label: unit for unit in text.units if pieces[unit] == [unit]}
        found = (one for unit in text.units for one in pieces[unit])
        units = list({one.label: typed.get(one.label, one) for one in found}.values())
        self._as_typed = units == list(text.units)
        self._by_long_name = any(unit.short_for for unit in units)
        self._frequencies = {
            unit: _frequency(frequency, codes, unit) + len(self._numbers.get(unit, ())) for unit in units
        }
        # A level stays. What is left out first is that it is material at all (资料), then, where the thing is elsewhere, its place,
        # and next what kind of thing it is.
        self._units = sorted(
            units,
            key=lambda unit: (
                not unit.is_level, unit.is_material, bool(unit.region), _is_generic(unit), self._frequencies[unit],
            ),
        )  # fmt: skip

    def _query_of(self, unit: Unit, *, by_place: bool = False) -> tantivy.Query:
        """What has a word, or is of what it names."""
        written = self._counted(unit, by_place=by_place)
        below = self._numbers.get(unit)
        return kq.any_of([written, kq.exact(self._schema, "identifier", below)]) if below else written

    def _in_pieces(self, frequency: Frequency, unit: Unit) -> Sequence[Unit]:
        """A word, or what it is made of where nothing has it in one piece."""
        if not (unit.parts or unit.pieces) or _is_common(frequency, unit) or not self._is_nowhere(unit):
            return [unit]
        return unit.pieces or [replace(unit, bigrams=unit.parts)]

    def chosen(self) -> Tier:
        """The tier."""
        whole: tantivy.Query | None = None
        for step in _steps(self._units, apart=self._text.typed_apart):
            query, counted, found = self._looked_for(step.kept, by_place=step.by_place)
            if found and len(step.kept) == len(self._units) and self._as_typed:
                whole = whole or query
            # With a single word there is nothing to leave out, and few are right where one of them has the very text.
            if (
                len(self._units) == 1
                or found >= step.enough
                or (whole is query and _has_text(self._searcher, self._schema, self._text, query))
            ):
                return Tier(step.name, query, self._dropped(step.kept), whole, counted, self._by_long_name)
        return self._somewhere() or self._any(whole)

    def _somewhere(self) -> Tier | None:
        """What has all those words that are anywhere, where some are nowhere and others together somewhere."""
        kept = [unit for unit in self._units if not self._is_nowhere(unit)]
        if not 1 < len(kept) < len(self._units):
            return None
        query, counted, found = self._looked_for(kept, by_place=True)
        if not found:
            return None
        name = next((name for name, share in _SHARES if len(kept) >= share * len(self._units)), "half")
        return Tier(name, query, self._dropped(kept), counted=counted)

    def _any(self, whole: tantivy.Query | None) -> Tier:
        """What has any of the telling words, or where there are many of them and something has two, any two."""
        left_out = _left_out(self._units, self._frequencies)
        kept = [unit for unit in self._units if unit not in left_out]
        if len(self._units) >= _MANY_WORDS:
            # One word of so many is chance, where there is something that has two.
            pairs = kq.silent(kq.any_of(map(kq.all_of, combinations(map(self._query_of, kept), 2))))
            if _first(self._searcher, pairs, 1):
                return Tier("any", pairs, self._told(left_out, kept), whole)
        # A single character is chance, unless there is nothing else.
        if words := [unit for unit in kept if not unit.character]:
            left_out = left_out + [unit for unit in kept if unit.character]
            kept = words
        query = kq.silent(kq.any_of(map(self._query_of, kept)))
        return Tier("any", query, self._told(left_out, kept), whole)

    def _told(self, left_out: Sequence[Unit], kept: Sequence[Unit]) -> tuple[str, ...]:
        """The words that were left out, and those that nothing has, unless that is all others."""
        nowhere = [unit for unit in kept if self._is_missed(unit)]
        return tuple(unit.label for unit in (*left_out, *(nowhere if len(nowhere) < len(kept) else ())))

    def _looked_for(
        self, kept: Sequence[Unit], *, by_place: bool
    ) -> tuple[tantivy.Query, Counted | None, int]:
        """What has all of these, counted where that is worth it, and how many are found, beyond enough not all."""
        query = kq.silent(kq.all_of(self._query_of(unit, by_place=by_place) for unit in kept))
        if min(map(self._frequencies.__getitem__, kept)) >= _WORTH_COUNTING:
            counted = self._count(query)
            return query, counted, counted.total
        return query, None, len(_first(self._searcher, query, ENOUGH))

    def _dropped(self, kept: Sequence[Unit]) -> tuple[str, ...]:
        return tuple(unit.label for unit in self._units if unit not in kept)

    def _is_missed(self, unit: Unit) -> bool:
        """Whether nothing has the word; of many words those that no token of is anywhere, for looking each up takes long."""
        if len(self._units) > _FEW_WORDS:
            return not self._frequencies[unit] and not unit.years
        return self._is_nowhere(unit)

    def _is_nowhere(self, unit: Unit) -> bool:
        return not _first(self._searcher, kq.silent(self._query_of(unit)), 1)


def _left_out(kept_first: Sequence[Unit], frequencies: Mapping[Unit, int]) -> list[Unit]:
    """Which units do not count where any may: those beyond the budget, and those behind the rarest of very many."""
    telling = within_budget(frequencies, COUNTING_BUDGET)
    # A time that nothing names has a frequency of 0, and resources of its years.
    left_out = [unit for unit in kept_first if frequencies[unit] and unit not in telling]
    # A number, or a word for works and kinds (书, 诗), says nothing alone, unless there is nothing else.
    generic = [unit for unit in kept_first if unit.is_number or _is_generic(unit)]
    left_out += [unit for unit in generic if unit not in left_out]
    if len(left_out) == len(kept_first):
        return []
    return left_out + [unit for unit in kept_first if unit not in left_out][_MOST_WORDS:]


def _is_generic(unit: Unit) -> bool:
    """Whether it says what kind of thing is sought, and not which."""
    return unit.is_work or unit.is_kind or unit.is_material


class _Step(NamedTuple):
    """The units that a tier keeps, whether a place is met by what is there, and how many resources are enough."""

    name: str
    kept: Sequence[Unit]
    by_place: bool = False
    enough: int = ENOUGH


def _steps(units: Sequence[Unit], *, apart: bool) -> Iterator[_Step]:
    """What is tried in turn, from units in the order in which they are kept; `apart`: they were typed so."""
    things = [unit for unit in units if not unit.region]
    # One resource that has all of few words is enough.
    # What has all syllables of a text in pinyin is meant, however many there are.
    # So is what has all of several that were typed with blanks between them.
    few = (
        len(units) <= _FEW_WORDS
        or apart
        or all((unit.pinyin or unit.region) and not _CHINESE.search(unit.label) for unit in units)
    )
    in_place = few and 0 < len(things) < len(units)
    yield _Step("all", units, enough=1 if few else ENOUGH)
    if in_place:
        yield _Step("all", units, by_place=True, enough=1)
    told = [unit for unit in units if not unit.is_material]
    if 0 < len(told) < len(units):
        name = "most" if len(told) > len(units) / 2 else "half"
        for step in _steps(told, apart=apart):
            yield step._replace(name=name) if step.name == "all" else step
        return
    # Where a thing is not in its place, it is sought elsewhere.
    if in_place:
        yield _Step("most" if len(things) > len(units) / 2 else "half", things, enough=1)
    for name, share in _SHARES:
        kept = units[: max(1, math.ceil(share * len(units)))]
        # Few that have several of the words say more than the many that have any of them.
        enough = 1 if name == "half" and len(kept) > 1 else ENOUGH
        if len(kept) < len(units):
            yield _Step(name, kept, enough=enough)
    # What is of a level, in its place if any is, is more than what has some other word.
    levels, places = [unit for unit in units if unit.is_level], [unit for unit in units if unit.region]
    if levels:
        for kept in [levels + places, levels] if places else [levels]:
            if len(kept) < len(units):
                yield _Step("half", kept, by_place=True, enough=1)


def _known(searcher: tantivy.Searcher, frequency: Frequency, text: Understanding) -> list[str]:
    """What the index knows of the identifier that a text is: of a class number what is below it, of one book's its own."""
    written = text.identifier or ""
    if text.shelf_class:
        return [written] if frequency("identifier", written) else []
    return _identifiers(searcher, frequency, written)


def _identifiers(searcher: tantivy.Searcher, frequency: Frequency, written: str) -> list[str]:
    """The identifier, and of a class number (I242) the call numbers below it."""
    known = bool(frequency("identifier", written))
    if (
        not _CLASS_NUMBER.fullmatch(written)
        or frequency("text_bigrams", written)
        or (known and _ITEM_CODE.fullmatch(written))
    ):
        return [written] if known else []
    return _below(searcher, written)


def _below(searcher: tantivy.Searcher, written: str) -> list[str]:
    """A class number and the call numbers below it."""
    return [term for term, _ in searcher.terms_with_prefix("identifier", written, limit=_CALL_NUMBERS)]


def _first(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> Sequence[object]:
    return searcher.search(query, limit, count=False).hits


def _has_text(
    searcher: tantivy.Searcher, schema: tantivy.Schema, text: Understanding, among: tantivy.Query
) -> bool:
    """Whether one of these has the text as it stands: a title, a name, a verse."""
    if len(text.phrase) < _SHORTEST_TEXT or len(text.phrase) != len(text.title_key):
        return False
    whole = kq.all_of([among, kq.phrase(schema, "text_characters", text.phrase)])
    return bool(searcher.search(whole, 1, count=False).hits)


def _undivided(name: str, query: tantivy.Query) -> Tier:
    return Tier(name, query, whole=query)


def _without_words(text: Understanding) -> tantivy.Query:
    return kq.all_of([]) if not text.text else kq.any_of([])


def _is_common(frequency: Frequency, unit: Unit) -> bool:
    """Whether so many resources have its bigrams as one word that some of them still do: deleted ones count, too."""
    word = unit.bigrams[0] + "".join(pair[1:] for pair in unit.bigrams[1:]) if unit.bigrams else ""
    return bool(word) and frequency("text_words", word) >= ENOUGH


def _frequency(frequency: Frequency, codes: CodeBook, unit: Unit) -> int:
    """An upper bound of how many resources have the word."""
    held = sum(
        frequency(facet, number)
        for facet, named in kq.named_codes(unit).items()
        for number in codes.find(facet, named)
    )
    held += frequency("identifier", unit.identifier) if unit.identifier else 0
    written = min((frequency(kq.field_of(token), token) for token in unit.bigrams), default=0)
    written += frequency("text_characters", unit.character) if unit.character else 0
    spoken = sum(min((frequency(field, token) for token in unit.pinyin), default=0) for field in kq.SOUNDS)
    named = sum(min(frequency(kq.field_of(token), token) for token in name) for name in unit.other_names)
    return written + spoken + named + held
