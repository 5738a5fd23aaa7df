"""Reads what was typed: words, times, numbers, names, pinyin, identifiers, expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from catalog.identifiers import normal_identifier
from search.analysis.fold import Folding
from search.analysis.numerals import number_at
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import Named, Synonyms
from search.analysis.tokens import RUN
from search.analysis.words import Analyzer
from search.directory import KnownNames, Mention
from search.expression import Leaf, Phrase, leaves, parse, positive_text, pruned
from search.periods import Period, find_periods
from search.query import MAX_TEXT
from search.understanding import Maker, Sought, Understanding, Unit

_DURING = re.compile("(?:时期|時期|年间|年間|期间|期間|时代|時代)$")
_PAUSE = ";"
# What a number is called when it is typed with it: 书号9787..., 项目编号 Ⅳ-1.
_NUMBER_LABEL = re.compile(r"^[\u4e00-\u9fff]{0,8}(?:号码?|條碼|条码)[\s:：]*(?=[^\u4e00-\u9fff\s])")
_REST_OF_WORD = re.compile("[a-z0-9]*")


class _Read(NamedTuple):
    """Words, times and other names of a text, names that what was typed only leads to, its numbers in other figures, and
    what of it may be pinyin."""

    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    synonyms: tuple[str, ...]
    leading: tuple[str, ...]
    figures: tuple[str, ...]
    class_words: frozenset[str]
    spoken: str


class Reader:
    """Reads what was typed. One object serves all requests."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin, synonyms: Synonyms) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._synonyms = synonyms

    @property
    def folding(self) -> Folding:
        """The table that query and index share."""
        return self._analyzer.folding

    def half_converted(self, folded: str) -> list[str]:
        """A text of characters and letters (敦huang) as it would be typed in pinyin; none for one of either alone."""
        runs = RUN.findall(folded)
        if not any(chinese for chinese, _ in runs) or not any(latin for _, latin in runs):
            return []
        return ["".join(latin or "".join(self._pinyin.syllables(chinese)) for chinese, latin in runs)]

    def read(self, text: str, *, plain: bool = False, known: KnownNames | None = None) -> Understanding:
        """Understand a text, `plain` without looking for an expression; beyond the cap it is cut, and says so.

        `known` are the names of places and institutions that it may have.
        """
        kept = text[:MAX_TEXT].strip()
        written = None if plain else parse(kept)
        found = ((leaf, self._sought(leaf)) for leaf in dict.fromkeys(leaves(written))) if written else ()
        sought = {leaf: what for leaf, what in found if what}
        expression = pruned(written, sought.__contains__) if written else None
        wanted = positive_text(expression) if expression else kept
        folded = self._analyzer.fold(wanted)
        sequence = self._analyzer.words(folded)
        words = self._analyzer.telling(sequence)
        asked = self._analyzer.asked(folded, sequence)
        # In quotes or an expression, a time or a name is taken as it stands.
        literal = expression is not None
        mentions = known.find(sequence) if known and not literal else []
        units, periods, synonyms, leading, figures, class_words, spoken = self._units(
            wanted, sequence, words, mentions, literal=literal
        )
        return Understanding(
            text=kept,
            folded=folded,
            cut=len(text) > MAX_TEXT,
            words=tuple(dict.fromkeys(words)),
            bigrams=tuple(dict.fromkeys(self._analyzer.bigrams(asked))),
            characters=tuple(dict.fromkeys(self._analyzer.characters(asked))),
            phrase=tuple(self._analyzer.characters(folded)),
            pinyin=tuple(dict.fromkeys(self._pinyin.query_tokens(spoken))),
            spoken_names=tuple(self._pinyin.spoken_names(spoken)),
            units=units,
            periods=periods,
            mentions=tuple(mentions),
            synonyms=synonyms + leading,
            synonym_words=self._each(self._analyzer.words, synonyms),
            class_words=class_words,
            # A single figure stands in every other record.
            other_parts=self._each(self._parts, [*leading, *(one for one in figures if len(one) > 1)]),
            makers=() if literal else tuple(self._makers([*(unit.label for unit in units), *synonyms])),
            sequence=tuple(sequence),
            identifier=None if expression else _identifier(kept),
            expression=expression,
            leaves=tuple(sought.items()) if expression else (),
        )

    def _makers(self, names: Sequence[str]) -> Iterator[Maker]:
        for name in names:
            if reading := self._pinyin.whole_name(name):
                yield Maker(tuple(self._analyzer.characters(self._analyzer.fold(name))), reading)

    def _each(self, tokens: Callable[[str], list[str]], texts: Sequence[str]) -> tuple[str, ...]:
        """The different tokens of some texts."""
        return tuple(dict.fromkeys(token for text in texts for token in tokens(self._analyzer.fold(text))))

    def _parts(self, folded: str) -> list[str]:
        """The bigrams and latin words of a name, and its characters that stand alone."""
        pairs = self._analyzer.bigrams(folded)
        alone = [one for one in self._analyzer.characters(folded) if not any(one in pair for pair in pairs)]
        return pairs + alone

    def _sought(self, leaf: Leaf) -> Sought | None:
        """What a leaf looks for; None for one without a word."""
        folded = self._analyzer.fold(leaf.text)
        characters = self._analyzer.characters
        if isinstance(leaf, Phrase):
            phrase = tuple(characters(folded))
            return Sought(phrases=(phrase,)) if phrase else None
        words = dict.fromkeys(self._analyzer.content_words(folded))
        if not words:
            return None
        if leaf.field:
            # What falls into single characters (三体) is a name that the dictionary does not know.
            names = [folded] if all(len(word) == 1 for word in words) else words
            return Sought(phrases=tuple(tuple(characters(name)) for name in names))
        return Sought(units=tuple(self._unit(word, word) for word in words))

    def _units(
        self,
        text: str,
        sequence: Sequence[str],
        telling: Sequence[str],
        mentions: Sequence[Mention],
        *,
        literal: bool,
    ) -> _Read:
        """A unit for each word that says something, each time, thing of several names and institution."""
        houses = {one.start: one for one in mentions if one.facet == "institution"}
        kinds, regions = _spread(mentions, "kind"), _spread(mentions, "region")
        words = self._written(text, sequence)
        labels, folded = [label for _, label in words], [word for word, _ in words]
        times = {} if literal else {first: (end, period) for first, end, period in find_periods(labels)}
        content = set(telling)
        units: dict[str, Unit] = {}
        synonyms: list[str] = []
        leading: list[str] = []
        figures: list[str] = []
        class_words: set[str] = set()
        spoken: list[str] = []
        place = 0
        while place < len(words):
            word, end = folded[place], place + 1
            if place in times:
                end, period = times[place]
                units.setdefault(period.text, self._unit_of(period))
                leading.extend(period.names)
                class_words.update(w for w in folded[place:end] if w.isascii() and not w.isdecimal())
            elif not literal and (named := self._named_at(folded, houses, place)):
                end = named.end
                label = "".join(labels[place:end])
                unit = self._unit_named(folded[place:end], label, named.others)
                house = houses.get(place)
                whole = house.code if house and house.end == end else None
                units.setdefault(label, replace(unit, institution=whole, region=regions.get(place)))
                (leading if named.one_way else synonyms).extend(named.others)
                class_words.update(w for w in folded[place:end] if named.one_way and w.isascii())
                # An English name (palace) is no pinyin (pa la ce).
                spoken.append(_PAUSE)
            elif not literal and (number := number_at(folded, place)):
                end = number.end
                label = "".join(labels[place:end])
                unit = self._unit_named(folded[place:end], label, number.others)
                units.setdefault(label, replace(unit, is_number=True))
                figures.extend(number.others)
            else:
                spoken.append(word)
                if word in content:
                    unit = self._unit(word, labels[place])
                    units.setdefault(word, replace(unit, is_kind=place in kinds, region=regions.get(place)))
            place = end
        periods = dict.fromkeys(period for _, period in times.values())
        return _Read(
            tuple(units.values()),
            tuple(periods),
            tuple(dict.fromkeys(synonyms)),
            tuple(dict.fromkeys(leading)),
            tuple(figures),
            frozenset(class_words),
            " ".join(spoken),
        )

    def _named_at(self, words: Sequence[str], houses: Mapping[int, Mention], place: int) -> Named | None:
        """The longer of the thing of several names and the institution whose name begins here."""
        named, house = self._synonyms.at(words, place), houses.get(place)
        if house is None or (named and named.end >= house.end):
            return named
        return Named(house.end, (), one_way=False)

    def _written(self, text: str, sequence: Sequence[str]) -> list[tuple[str, str]]:
        """Each word of a text, folded and as it was written."""
        folded, origin = self._analyzer.folding.fold_with_offsets(text)
        words = []
        behind = 0
        for word in sequence:
            place = folded.find(word, behind)
            if place < 0:
                words.append((word, word))
                continue
            behind = place + len(word)
            if word.isascii():
                # A latin word has lost its plural, and 1930s what makes it a decade.
                behind += len(_REST_OF_WORD.match(folded, behind)[0])  # type: ignore[index]  # it matches nothing, too
            words.append((word, text[origin[place] : origin[behind - 1] + 1]))
        return words

    def _unit(self, word: str, label: str) -> Unit:
        # A word's bigrams find it however the catalogue's text was cut into words around it.
        bigrams = tuple(self._analyzer.bigrams(word))
        pinyin = tuple(self._pinyin.query_tokens(word)) if word.isascii() else ()
        parts = tuple(pair for part in self._analyzer.parts(word) for pair in self._analyzer.bigrams(part))
        return Unit(label, bigrams, None if bigrams else word, pinyin, parts=parts)

    def _unit_named(self, words: Sequence[str], label: str, others: Sequence[str]) -> Unit:
        joined = (" " if words[0].isascii() else "").join(words)
        names = (self._parts(self._analyzer.fold(name)) for name in others)
        return replace(self._unit(joined, label), other_names=tuple(tuple(name) for name in names if name))

    def _unit_of(self, period: Period) -> Unit:
        name = self._analyzer.fold(_DURING.sub("", period.text))
        written = self._unit(name, period.text)
        names = tuple(tuple(self._parts(self._analyzer.fold(other))) for other in period.names)
        return replace(written, years=(period.start, period.end), other_names=names)


def _spread(mentions: Sequence[Mention], facet: str) -> dict[int, str]:
    """The code that each word of the names of a facet is part of."""
    return {n: one.code for one in mentions if one.facet == facet for n in range(one.start, one.end)}


def _identifier(text: str) -> str | None:
    """The normal form of a text that could be an identifier: short, with a digit, and more than a small number."""
    normal = normal_identifier(_NUMBER_LABEL.sub("", text))
    telling = len(normal) >= 3 or any(sign.isalpha() for sign in normal)
    return normal if telling and len(normal) <= 64 and any(sign.isdecimal() for sign in normal) else None
