"""Reads the words of a text one after another: times, names, levels, numbers, pinyin, and plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from search.analysis.numerals import number_at
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import Named, Synonyms
from search.analysis.words import Analyzer
from search.query import LEVELS
from search.reading.code_words import CodeWords
from search.reading.known_names import KnownNames, Mention, codes_at
from search.reading.periods import Period
from search.reading.typed_periods import find_periods
from search.reading.understanding import Unit
from search.reading.units import HalfSpoken, UnitMaker, as_written, names_of_strangers, side_by_side

PAUSE = ";"
"""Stands between names that were spoken, which no name goes across."""
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")


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
class WordedText:
    """A text, its words folded and in order (`sequence`), which of them say something, and what they name.

    An expression is `literal`: nothing in it is a time, a number or another name.
    """

    text: str
    sequence: Sequence[str]
    telling: Collection[str]
    mentions: Sequence[Mention]
    known: KnownNames | None
    literal: bool = False


@dataclass(frozen=True, slots=True)
class _Places:
    """What is known of the places of a text's words, each as it was written (`labels`) and folded (`words`).

    By the place where it begins: `times` and `strangers` (names of no words) with the place behind them, the others as
    they were found; `alone` are the places of mentions that are one word.
    """

    of: WordedText
    labels: Sequence[str]
    words: Sequence[str]
    times: Mapping[int, tuple[int, Period]]
    spoken: Mapping[int, HalfSpoken]
    levels: Mapping[int, Mention]
    houses: Mapping[int, Mention]
    kinds: Mapping[int, str]
    regions: Mapping[int, str]
    alone: Collection[int]
    strangers: Mapping[int, int]

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

    def read(self, text: WordedText) -> ReadUnits:
        """A unit for each word that says something, each time, number, thing of several names and institution."""
        at = self._looked_up(text)
        # Whoever knows what begins at a place reads it, and says where it ends.
        ways = (self._time, self._half_spoken, self._level, self._named, self._number, self._word)
        read = ReadUnits()
        place = 0
        while place < len(at.words):
            place = next(filter(None, (way(at, place, read) for way in ways)))
        read.drop_endings()
        return read

    def _looked_up(self, text: WordedText) -> _Places:
        written = as_written(self._analyzer.folding, text.text, text.sequence)
        words, labels = [word for word, _ in written], [label for _, label in written]
        literal, mentions = text.literal, text.mentions
        # Times are told by their figures as they were written, but for their width.
        dated = [] if literal else [label.translate(_NARROW) for label in labels]
        at = _Places(
            text,
            labels,
            words,
            times={first: (end, period) for first, end, period in find_periods(dated)},
            spoken={} if literal else self._units.half_spoken(text.text, written),
            levels={one.start: one for one in mentions if one.facet in LEVELS} if text.known else {},
            houses={one.start: one for one in mentions if one.facet == "institution"},
            kinds=codes_at(mentions, "kind"),
            regions=codes_at(mentions, "region"),
            alone={one.start for one in mentions if one.end == one.start + 1},
            strangers={},
        )
        if literal:
            return at
        taken = partial(self._is_taken, at)
        return replace(at, strangers=names_of_strangers(text.text, labels, words, text.telling, taken))

    def _is_taken(self, at: _Places, place: int) -> bool:
        """Whether what begins here has a meaning of its own."""
        return place in at.times or place in at.kinds or bool(self._name_at(at, place))

    def _name_at(self, at: _Places, place: int) -> Named | None:
        """The longer of the thing of several names and the institution whose name begins here."""
        named, house = self._synonyms.at(at.words, place), at.houses.get(place)
        if house is None or (named and named.end >= house.end):
            return named
        return Named(house.end, (), one_way=False)

    def _time(self, at: _Places, place: int, read: ReadUnits) -> int | None:
        if place not in at.times:
            return None
        end, period = at.times[place]
        named = self._name_at(at, place)
        # Ming Tombs is a name.
        if named and named.end > end:
            return None
        read.add_time(self._units.of_time(period), period, at.words[place:end])
        return end

    def _half_spoken(self, at: _Places, place: int, read: ReadUnits) -> int | None:
        if place not in at.spoken:
            return None
        end, unit, syllables = at.spoken[place]
        read.spoken += [PAUSE, *syllables, PAUSE]
        read.add(unit)
        return end

    def _level(self, at: _Places, place: int, read: ReadUnits) -> int | None:
        level = at.levels.get(place)
        if not level or not at.of.known:
            return None
        names = at.of.known.names_of(level.facet, level.code)
        read.add(self._units.of_level(at.label(place, level.end), level, names))
        return level.end

    def _named(self, at: _Places, place: int, read: ReadUnits) -> int | None:
        named = None if at.of.literal else self._name_at(at, place)
        if not named:
            return None
        end, words = named.end, at.words[place : named.end]
        unit = self._units.named(words, at.label(place, end), named.others)
        house = at.houses.get(place)
        coded = self._code_words.at(at.words, place)
        unit = replace(
            unit,
            institution=house.code if house and house.end == end else None,
            region=at.regions.get(place),
            is_work=named.is_class or unit.is_work,
            any_of=coded.codes if coded and coded.end == end else (),
        )
        read.add_named(unit, named, words)
        return end

    def _number(self, at: _Places, place: int, read: ReadUnits) -> int | None:
        number = None if at.of.literal else number_at(at.words, place)
        if not number:
            return None
        words, label = at.words[place : number.end], "".join(at.labels[place : number.end])
        read.add_number(self._units.named(words, label, number.others), number.others)
        return number.end

    def _word(self, at: _Places, place: int, read: ReadUnits) -> int:
        coded = self._code_words.at(at.words, place)
        end = coded.end if coded else at.strangers.get(place, place + 1)
        initials = self._initials_at(at, place)
        read.spoken += [initials] if initials else at.words[place:end]
        if at.words[place] not in at.of.telling and end == place + 1:
            return end
        between = " " if at.words[place].isascii() else ""
        unit = self._units.of(
            between.join(at.words[place:end]), at.label(place, end), region=at.regions.get(place),
            is_kind=place in at.kinds, any_of=coded.codes if coded else (),
        )  # fmt: skip
        read.add(self._in_place(at, place, replace(unit, pinyin=(initials,)) if initials else unit))
        return end

    def _in_place(self, at: _Places, place: int, unit: Unit) -> Unit:
        """The unit of a word; of the name of a place in English, by its Chinese names, too."""
        if not unit.region or not at.of.known or not at.words[place].isascii():
            return unit
        names = map(self._analyzer.fold, at.of.known.names_of("region", unit.region))
        # What sounds like a part of an English name is chance; shanxi is 陕西, too.
        sounds = unit.pinyin if place in at.alone else ()
        others = tuple(tuple(self._units.parts(name)) for name in names)
        return replace(unit, pinyin=sounds, other_names=others)

    def _initials_at(self, at: _Places, place: int) -> str | None:
        """Of a latin word the initials that it and the characters beside it make."""
        if not at.words[place].isascii():
            return None
        return self._pinyin.mixed_initials(side_by_side(at.of.text, at.labels, at.words, place))
