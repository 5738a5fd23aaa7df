"""Reads what was typed: words, times, numbers, names, pinyin, identifiers, expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from catalog.identifiers import with_isbns_joined
from search.analysis.pinyin import Pinyin
from search.analysis.questions import with_asking_apart
from search.analysis.synonyms import Synonyms
from search.analysis.tokens import RUN
from search.analysis.words import Analyzer
from search.query import MAX_TEXT
from search.reading.code_words import CodeWords
from search.reading.divided_words import Divider
from search.reading.expression import (
    FACET_FIELDS,
    NUMBERS,
    Expression,
    Leaf,
    Phrase,
    Text,
    leaves,
    parse,
    positive_text,
    pruned,
)
from search.reading.known_names import KnownNames, without_levels
from search.reading.typed_periods import with_editions_named, with_ranges_named, with_times_of_makers_named
from search.reading.understanding import (
    Maker,
    Sought,
    Understanding,
    Unit,
    identifier_in,
    shelf_class_in,
    title_key,
    with_classes_joined,
)
from search.reading.unit_reader import ReadUnits, UnitReader, WordedText
from search.reading.units import UnitMaker, in_other_figures, may_be_makers

_Value = TypeVar("_Value")
_TWICE = re.compile(r"\b([a-z]{2,6}) \1\b")
_ARTICLE, _PASSING = "a", "过"


class Reader:
    """Reads what was typed. One object serves all requests."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin, synonyms: Synonyms, code_words: CodeWords) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._synonyms = synonyms
        self._code_words = code_words
        self._unit_maker = UnitMaker(analyzer, pinyin)
        self._unit_reader = UnitReader(self._unit_maker, analyzer, pinyin, synonyms, code_words)
        self._divider = Divider(analyzer, synonyms, code_words)

    def half_converted(self, folded: str) -> list[str]:
        """A text of characters and letters (敦huang) as it would be typed in pinyin; none for one of either alone."""
        runs = RUN.findall(folded)
        if not any(chinese for chinese, _ in runs) or not any(latin for _, latin in runs):
            return []
        # Keyboards write ü as v.
        return [
            "".join(
                latin.replace("v", "u") or "".join(self._pinyin.syllables(chinese)) for chinese, latin in runs
            )
        ]

    def read(self, text: str, *, plain: bool = False, known: KnownNames | None = None) -> Understanding:
        """Understand a text, `plain` without looking for an expression; beyond the cap it is cut, and says so.

        `known` are the names of places and institutions that it may have.
        """
        # Blanks around a text are none of it, and count for nothing.
        typed = text.strip()
        kept = typed[:MAX_TEXT].strip()
        expression, sought = (None, {}) if plain else self._expressed(kept, known)
        # An expression says itself what is a time or another name: its leaves do.
        literal = expression is not None
        wanted = positive_text(expression) if expression else kept
        whole = self._analyzer.fold(wanted)
        folded, sequence = self._in_words(whole, known, literal=literal)
        words = self._telling(sequence)
        mentions = known.find(sequence) if known and not literal else []
        found = self._unit_reader.read(WordedText(wanted, sequence, words, mentions, known, literal))
        asked, words = without_levels(self._analyzer.asked(folded, sequence), sequence, words, mentions)
        makers = () if literal else may_be_makers(found.units.values(), tuple(found.synonyms))
        return Understanding(
            text=kept,
            folded=folded,
            typed=whole,
            half_spoken=self._reading(whole),
            cut=len(typed) > MAX_TEXT,
            words=_each(words),
            bigrams=_each(self._analyzer.bigrams(asked)),
            characters=_each(self._analyzer.characters(asked)),
            phrase=tuple(self._analyzer.characters(folded)),
            mentions=tuple(mentions),
            before_a_role=self._analyzer.before_a_role(sequence),
            makers=tuple(self.makers(makers)),
            sequence=tuple(sequence),
            in_other_figures=tuple(in_other_figures(self._analyzer, folded, sequence, found.figures)),
            identifier=None if expression else identifier_in(kept),
            shelf_class=None if expression else shelf_class_in(kept),
            expression=expression,
            leaves=tuple(sought.items()) if expression else (),
            **self._stood_for(found),
        )

    def _expressed(
        self, text: str, known: KnownNames | None
    ) -> tuple[Expression | None, Mapping[Leaf, Sought]]:
        """The expression that a text is, without leaves that have no word, and what each of its leaves looks for."""
        written = parse(text)
        if written is None or (isinstance(written, Text) and written.field == NUMBERS):
            # A number alone is looked up as it is without its name, ISBN or id.
            return None, {}
        analysed = ((leaf, self._sought(leaf, known)) for leaf in dict.fromkeys(leaves(written)))
        sought = {leaf: what for leaf, what in analysed if what}
        return pruned(written, sought.__contains__), sought

    def _in_words(self, typed: str, known: KnownNames | None, *, literal: bool) -> tuple[str, list[str]]:
        """A folded text as it is looked for, without what only asks unless it is `literal`, and its words."""
        # A class number alone stays as it was typed, to be looked up as a call number.
        apart = with_classes_joined(typed) if " " in typed or not typed.isascii() else typed
        folded = self._with_names_joined(_with_names_of_times(with_isbns_joined(apart)))
        cut = folded if literal else with_asking_apart(folded)
        sequence = self._divider.divided(self._analyzer.words(cut), known)
        return (folded, sequence) if literal else self._analyzer.unframed(cut, sequence)

    def _stood_for(self, found: ReadUnits) -> dict[str, Any]:
        """The fields of an Understanding that say what its words stand for, with the tokens of their other names."""
        spoken = " ".join(found.spoken)
        synonyms, leading = _each(found.synonyms), _each(found.leading)
        # A single figure stands in every other record.
        figures = [one for one in found.figures if len(one) > 1]
        return {
            "units": tuple(found.units.values()),
            "periods": _each(found.periods),
            "synonyms": synonyms + leading,
            "synonym_words": self._tokens(self._analyzer.words, synonyms),
            "standard_titles": tuple(title_key(self._analyzer.fold(name)) for name in found.standard),
            "class_words": frozenset(found.class_words),
            "other_parts": self._tokens(self._unit_maker.parts, [*leading, *figures]),
            "ending_parts": self._tokens(self._unit_maker.parts, found.endings),
            "pinyin": _each(self._pinyin.query_tokens(spoken)),
            "spoken_names": tuple(self._pinyin.spoken_names(spoken)),
            "spoken_lines": tuple(self._pinyin.spoken_lines(spoken)),
        }

    def _reading(self, folded: str) -> str:
        """How a text of characters and pinyin without blanks reads as a whole; nothing for any other."""
        latin = [word for _, word in RUN.findall(folded) if word]
        if " " in folded or not all(len(word) > 1 and self._pinyin.split_pinyin(word) for word in latin):
            return ""
        return next(iter(self.half_converted(folded)), "")

    def _with_names_joined(self, folded: str) -> str:
        """A text in which the same syllable twice is one word: who types cao cao does not mean whatever has one cao."""
        return _TWICE.sub(
            lambda twice: twice[1] * 2 if self._pinyin.split_pinyin(twice[1]) else twice[0], folded
        )

    def _telling(self, sequence: list[str]) -> list[str]:
        """The words that say something; of a text in pinyin alone every one: Xi'an has no English article, but `a song` has.

        Before a place 过 is no grammar: 过华清宫.
        """
        is_pinyin = _ARTICLE not in sequence and all(
            word.isascii() and self._pinyin.split_pinyin(word) for word in sequence
        )
        first = sequence[:1] if len(sequence) > 1 and sequence[0] == _PASSING else []
        return sequence if is_pinyin else first + self._analyzer.telling(sequence[len(first) :])

    def makers(self, names: Iterable[str]) -> Iterator[Maker]:
        """Those of the names that somebody may bear: of two to four characters."""
        for name in names:
            if reading := self._pinyin.whole_name(name):
                yield Maker(tuple(self._analyzer.characters(self._analyzer.fold(name))), reading)

    def _tokens(self, tokens: Callable[[str], list[str]], texts: Sequence[str]) -> tuple[str, ...]:
        """The different tokens of some texts."""
        return _each(token for text in texts for token in tokens(self._analyzer.fold(text)))

    def _sought(self, leaf: Leaf, known: KnownNames | None) -> Sought | None:
        """What a leaf looks for; None for one without a word."""
        folded = with_classes_joined(with_isbns_joined(self._analyzer.fold(leaf.text)))
        number = identifier_in(leaf.text)
        if leaf.field == NUMBERS:
            # What is no number is looked for anywhere.
            unit = self._unit_maker.of(folded, leaf.text)
            return Sought(units=(Unit(leaf.text, identifier=number) if number else unit,))
        if leaf.field in FACET_FIELDS:
            written = self._analyzer.words(folded)
            codes = self._code_words.in_field(leaf.field, written, known.find(written) if known else ())
            # What names no code is looked for anywhere.
            return Sought(codes=codes) if codes else self._sought(replace(leaf, field=None), known)
        characters = self._analyzer.characters
        if isinstance(leaf, Phrase):
            phrase = tuple(characters(folded))
            if number and phrase and not leaf.field:
                return Sought(units=(Unit(leaf.text, identifier=number),), other_names=(phrase,))
            spoken = tuple(self._spoken(leaf.field, folded))
            return Sought(phrases=(phrase,), spoken=spoken) if phrase else None
        sequence = self._analyzer.words(folded)
        words = dict.fromkeys(self._analyzer.telling(sequence))
        if not words:
            return None
        if leaf.field:
            # What falls into single characters (三体) is a name that the dictionary does not know.
            names = [folded] if all(len(word) == 1 for word in words) else words
            return Sought(
                phrases=tuple(tuple(characters(name)) for name in names),
                other_names=tuple(
                    tuple(characters(self._analyzer.fold(name))) for name in self._other_names(folded)
                ),
                spoken=tuple(self._spoken(leaf.field, folded)),
            )
        mentions = known.find(sequence) if known else []
        read = self._unit_reader.read(WordedText(leaf.text, sequence, words, mentions, known))
        return Sought(
            units=tuple(read.units.values()),
            periods=tuple(read.periods),
            synonyms=tuple(dict.fromkeys(read.synonyms)),
        )

    def _other_names(self, folded: str) -> Sequence[str]:
        """The other names of what is one thing of several names and nothing else."""
        words = self._analyzer.words(folded)
        named = self._synonyms.at(words, 0) if words else None
        return named.others if named and named.end == len(words) else ()

    def _spoken(self, field: str | None, folded: str) -> Sequence[str]:
        """The sounds by which a title, or a whole name, is looked up that was typed in pinyin."""
        if field == "names":
            return sorted(self._pinyin.spoken_names(folded), key=len)[-1:]
        return self._pinyin.query_tokens(folded, certain=True) if field == "title" else ()


def _each(values: Iterable[_Value]) -> tuple[_Value, ...]:
    """The different ones of some values, in order."""
    return tuple(dict.fromkeys(values))


def _with_names_of_times(folded: str) -> str:
    return with_ranges_named(with_editions_named(with_times_of_makers_named(folded)))
