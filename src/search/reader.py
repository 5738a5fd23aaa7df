"""Reads what was typed: words, times, numbers, names, pinyin, identifiers, expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalog.identifiers import with_isbns_joined
from search.analysis.fold import Folding
from search.analysis.numerals import number_at
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import Named, Synonyms
from search.analysis.tokens import RUN
from search.analysis.words import Analyzer
from search.code_words import CodeWords
from search.directory import KnownNames, Mention, codes_at, without_levels
from search.divided_words import Divider
from search.expression import FACET_FIELDS, Leaf, Phrase, leaves, parse, positive_text, pruned
from search.periods import Period
from search.query import LEVELS, MAX_TEXT
from search.typed_periods import (
    find_periods,
    with_editions_named,
    with_ranges_named,
    with_times_of_makers_named,
)
from search.understanding import Maker, Sought, Understanding, Unit, identifier_in, title_key
from search.units import (
    UnitMaker,
    as_written,
    in_other_figures,
    may_be_makers,
    names_of_strangers,
    side_by_side,
)

_PAUSE = ";"
_TWICE = re.compile(r"\b([a-z]{2,6}) \1\b")
_ARTICLE, _PASSING = "a", "过"


@dataclass(slots=True)
class _Read:
    """What has been read of a text so far.

    Units by what they stand for, times, other names of what was typed, names that it only leads to, and standard names of
    what was typed otherwise, those of them that Chinese words for kinds of things lead to (寺 for 寺庙), by word, too, its numbers in other figures, English words for kinds and
    times, and words that may be pinyin.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    leading: list[str] = field(default_factory=list)
    standard: list[str] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)
    class_words: set[str] = field(default_factory=set)
    spoken: list[str] = field(default_factory=list)

    def add(self, unit: Unit) -> None:
        """A word, once."""
        self.units.setdefault(unit.label, unit)

    def add_time(self, unit: Unit, period: Period, words: Sequence[str]) -> None:
        """A time, written with these words: the number of a year of a reign (万历15年) may be written in other figures."""
        self.add(unit)
        self.periods.append(period)
        if not words[0].isdecimal():
            self.figures += [
                figures
                for place, word in enumerate(words)
                if word.isdecimal() and (number := number_at(words, place))
                for figures in number.others
            ]
        # Of two times side by side the names stand in the text.
        self.leading += [name for name in period.names if name not in period.text]
        self.class_words.update(word for word in words if word.isascii() and not word.isdecimal())

    def add_named(self, unit: Unit, named: Named, words: Sequence[str]) -> None:
        """A thing of several names, written with these words."""
        self.add(unit)
        if named.one_way:
            self.leading += named.others
            self.class_words.update(word for word in words if word.isascii())
            self.endings += () if words[0].isascii() else named.others
            if named.is_class and not words[0].isascii():
                self.classes[unit.label] = named.others
        else:
            self.synonyms += named.others
            self.standard += [named.standard] if named.standard else []
        # An English name (palace) is no pinyin (pa la ce).
        self.spoken.append(_PAUSE)

    def drop_endings(self) -> None:
        """Leave out what Chinese words for kinds of things lead to, unless at most a place, a time, a level and pinyin stand beside them.

        扬州园林 asks for what is called 园; a book on 园林 is not.
        """
        beside = (one for label, one in self.units.items() if label not in self.classes)
        if all(u.region or u.years or u.dynasty or u.is_level or u.label.isascii() for u in beside):
            return
        for label, others in self.classes.items():
            # 展览 beside anything is what is called 特展, too.
            if all(len(name) > 1 for name in others):
                continue
            self.units[label] = replace(self.units[label], other_names=())
            self.leading = [name for name in self.leading if name not in others]
            self.endings = [name for name in self.endings if name not in others]

    def add_number(self, unit: Unit, others: Sequence[str]) -> None:
        """A number, and how it is written in other figures."""
        self.add(replace(unit, is_number=True))
        self.figures += others


class Reader:
    """Reads what was typed. One object serves all requests."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin, synonyms: Synonyms, code_words: CodeWords) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._synonyms = synonyms
        self._code_words = code_words
        self._units = UnitMaker(analyzer, pinyin)
        self._divider = Divider(analyzer, synonyms, code_words)

    @property
    def folding(self) -> Folding:
        """The table that query and index share."""
        return self._analyzer.folding

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
        kept = text[:MAX_TEXT].strip()
        written = None if plain else parse(kept)
        analysed = (
            ((leaf, self._sought(leaf, known)) for leaf in dict.fromkeys(leaves(written))) if written else ()
        )
        sought = {leaf: what for leaf, what in analysed if what}
        expression = pruned(written, sought.__contains__) if written else None
        wanted = positive_text(expression) if expression else kept
        typed = self._analyzer.fold(wanted)
        folded = self._with_names_joined(_with_names_of_times(with_isbns_joined(typed)))
        sequence = self._divider.divided(self._analyzer.words(folded), known)
        # An expression says itself what is a time or another name: its leaves do.
        literal = expression is not None
        if not literal:
            folded, sequence = self._analyzer.unframed(folded, sequence)
        words = self._telling(sequence)
        mentions = known.find(sequence) if known and not literal else []
        found = self._read_units(wanted, sequence, words, mentions, known, literal=literal)
        asked, words = without_levels(self._analyzer.asked(folded, sequence), sequence, words, mentions)
        spoken, synonyms, leading = (
            " ".join(found.spoken), tuple(dict.fromkeys(found.synonyms)), tuple(dict.fromkeys(found.leading))
        )  # fmt: skip
        makers = () if literal else may_be_makers(found.units.values(), synonyms)
        return Understanding(
            text=kept,
            folded=folded,
            typed=typed,
            half_spoken=self._reading(typed),
            cut=len(text) > MAX_TEXT,
            words=tuple(dict.fromkeys(words)),
            bigrams=tuple(dict.fromkeys(self._analyzer.bigrams(asked))),
            characters=tuple(dict.fromkeys(self._analyzer.characters(asked))),
            phrase=tuple(self._analyzer.characters(folded)),
            pinyin=tuple(dict.fromkeys(self._pinyin.query_tokens(spoken))),
            spoken_names=tuple(self._pinyin.spoken_names(spoken)),
            spoken_lines=tuple(self._pinyin.spoken_lines(spoken)),
            units=tuple(found.units.values()),
            periods=tuple(dict.fromkeys(found.periods)),
            mentions=tuple(mentions),
            synonyms=synonyms + leading,
            synonym_words=self._each(self._analyzer.words, synonyms),
            standard_titles=tuple(title_key(self._analyzer.fold(name)) for name in found.standard),
            before_a_role=self._analyzer.before_a_role(sequence),
            class_words=frozenset(found.class_words),
            # A single figure stands in every other record.
            other_parts=self._each(
                self._units.parts, [*leading, *(one for one in found.figures if len(one) > 1)]
            ),
            ending_parts=self._each(self._units.parts, found.endings),
            makers=tuple(self.makers(makers)),
            sequence=tuple(sequence),
            in_other_figures=tuple(in_other_figures(self._analyzer, folded, sequence, found.figures)),
            identifier=None if expression else identifier_in(kept),
            expression=expression,
            leaves=tuple(sought.items()) if expression else (),
        )

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

    def _each(self, tokens: Callable[[str], list[str]], texts: Sequence[str]) -> tuple[str, ...]:
        """The different tokens of some texts."""
        return tuple(dict.fromkeys(token for text in texts for token in tokens(self._analyzer.fold(text))))

    def _level(self, labels: Sequence[str], level: Mention, known: KnownNames) -> Unit:
        label = (" " if labels[0].isascii() else "").join(labels)
        return self._units.of_level(label, level, known.names_of(level.facet, level.code))

    def _sought(self, leaf: Leaf, known: KnownNames | None) -> Sought | None:
        """What a leaf looks for; None for one without a word."""
        folded = self._analyzer.fold(leaf.text)
        if leaf.field in FACET_FIELDS:
            written = self._analyzer.words(folded)
            codes = self._code_words.in_field(leaf.field, written, known.find(written) if known else ())
            # What names no code is looked for anywhere.
            return Sought(codes=codes) if codes else self._sought(replace(leaf, field=None), known)
        characters = self._analyzer.characters
        if isinstance(leaf, Phrase):
            unit = self._units.of(folded, leaf.text)
            if unit.identifier and not leaf.field:
                return Sought(units=(unit,))
            phrase = tuple(characters(folded))
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
        read = self._read_units(leaf.text, sequence, list(words), mentions, known, literal=False)
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

    def _read_units(
        self,
        text: str,
        sequence: Sequence[str],
        telling: Sequence[str],
        mentions: Sequence[Mention],
        known: KnownNames | None,
        *,
        literal: bool,
    ) -> _Read:
        """A unit for each word that says something, each time, number, thing of several names and institution."""
        words = as_written(self.folding, text, sequence)
        spoken = {} if literal else self._units.half_spoken(text, words)
        labels, folded = [label for _, label in words], [word for word, _ in words]
        houses = {one.start: one for one in mentions if one.facet == "institution"}
        levels = {one.start: one for one in mentions if one.facet in LEVELS}
        times = {} if literal else {first: (end, period) for first, end, period in find_periods(labels)}
        kinds, regions = codes_at(mentions, "kind"), codes_at(mentions, "region")
        alone = {one.start for one in mentions if one.end == one.start + 1}

        def taken(place: int) -> bool:
            return place in times or place in kinds or bool(self._named_at(folded, houses, place))

        names = {} if literal else names_of_strangers(text, labels, folded, {*telling}, taken)
        read = _Read()
        place = 0
        while place < len(words):
            named = None if literal else self._named_at(folded, houses, place)
            # Ming Tombs is a name.
            if place in times and not (named and named.end > times[place][0]):
                end, period = times[place]
                read.add_time(self._units.of_time(period), period, folded[place:end])
            elif place in spoken:
                end, unit, syllables = spoken[place]
                read.spoken += [_PAUSE, *syllables, _PAUSE]
                read.add(unit)
            elif known and (level := levels.get(place)):
                end = level.end
                read.add(self._level(labels[place:end], level, known))
            elif named:
                end = named.end
                label = (" " if labels[place].isascii() else "").join(labels[place:end])
                unit = self._units.named(folded[place:end], label, named.others)
                house = houses.get(place)
                whole = house.code if house and house.end == end else None
                is_work = named.is_class or unit.is_work
                coded = self._code_words.at(folded, place)
                codes = coded.codes if coded and coded.end == end else ()
                unit = replace(
                    unit, institution=whole, region=regions.get(place), is_work=is_work, any_of=codes
                )
                read.add_named(unit, named, folded[place:end])
            elif not literal and (number := number_at(folded, place)):
                end = number.end
                unit = self._units.named(folded[place:end], "".join(labels[place:end]), number.others)
                read.add_number(unit, number.others)
            else:
                coded = self._code_words.at(folded, place)
                end = coded.end if coded else names.get(place, place + 1)
                initials = self._initials_at(text, labels, folded, place)
                read.spoken += [initials] if initials else folded[place:end]
                if folded[place] in telling or end > place + 1:
                    between = " " if folded[place].isascii() else ""
                    unit = self._units.of(between.join(folded[place:end]), between.join(labels[place:end]))
                    unit = replace(unit, pinyin=(initials,)) if initials else unit
                    if (region := regions.get(place)) and known and folded[place].isascii():
                        places = map(self._analyzer.fold, known.names_of("region", region))
                        others = tuple(tuple(self._units.parts(name)) for name in places)
                        # What sounds like a part of an English name is chance; shanxi is 陕西, too.
                        sounds = unit.pinyin if place in alone else ()
                        unit = replace(unit, pinyin=sounds, other_names=others)
                    codes = coded.codes if coded else ()
                    read.add(replace(unit, is_kind=place in kinds, any_of=codes, region=regions.get(place)))
            place = end
        read.drop_endings()
        return read

    def _initials_at(self, text: str, labels: Sequence[str], words: Sequence[str], place: int) -> str | None:
        """Of a latin word the initials that it and the characters beside it make."""
        if not words[place].isascii():
            return None
        return self._pinyin.mixed_initials(side_by_side(text, labels, words, place))

    def _named_at(self, words: Sequence[str], houses: Mapping[int, Mention], place: int) -> Named | None:
        """The longer of the thing of several names and the institution whose name begins here."""
        named, house = self._synonyms.at(words, place), houses.get(place)
        if house is None or (named and named.end >= house.end):
            return named
        return Named(house.end, (), one_way=False)


def _with_names_of_times(folded: str) -> str:
    return with_ranges_named(with_editions_named(with_times_of_makers_named(folded)))
