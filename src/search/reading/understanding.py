"""What a typed text is taken for: words to count by, tokens to rank by, an identifier, pinyin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from catalog.identifiers import isbn_in, normal_identifier, wrong_check_digit
from search.analysis.pinyin import SHORTEST_NAME
from search.analysis.tokens import OF, UNSPACED
from search.query import LEVELS
from search.reading.expression import Expression, Leaf, Phrase
from search.reading.known_names import Mention
from search.reading.periods import Period

_CENTURY = 100
_KEYWORDS, _KEYWORD = 3, re.compile(f"[{UNSPACED}]{{1,8}}")
_WORDS_BESIDE_A_MAKER = 10
_WORDS_OF_A_NAME, _MOST_NAMES = 6, 60
_BRACKETS = re.compile(r"(?<=.)\s*[（(\[［【][^（(\[［【]*[)）\]］】]\s*$")
_LONG_LATIN_WORD = re.compile(r"(?<!\S)[A-Za-z]{3,}(?!\S)")
_PUNCTUATION = re.compile(r"[\W_]+")
# What a number is called when it is typed with it: 书号9787..., 项目编号 Ⅳ-1.
_NUMBER_LABEL = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,8}(?:号码?|條碼|条形?码)[\s:：]*|id\s?[:：]\s*)(?=[^\u4e00-\u9fff\s])",
    re.IGNORECASE,
)
# A class of the Chinese Library Classification, and what stands behind it in the number of one book.
_CLASS = r"(?:t[a-z][0-9]{1,4}|[a-kn-uxz][0-9]{2,4})(?:\.[0-9]+)*"
_BOOK_MARK = r"\s?/\s?[0-9a-z][0-9a-z./:=-]{0,19}"
_CALL_NUMBER = re.compile(f"({_CLASS}){_BOOK_MARK}")
_CLASS_NUMBER = re.compile(rf"(?<![0-9a-z.])({_CLASS})(?:{_BOOK_MARK})?(?![0-9a-z./])")


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of the text, or several that stand for one thing, as it was written: `label`.

    A resource has it that meets any one of the fields from `bigrams` to `any_of`; the rest say what it is.
    """

    label: str
    # All of these pairs and latin words stand in the resource, or the single character does.
    bigrams: tuple[str, ...] = ()
    character: str | None = None
    # All of these sounds.
    pinyin: tuple[str, ...] = ()
    # All parts (bigrams, or a single character) of one of its other names.
    other_names: tuple[tuple[str, ...], ...] = ()
    # Its first year lies between these, None for an open side; if that is one of the `vague`, its last year does, too.
    years: tuple[int | None, int | None] | None = None
    vague: tuple[int, ...] = ()
    dynasty: str | None = None
    identifier: str | None = None
    institution: str | None = None
    # One of these codes: (facet, code).
    any_of: tuple[tuple[str, str], ...] = ()
    # The code of the place that it names.
    region: str | None = None
    # It stands for a kind of resources, for what somebody makes (诗), for whatever a catalogue holds (资料), for a number, whose
    # other names are other figures.
    is_kind: bool = False
    is_work: bool = False
    is_material: bool = False
    is_number: bool = False
    # Where nothing has it in one piece: the bigrams of the shorter words that it is made of (苏州园林), or the words themselves
    # where one of them only says what kind of thing it is (剪纸艺术); of no words, what it may be short for (上影厂).
    parts: tuple[str, ...] = ()
    pieces: tuple[Unit, ...] = field(default=(), repr=False)
    short_for: tuple[str, ...] = ()

    # By what tells most of them apart: a request asks for it dozens of times.
    def __hash__(self) -> int:
        return hash(self.label)

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """The codes that it stands for, by facet."""
        return {name: tuple(code for facet, code in self.any_of if facet == name) for name, _ in self.any_of}

    @property
    def is_level(self) -> bool:
        """Whether it names a level of heritage."""
        return any(facet in LEVELS for facet, _ in self.any_of)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a leaf of an expression looks for: all of `units`, and all of `phrases`, characters in a row.

    In place of those, whatever has one of the `codes` (facet and code) of a field that is a facet. One of the `other_names`, and in a field in pinyin all of the `spoken` sounds, serve as well. `periods` and `synonyms` tell
    what words of it were taken for.
    """

    units: tuple[Unit, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    other_names: tuple[tuple[str, ...], ...] = ()
    spoken: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    periods: tuple[Period, ...] = ()
    synonyms: tuple[str, ...] = ()


class Maker(NamedTuple):
    """A word or another name of one, which may be the name of a maker: its characters, and its whole reading."""

    characters: tuple[str, ...]
    reading: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A text, analysed once; both legs and both engines work from it.

    Of an expression, which every result must meet, words and tokens are of what is wanted.
    """

    # As it was typed, `cut` if that was too long; folded (`typed`), and as it is looked for, without what only asks (`folded`).
    text: str
    folded: str
    typed: str = ""
    # How one of characters and pinyin (李bai) reads as a whole.
    half_spoken: str = ""
    cut: bool = False
    # Its words in order; those that say something, each once, and their tokens; its characters in a row.
    sequence: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    bigrams: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    # Sounds of what may be pinyin: of titles, of whole names, of lines of verse.
    pinyin: tuple[str, ...] = ()
    spoken_names: tuple[str, ...] = ()
    spoken_lines: tuple[str, ...] = ()
    # English words for kinds of things and for times.
    class_words: frozenset[str] = frozenset()
    # What is counted by; the times among it; the places, institutions and kinds that it names.
    units: tuple[Unit, ...] = field(default=())
    periods: tuple[Period, ...] = ()
    mentions: tuple[Mention, ...] = ()
    # Other names of what was typed, their words, and the standard ones as titles are keyed.
    synonyms: tuple[str, ...] = ()
    synonym_words: tuple[str, ...] = ()
    standard_titles: tuple[str, ...] = ()
    # Parts of names that a word only leads to, and of those that end the names of a kind of things (寺 for 寺庙).
    other_parts: tuple[str, ...] = ()
    ending_parts: tuple[str, ...] = ()
    # What stands before 导演 or 译者 at its end.
    before_a_role: str = ""
    makers: tuple[Maker, ...] = ()
    # The text with its number written otherwise (三体Ⅱ for 三体2), as titles are looked for, where that is part of a name.
    in_other_figures: tuple[Understanding, ...] = ()
    identifier: str | None = None
    # Of a call number with the mark of one book (I242.4/1) the class before that.
    shelf_class: str | None = None
    # What every result must meet, and what each of its leaves looks for.
    expression: Expression | None = None
    leaves: tuple[tuple[Leaf, Sought], ...] = ()

    # By what tells most of them apart: a request asks for it a dozen times.
    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def levels(self) -> tuple[Unit, ...]:
        """The levels of heritage that it names."""
        return tuple(unit for unit in self.units if unit.is_level)

    @property
    def is_one_thing(self) -> bool:
        """Whether one thing of several names was typed, and nothing else."""
        return len(self.units) == 1 and bool(self.units[0].other_names and self.synonym_words)

    @property
    def title_key(self) -> str:
        """What is looked for as a whole title would be keyed."""
        return title_key(self.folded)

    @property
    def may_be_in_a_title(self) -> bool:
        """Whether it stands for words that a title may have: a plain text, or one phrase that is sought in no other field."""
        if isinstance(self.expression, Phrase):
            return self.expression.field in (None, "title")
        return self.expression is None

    @property
    def typed_apart(self) -> bool:
        """Whether several short Chinese words were typed with blanks between them, as keywords are; around letters and figures prose has
        blanks, too."""
        words = self.text.split()
        return len(words) >= _KEYWORDS and all(map(_KEYWORD.fullmatch, words))

    @property
    def typed_key(self) -> str:
        """The whole text as a title would be keyed: a title may ask, too."""
        return title_key(self.typed or self.folded)

    @property
    def typed_pinyin(self) -> str:
        """The same as the index spells pinyin, where it is all or in part in latin letters: keyboards write ü as v. Else nothing."""
        return self.typed_key.replace("v", "u") if self.typed_key.isascii() else self.half_spoken

    @property
    def telling_tokens(self) -> set[str]:
        """Words and pairs that a result may be marked by: those of other names, too, none with a particle in it, and no character
        that belongs to a pair (两 of 两宋) or is only a part of another name."""
        named = {one for unit in self.units if len(unit.label) > 1 for one in unit.label}
        particles = {word for word in self.sequence if len(word) == 1}.difference(self.words, named)
        pairs = {pair for pair in self.bigrams if particles.isdisjoint(pair)}
        parts = {one for pair in pairs if not pair.isascii() for one in pair}
        others = {word for word in self.synonym_words if len(word) > 1}
        return {*self.words, *others} - parts | pairs

    @property
    def content_length(self) -> int:
        """How many characters the words have that say something."""
        return sum(map(len, self.words))

    @property
    def names(self) -> list[str]:
        """What a question may ask about: of its words that say something those side by side, joined in every way.

        None in a text without a word of questions or grammar, which is no question, and in an expression.
        """
        words, telling = self.sequence, set(self.words)
        if self.expression or telling.issuperset(words):
            return []
        spans = (
            words[first : last + 1]
            for first in range(len(words))
            for last in range(first, min(len(words), first + _WORDS_OF_A_NAME))
        )
        names = ("".join(span) for span in spans if telling.issuperset(span))
        return list(islice(dict.fromkeys(name for name in names if len(name) >= SHORTEST_NAME), _MOST_NAMES))

    @property
    def beside_a_maker(self) -> list[str]:
        """What may be a whole title, keyed, if the rest of the text is the name of its maker: either part at any word.

        None in a text of many words.
        """
        words = self.sequence
        if self.expression or not self.makers or len(words) > _WORDS_BESIDE_A_MAKER:
            return []
        parts = ("".join(part) for n in range(1, len(words)) for part in (words[:n], words[n:]))
        return list(dict.fromkeys(title_key(part.strip(OF)) for part in parts))

    @property
    def time_alone(self) -> bool:
        """Whether nothing but times, and kinds of resources beside them, was typed.

        Longer than a century, a time is a dynasty, which resources may be about as well as of.
        """
        times = [unit.years for unit in self.units if unit.years]
        short = all(start is None or end is None or end - start < _CENTURY for start, end in times)
        return bool(times) and short and all(unit.years or unit.is_kind for unit in self.units)

    @property
    def institution_alone(self) -> bool:
        """Whether nothing but institutions was typed."""
        return bool(self.units) and all(unit.institution for unit in self.units)

    def as_json(self) -> dict[str, Any]:
        """How the answer says that the text was read."""
        read: dict[str, Any] = {"text": self.text, "words": [unit.label for unit in self.units]}
        if self.pinyin:
            read["pinyin"] = list(self.pinyin)
        sought = [what for _, what in self.leaves]
        if periods := self.periods or [period for what in sought for period in what.periods]:
            read["periods"] = [{"text": p.text, "from": p.start, "to": p.end} for p in periods]
        if synonyms := self.synonyms or [name for what in sought for name in what.synonyms]:
            read["synonyms"] = list(synonyms)
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


def identifier_in(text: str) -> str | None:
    """The normal form of a text that could be an identifier: short, with a digit, and more than a small number."""
    written = _NUMBER_LABEL.sub("", text)
    if len(_LONG_LATIN_WORD.findall(written)) > 1:
        # Mogao cave 285 asks for whatever is called so, though one record has the number mogao-cave-285.
        return None
    normal = normal_identifier(isbn_in(written) or written)
    telling = len(normal) >= 3 or any(sign.isalpha() for sign in normal)
    return normal if telling and len(normal) <= 64 and any(sign.isdecimal() for sign in normal) else None


def shelf_class_in(text: str) -> str | None:
    """The class, in its normal form, of a text that is a call number with the mark of one book; None for any other text."""
    written = unicodedata.normalize("NFKC", _NUMBER_LABEL.sub("", text)).casefold()
    found = _CALL_NUMBER.fullmatch(written)
    return normal_identifier(found[1]) if found else None


def with_classes_joined(folded: str) -> str:
    """A folded text in which each class number is one word without points and the mark of a book."""
    return _CLASS_NUMBER.sub(lambda found: normal_identifier(found[1]), folded)
