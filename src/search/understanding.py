"""What a typed text is taken for: words to count by, tokens to rank by, an identifier, pinyin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from catalog.identifiers import normal_identifier, wrong_check_digit
from search.analysis.fold import Folding
from search.analysis.pinyin import Pinyin
from search.analysis.synonyms import Named, Synonyms
from search.analysis.tokens import RUN
from search.analysis.words import Analyzer
from search.directory import KnownNames, Mention
from search.expression import Expression, Leaf, Phrase, leaves, parse, positive_text, pruned
from search.periods import Period, find_periods
from search.query import MAX_TEXT

_DURING = re.compile("(?:时期|時期|年间|年間|期间|期間|时代|時代)$")
_PAUSE = ";"
_CENTURY = 100
_WORDS_OF_A_NAME, _SHORTEST_NAME, _MOST_NAMES = 6, 2, 60
# What a number is called when it is typed with it: 书号9787..., 项目编号 Ⅳ-1.
_NUMBER_LABEL = re.compile(r"^[\u4e00-\u9fff]{0,8}(?:号码?|條碼|条码)[\s:：]*(?=[^\u4e00-\u9fff\s])")
_REST_OF_WORD = re.compile("[a-z0-9]*")
_BRACKETS = re.compile(r"(?<=.)\s*[（(\[［【][^（(\[［【]*[)）\]］】]\s*$")
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of the text, as it was written: `label`.

    A resource has it if it has all of `bigrams`, the `character`, or all of `pinyin`, if its first year is one of
    `years` (first and last, None for an open side), if it has all parts of one of the `other_names` (bigrams, or the name's single character),
    or if it is of the `institution` of this code. `is_kind`: the word stands for a kind of resources. `parts`: the bigrams of
    the shorter words that a long one (苏州园林) is made of, for where nothing has it in one piece.
    """

    label: str
    bigrams: tuple[str, ...] = ()
    character: str | None = None
    pinyin: tuple[str, ...] = ()
    years: tuple[int | None, int | None] | None = None
    other_names: tuple[tuple[str, ...], ...] = ()
    institution: str | None = None
    is_kind: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """What a leaf of an expression looks for: all of `units`, and all of `phrases`, characters in a row."""

    units: tuple[Unit, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()


class Maker(NamedTuple):
    """A word or another name of one, which may be the name of a maker: its characters, and its whole reading."""

    characters: tuple[str, ...]
    reading: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A text, analysed once; both legs and both engines work from it.

    Of an expression, which every result must meet, words and tokens are of what is wanted; `leaves` analyses each leaf.
    `folded` is the text as it is looked for, `words` are those that say something, each once; `sequence` has all words in order. `mentions` are the places and
    institutions among them.
    """

    text: str
    folded: str
    cut: bool = False
    words: tuple[str, ...] = ()
    bigrams: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    spoken_names: tuple[str, ...] = ()
    class_words: frozenset[str] = frozenset()
    units: tuple[Unit, ...] = field(default=())
    periods: tuple[Period, ...] = ()
    mentions: tuple[Mention, ...] = ()
    synonyms: tuple[str, ...] = ()
    synonym_words: tuple[str, ...] = ()
    other_parts: tuple[str, ...] = ()
    makers: tuple[Maker, ...] = ()
    sequence: tuple[str, ...] = ()
    identifier: str | None = None
    expression: Expression | None = None
    leaves: tuple[tuple[Leaf, Sought], ...] = ()

    @property
    def title_key(self) -> str:
        """The text as a whole title would be keyed."""
        return title_key(self.folded)

    @property
    def telling_tokens(self) -> set[str]:
        """Words and pairs that a result may be marked by: those of other names, too, and none with a particle in it."""
        particles = {word for word in self.sequence if len(word) == 1}.difference(self.words)
        pairs = {pair for pair in self.bigrams if particles.isdisjoint(pair)}
        return {*self.words, *pairs, *self.synonym_words}

    @property
    def content_length(self) -> int:
        """How many characters the words have that say something."""
        return sum(map(len, self.words))

    @property
    def names(self) -> list[str]:
        """What a question may ask about: of its words that say something those side by side, joined in every way.

        None in a text without a word of questions or grammar, which is no question, and in an expression.
        """
        if self.expression or self.words_alone:
            return []
        words = self.sequence
        spans = (
            words[first : last + 1]
            for first in range(len(words))
            for last in range(first, min(len(words), first + _WORDS_OF_A_NAME))
        )
        names = ("".join(span) for span in spans if set(span) <= set(self.words))
        return list(islice(dict.fromkeys(name for name in names if len(name) >= _SHORTEST_NAME), _MOST_NAMES))

    @property
    def time_alone(self) -> bool:
        """Whether nothing but times, and kinds of resources beside them, was typed.

        Longer than a century, a time is a dynasty, which resources may be about as well as of.
        """
        times = [unit.years for unit in self.units if unit.years]
        short = all(start is None or end is None or end - start < _CENTURY for start, end in times)
        return bool(times) and short and all(unit.years or unit.is_kind for unit in self.units)

    @property
    def words_alone(self) -> bool:
        """Whether every word says something."""
        return set(self.sequence) <= set(self.words)

    def as_json(self) -> dict[str, Any]:
        """How the answer says that the text was read."""
        read: dict[str, Any] = {"text": self.text, "words": [unit.label for unit in self.units]}
        if self.pinyin:
            read["pinyin"] = list(self.pinyin)
        if self.periods:
            read["periods"] = [{"text": p.text, "from": p.start, "to": p.end} for p in self.periods]
        if self.synonyms:
            read["synonyms"] = list(self.synonyms)
        if self.identifier and wrong_check_digit(self.identifier):
            read["wrong_check_digit"] = self.identifier
        if self.expression:
            read["query"] = str(self.expression)
        return read | ({"cut": True} if self.cut else {})


def bare_title(title: str) -> str:
    """A title without what is said of it in brackets behind it: 红楼梦 for 红楼梦（电视剧）."""
    return _BRACKETS.sub("", title)


def title_key(folded: str) -> str:
    """A folded title without punctuation and spaces."""
    return _PUNCTUATION.sub("", folded)


class _Read(NamedTuple):
    """Words, times and other names of a text, names that what was typed only leads to, and what of it may be pinyin."""

    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    synonyms: tuple[str, ...]
    leading: tuple[str, ...]
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
        units, periods, synonyms, leading, class_words, spoken = self._units(
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
            other_parts=self._each(self._parts, leading),
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
        """The bigrams of a name, or its single character."""
        return self._analyzer.bigrams(folded) or self._analyzer.characters(folded)

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
        kinds = {n for one in mentions if one.facet == "kind" for n in range(one.start, one.end)}
        words = self._written(text, sequence)
        labels, folded = [label for _, label in words], [word for word, _ in words]
        times = {} if literal else {first: (end, period) for first, end, period in find_periods(labels)}
        content = set(telling)
        units: dict[str, Unit] = {}
        synonyms: list[str] = []
        leading: list[str] = []
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
                units.setdefault(
                    label, replace(unit, institution=house.code if house and house.end == end else None)
                )
                (leading if named.one_way else synonyms).extend(named.others)
                class_words.update(w for w in folded[place:end] if named.one_way and w.isascii())
                # An English name (palace) is no pinyin (pa la ce).
                spoken.append(_PAUSE)
            else:
                spoken.append(word)
                if word in content:
                    unit = self._unit(word, labels[place])
                    units.setdefault(word, replace(unit, is_kind=place in kinds))
            place = end
        periods = dict.fromkeys(period for _, period in times.values())
        return _Read(
            tuple(units.values()),
            tuple(periods),
            tuple(dict.fromkeys(synonyms)),
            tuple(dict.fromkeys(leading)),
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


def _identifier(text: str) -> str | None:
    """The normal form of a text that could be an identifier: short, with a digit, and more than a small number."""
    normal = normal_identifier(_NUMBER_LABEL.sub("", text))
    telling = len(normal) >= 3 or any(sign.isalpha() for sign in normal)
    return normal if telling and len(normal) <= 64 and any(sign.isdecimal() for sign in normal) else None
