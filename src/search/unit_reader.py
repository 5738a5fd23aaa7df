"""Reads the words of a text one after another: times, names, levels, numbers, pinyin, and plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from search.analysis.numerals import number_at
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import Named, Synonyms
from search.analysis.words import Analyzer
from search.code_words import CodeWords
from search.directory import KnownNames, Mention, codes_at
from search.periods import Period
from search.query import LEVELS
from search.typed_periods import find_periods
from search.understanding import Unit
from search.units import HalfSpoken, UnitMaker, as_written, names_of_strangers, side_by_side

PAUSE = ";"
"""Stands between names that were spoken, which no name goes across."""


@dataclass(slots=True)
class ReadUnits:
    """What the words of a text stand for.

    units: by their labels. periods: the times among them. synonyms: other names of what was typed; standard: those of them
    that are its standard names. leading: names that a word only leads to (寺 for 寺庙); classes: those of a Chinese word
    for a kind of things, by the word; endings: all of these together. figures: its numbers in other figures.
    class_words: English words for kinds of things and times. spoken: words that may be pinyin, `PAUSE` between names.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    standard: list[str] = field(default_factory=list)
    leading: list[str] = field(default_factory=list)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)
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
        self.spoken.append(PAUSE)

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


@dataclass(frozen=True, slots=True)
class _Text:
    """A text whose words are read: each as it was written (`labels`) and folded (`words`), and what is known of their places.

    By the place where it begins: `times` and `strangers` (names of no words) with the place behind them, the others as
    they were found. An expression is `literal`: nothing in it is a time, a number or another name.
    """

    text: str
    labels: Sequence[str]
    words: Sequence[str]
    telling: Collection[str]
    known: KnownNames | None
    literal: bool
    times: Mapping[int, tuple[int, Period]]
    spoken: Mapping[int, HalfSpoken]
    levels: Mapping[int, Mention]
    houses: Mapping[int, Mention]
    kinds: Mapping[int, str]
    regions: Mapping[int, str]
    strangers: Mapping[int, int]
    # Places of mentions that are one word.
    alone: Collection[int]

    def label(self, place: int, end: int) -> str:
        """The words from `place` to before `end` as one."""
        return (" " if self.words[place].isascii() else "").join(self.labels[place:end])


class UnitReader:
    """Reads units. One object serves all requests."""

    def __init__(
        self, units: UnitMaker, analyzer: Analyzer, pinyin: Pinyin, synonyms: Synonyms, code_words: CodeWords
    ) -> None:
        self._units = units
        self._analyzer = analyzer
        self._pinyin = pinyin
        self._synonyms = synonyms
        self._code_words = code_words

    def read(
        self,
        text: str,
        sequence: Sequence[str],
        telling: Collection[str],
        mentions: Sequence[Mention],
        known: KnownNames | None,
        *,
        literal: bool,
    ) -> ReadUnits:
        """A unit for each word of the `sequence` that is `telling`, each time, number, thing of several names and institution."""
        typed = self._looked_up(text, sequence, telling, mentions, known, literal=literal)
        # Whoever knows what begins at a place reads it, and says where it ends.
        ways = (self._time, self._half_spoken, self._level, self._named, self._number, self._word)
        read = ReadUnits()
        place = 0
        while place < len(typed.words):
            place = next(filter(None, (way(typed, place, read) for way in ways)))
        read.drop_endings()
        return read

    def _looked_up(
        self,
        text: str,
        sequence: Sequence[str],
        telling: Collection[str],
        mentions: Sequence[Mention],
        known: KnownNames | None,
        *,
        literal: bool,
    ) -> _Text:
        written = as_written(self._analyzer.folding, text, sequence)
        words, labels = [word for word, _ in written], [label for _, label in written]
        typed = _Text(
            text, labels, words, telling, known, literal,
            times={} if literal else {first: (end, period) for first, end, period in find_periods(labels)},
            spoken={} if literal else self._units.half_spoken(text, written),
            levels={one.start: one for one in mentions if one.facet in LEVELS} if known else {},
            houses={one.start: one for one in mentions if one.facet == "institution"},
            kinds=codes_at(mentions, "kind"),
            regions=codes_at(mentions, "region"),
            strangers={},
            alone={one.start for one in mentions if one.end == one.start + 1},
        )  # fmt: skip
        if literal:
            return typed
        taken = partial(self._is_taken, typed)
        return replace(typed, strangers=names_of_strangers(text, labels, words, telling, taken))

    def _is_taken(self, typed: _Text, place: int) -> bool:
        """Whether what begins here has a meaning of its own."""
        return place in typed.times or place in typed.kinds or bool(self._name_at(typed, place))

    def _name_at(self, typed: _Text, place: int) -> Named | None:
        """The longer of the thing of several names and the institution whose name begins here."""
        named, house = self._synonyms.at(typed.words, place), typed.houses.get(place)
        if house is None or (named and named.end >= house.end):
            return named
        return Named(house.end, (), one_way=False)

    def _time(self, typed: _Text, place: int, read: ReadUnits) -> int | None:
        if place not in typed.times:
            return None
        end, period = typed.times[place]
        named = self._name_at(typed, place)
        # Ming Tombs is a name.
        if named and named.end > end:
            return None
        read.add_time(self._units.of_time(period), period, typed.words[place:end])
        return end

    def _half_spoken(self, typed: _Text, place: int, read: ReadUnits) -> int | None:
        if place not in typed.spoken:
            return None
        end, unit, syllables = typed.spoken[place]
        read.spoken += [PAUSE, *syllables, PAUSE]
        read.add(unit)
        return end

    def _level(self, typed: _Text, place: int, read: ReadUnits) -> int | None:
        level = typed.levels.get(place)
        if not level or not typed.known:
            return None
        names = typed.known.names_of(level.facet, level.code)
        read.add(self._units.of_level(typed.label(place, level.end), level, names))
        return level.end

    def _named(self, typed: _Text, place: int, read: ReadUnits) -> int | None:
        named = None if typed.literal else self._name_at(typed, place)
        if not named:
            return None
        end, words = named.end, typed.words[place : named.end]
        unit = self._units.named(words, typed.label(place, end), named.others)
        house = typed.houses.get(place)
        coded = self._code_words.at(typed.words, place)
        unit = replace(
            unit,
            institution=house.code if house and house.end == end else None,
            region=typed.regions.get(place),
            is_work=named.is_class or unit.is_work,
            any_of=coded.codes if coded and coded.end == end else (),
        )
        read.add_named(unit, named, words)
        return end

    def _number(self, typed: _Text, place: int, read: ReadUnits) -> int | None:
        number = None if typed.literal else number_at(typed.words, place)
        if not number:
            return None
        words, label = typed.words[place : number.end], "".join(typed.labels[place : number.end])
        read.add_number(self._units.named(words, label, number.others), number.others)
        return number.end

    def _word(self, typed: _Text, place: int, read: ReadUnits) -> int:
        coded = self._code_words.at(typed.words, place)
        end = coded.end if coded else typed.strangers.get(place, place + 1)
        initials = self._initials_at(typed, place)
        read.spoken += [initials] if initials else typed.words[place:end]
        if typed.words[place] not in typed.telling and end == place + 1:
            return end
        between = " " if typed.words[place].isascii() else ""
        unit = self._units.of(between.join(typed.words[place:end]), typed.label(place, end))
        unit = self._in_place(typed, place, replace(unit, pinyin=(initials,)) if initials else unit)
        read.add(replace(unit, is_kind=place in typed.kinds, any_of=coded.codes if coded else ()))
        return end

    def _in_place(self, typed: _Text, place: int, unit: Unit) -> Unit:
        """The unit of a word, as the name of the place that it is; in English, by its Chinese names, too."""
        region = typed.regions.get(place)
        if not region or not typed.known or not typed.words[place].isascii():
            return replace(unit, region=region)
        names = map(self._analyzer.fold, typed.known.names_of("region", region))
        # What sounds like a part of an English name is chance; shanxi is 陕西, too.
        sounds = unit.pinyin if place in typed.alone else ()
        others = tuple(tuple(self._units.parts(name)) for name in names)
        return replace(unit, region=region, pinyin=sounds, other_names=others)

    def _initials_at(self, typed: _Text, place: int) -> str | None:
        """Of a latin word the initials that it and the characters beside it make."""
        if not typed.words[place].isascii():
            return None
        return self._pinyin.mixed_initials(side_by_side(typed.text, typed.labels, typed.words, place))
