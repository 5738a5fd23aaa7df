"""Makes units: what counts as having a word that was typed, a time, a number or a thing of several names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from catalog.reigns import chinese_number
from search.analysis.fold import Folding
from search.analysis.numerals import figures_of, number_at
from search.analysis.pinyin import LONGEST_INITIALS, LONGEST_NAME, SHORTEST_NAME, Pinyin
from search.analysis.tokens import OF
from search.analysis.words import Analyzer
from search.reading.divided_words import MATERIALS, OF_ANY
from search.reading.known_names import Mention
from search.reading.periods import Period
from search.reading.typed_periods import ONE_CHARACTER, years_of
from search.reading.understanding import Understanding, Unit, identifier_in

_DYNASTY = re.compile(r"[\u4e00-\u9fff]{1,3}[代朝](?<!年代)")
# A year of a reign, which may be written in other figures: 民国8年, 光绪廿七年.
_REIGN_YEAR = re.compile(
    "(?P<reign>(?![〇零一二三四五六七八九])[\u4e00-\u9fff]{2,4}?)(?P<year>[0-9]{1,2}|[元一二三四五六七八九十廿卅]{1,4})年"
)
_YEAR = re.compile("(?P<year>[12][0-9]{3}|[一二][〇零一二三四五六七八九]{3})年")
_TO_ARABIC = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TO_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
_DURING = re.compile("(?:时期|時期|年间|年間|期间|期間|时代|時代)$")
# An ISBN or ISSN beside other words, written without hyphens, the id of a record, and a class number without points.
_NUMBER = re.compile("[0-9]{7,12}[0-9x]|[0-9][0-9a-z]{25}|(?:t[a-z][0-9]|[a-kn-uxz][0-9]{2})[0-9]{0,6}")
_REST_OF_WORD = re.compile("[a-z0-9]*")
_LONG_LEVEL = 4
_WORDS_OF_A_NAME = 6
# Words of grammar that join names and are in none.
_JOINING = frozenset("的了是在和与及")
# Words of grammar that names have, too: 何园, 陈从周.
_SURNAMES = frozenset("何向于查从")
# And those that stand in a name that a text begins with (元上都, 会善寺), or begin the text with it (同里, 和林): 和 and 与 between
# two words join them.
_IN_NAMES, _BEFORE_NAMES = frozenset("上下中里都所会能可个"), frozenset("同和与在之其者也又最以为过")


class HalfSpoken(NamedTuple):
    """A name that ends before the word at `end`, what has it, and how it reads. Where nothing sounds so, it is its words."""

    end: int
    unit: Unit
    syllables: list[str]


class UnitMaker:
    """Makes units by one analyzer and its pinyin. Safe to share."""

    def __init__(self, analyzer: Analyzer, pinyin: Pinyin) -> None:
        self._analyzer = analyzer
        self._pinyin = pinyin

    def of(
        self,
        word: str,
        label: str,
        *,
        other_names: tuple[tuple[str, ...], ...] = (),
        region: str | None = None,
        is_kind: bool = False,
        any_of: tuple[tuple[str, str], ...] = (),
    ) -> Unit:
        """A folded word, or several with blanks between, written as `label`; the rest is what it stands for."""
        # A word's bigrams find it however the catalogue's text was cut into words around it.
        bigrams = tuple(self._analyzer.bigrams(word))
        pieces = tuple(self.of(part, part) for part in self._in_pieces(word))
        # 铁路 alone is not 滇越铁路, but 剪纸 may well be 剪纸艺术.
        if any(piece.is_work for piece in pieces):
            parts: tuple[str, ...] = ()
        else:
            parts, pieces = tuple(pair for piece in pieces for pair in piece.bigrams), ()
        if not (parts or pieces) and SHORTEST_NAME < len(word) <= LONGEST_NAME and not word.isascii():
            pieces = (Unit(label, short_for=tuple(word)),)
        number = identifier_in(word) if _NUMBER.fullmatch(word) else None
        return Unit(
            label, bigrams, None if bigrams else word, self._sounds(word), other_names, identifier=number,
            region=region, is_kind=is_kind, any_of=any_of, is_material=word in MATERIALS,
            is_work=says_what_kind(self._analyzer, word), parts=parts, pieces=pieces,
        )  # fmt: skip

    def _in_pieces(self, word: str) -> Sequence[str]:
        """The words that a long word is made of, none for a name of no words: of three characters where the last one is a work, 边塞诗."""
        if len(word) > SHORTEST_NAME and len(self._analyzer.words(word)) == len(word):
            return ()
        if len(word) == SHORTEST_NAME + 1 and word[SHORTEST_NAME:] in self._analyzer.works:
            return word[:SHORTEST_NAME], word[SHORTEST_NAME:]
        return self._analyzer.parts(word)

    def named(self, words: Sequence[str], label: str, others: Sequence[str]) -> Unit:
        """A thing of several names, or a number, written with these folded words."""
        joined = (" " if words[0].isascii() else "").join(words)
        names = (self.parts(self._analyzer.fold(name)) for name in others)
        return self.of(joined, label, other_names=tuple(tuple(name) for name in names if name))

    def of_time(self, period: Period) -> Unit:
        """A time, which its years alone can meet."""
        name = self._analyzer.fold(_DURING.sub("", period.text))
        others = (*period.names, *_other_writings(name), *_year_in_other_figures(name))
        names = tuple(tuple(self.parts(self._analyzer.fold(other))) for other in others)
        written = self.of(name, period.text)
        if _REIGN_YEAR.fullmatch(name):
            # 8 alone beside 民国 is no year.
            written = replace(written, bigrams=tuple(self.parts(name)))
        # Song is a time here, and no sound; 宋 alone is in the names of persons, too.
        return replace(
            written,
            character=None,
            pinyin=(),
            years=period.beginnings,
            vague=period.vague,
            dynasty=period.dynasty,
            other_names=names,
        )

    def of_level(self, label: str, level: Mention, names: Sequence[str]) -> Unit:
        """A level of heritage: whatever has its code, or one of its `names` in the text that are not as short as 国保 (中国保险)."""
        long = [self._analyzer.fold(name) for name in names if len(name) >= _LONG_LEVEL]
        return Unit(
            label,
            other_names=tuple(tuple(self._analyzer.bigrams(name)) for name in long),
            any_of=((level.facet, level.code),),
        )

    def parts(self, folded: str) -> list[str]:
        """The bigrams and latin words of a name, and its characters that stand alone."""
        pairs = self._analyzer.bigrams(folded)
        alone = [one for one in self._analyzer.characters(folded) if not any(one in pair for pair in pairs)]
        return pairs + alone

    def half_spoken(self, text: str, words: Sequence[tuple[str, str]]) -> dict[int, HalfSpoken]:
        """Names of which some characters were typed by their sound (李bai, 少lin寺), without blanks, by the place where each begins.

        `words`: each word folded, and as it was written in the text.
        """
        found: dict[int, HalfSpoken] = {}
        if not _is_mixed(word for word, _ in words):
            return found
        behind = 0
        for place in range(len(words)):
            ends = range(min(len(words), place + _WORDS_OF_A_NAME), place + 1, -1) if place >= behind else ()
            for end in ends:
                label = "".join(written for _, written in words[place:end])
                name = [word for word, _ in words[place:end]]
                if label in text and (syllables := self._half_spoken(name)):
                    tokens = tuple(self._pinyin.query_tokens(" ".join(syllables)))
                    pieces = tuple(self.of(*word) for word in words[place:end])
                    found[place] = HalfSpoken(end, Unit(label, pinyin=tokens, pieces=pieces), syllables)
                    behind = end
                    break
        return found

    def _half_spoken(self, words: Sequence[str]) -> list[str]:
        """The syllables of characters and of pinyin among them; none for what is all the one or the other, or anything else."""
        if not _is_mixed(words) or any((len(one) == 1) is one.isascii() or one in _JOINING for one in words):
            return []
        syllables: list[str] = []
        for word in words:
            read = self._pinyin.split_pinyin(word) if word.isascii() else self._pinyin.syllables(word)
            if not read:
                return []
            syllables += read
        return syllables

    def _sounds(self, word: str) -> tuple[str, ...]:
        # Ming alone would stand for Ming Tombs.
        if not word.isascii() or (" " in word and not all(map(self._pinyin.split_pinyin, word.split()))):
            return ()
        return tuple(self._pinyin.query_tokens(word, certain=True))


def _is_mixed(words: Iterable[str]) -> bool:
    """Whether some of the words are of letters and some are not."""
    return len({word.isascii() for word in words}) > 1


def says_what_kind(analyzer: Analyzer, word: str) -> bool:
    """Whether it stands for what anybody makes or what is in any place, and not for one thing."""
    return word in OF_ANY or word in analyzer.works


def may_be_makers(units: Iterable[Unit], synonyms: Sequence[str]) -> list[str]:
    """Words and other names that may be the name of somebody: no institution, place, time or kind of things."""
    people = [
        unit.label for unit in units if not (unit.institution or unit.region or unit.any_of or unit.years)
    ]
    return [*people, *(() if any(unit.institution for unit in units) else synonyms)]


def _other_writings(time: str) -> tuple[str, ...]:
    """How else a text writes a dynasty or a reign: 宋代 and 宋朝 are one, and 清光绪 and 光绪朝 are 光绪."""
    bare = time[:-1] if _DYNASTY.fullmatch(time) else time
    if len(bare) == 1:
        return (f"{bare}代", f"{bare}朝")
    within = (
        bare[1:] if bare[0] in ONE_CHARACTER and len(bare) > SHORTEST_NAME and years_of(bare[1:]) else bare
    )
    return (within,) if within != time else ()


def _year_in_other_figures(time: str) -> Iterator[str]:
    """A year as other texts write it: 民国八年 for 民国8年, 一九四九年 for 1949年, and the other way round."""
    if year_of_ours := _YEAR.fullmatch(time):
        figures = year_of_ours["year"]
        # Chinese figures alone may be any number.
        yield figures.translate(_TO_CHINESE) + "年" if figures.isascii() else figures.translate(_TO_ARABIC)
    found = _REIGN_YEAR.fullmatch(time)
    year = chinese_number(found["year"]) if found else None
    if not found or not year:
        return
    for figures in (*figures_of(year), *(["元"] if year == 1 else [])):
        if figures != found["year"]:
            yield f"{found['reign']}{figures}年"


def in_other_figures(
    analyzer: Analyzer, folded: str, sequence: Sequence[str], figures: Sequence[str]
) -> Iterator[Understanding]:
    """A text with its only number in each of these other figures, where it stands beside a name."""
    if not figures or len(sequence) < SHORTEST_NAME:
        return
    numbers: list[str] = []
    place = 0
    while place < len(sequence):
        number = number_at(sequence, place)
        end = number.end if number else place + 1
        numbers += ["".join(sequence[place:end])] if number else []
        place = end
    if len(numbers) != 1 or numbers[0] not in folded:
        return
    before, _, behind = folded.rpartition(numbers[0])
    for other in figures:
        text = before.rstrip() + other + behind
        yield Understanding(
            text, text, bigrams=tuple(analyzer.bigrams(text)), characters=tuple(analyzer.characters(text))
        )


def as_written(folding: Folding, text: str, sequence: Sequence[str]) -> list[tuple[str, str]]:
    """Each word of a text, folded and as it was written."""
    folded, origin = folding.fold_with_offsets(text)
    words = []
    behind = 0
    for word in sequence:
        half = word[: len(word) // 2]
        place, size = folded.find(word, behind), len(word)
        if place < 0 and word == half * 2:
            place, size = folded.find(f"{half} {half}", behind), size + 1
        if place < 0 and any(map(str.isdecimal, word)):
            # A number that was typed with hyphens, blanks or points.
            apart = re.compile("[ .‐-―−-]?".join(word)).search(folded, behind)
            place, size = (apart.start(), len(apart[0])) if apart else (place, size)
        if place < 0:
            words.append((word, word))
            continue
        behind = place + size
        if word.isascii():
            # A latin word has lost its plural, and 1930s what makes it a decade.
            behind += len(_REST_OF_WORD.match(folded, behind)[0])  # type: ignore[index]  # it matches nothing, too
        words.append((word, text[origin[place] : origin[behind - 1] + 1]))
    return words


def names_of_strangers(
    text: str,
    labels: Sequence[str],
    words: Sequence[str],
    telling: Collection[str],
    taken: Callable[[int], bool],
) -> dict[int, int]:
    """Where two to four characters that are no words stand side by side (三体): first and behind the last.

    Together they are a name that the dictionary does not know. `taken` places have a meaning of their own; a figure behind
    a name is the number of a part.
    """
    if _is_two_characters(text, labels, words, telling) and not any(map(taken, range(len(words)))):
        return {0: len(words)}
    names: dict[int, int] = {}
    place = 0
    while place < len(words):
        end = place
        apart = place == 0 or "".join(labels[place - 1 : place + 1]) not in text
        while (
            end < len(words)
            and len(words[end]) == 1
            and not words[end].isascii()
            and (
                words[end] in telling
                or words[end] in _SURNAMES
                or (apart and _is_in_names(words[end], first=end == place))
            )
            and not taken(end)
            and not (end - place >= SHORTEST_NAME and number_at(words, end))
            and "".join(labels[place : end + 1]) in text
        ):
            end += 1
        if SHORTEST_NAME <= end - place <= LONGEST_NAME:
            names[place] = end
        place = max(end, place + 1)
    return names


def _is_two_characters(
    text: str, labels: Sequence[str], words: Sequence[str], telling: Collection[str]
) -> bool:
    """Whether it is two characters side by side and nothing else, the first of them a word of grammar: 看花 and 还家 are more than 花 and 家."""
    alone = len(words) == SHORTEST_NAME and all(len(word) == 1 and not word.isascii() for word in words)
    return (
        alone
        and words[0] not in telling
        and words[0] != OF
        and words[1] in telling
        and "".join(labels) in text
    )


def _is_in_names(word: str, *, first: bool) -> bool:
    """Whether a word of grammar may stand in a name that something begins with, a text or what follows a blank."""
    return word in _IN_NAMES or (first and word in _BEFORE_NAMES)


def side_by_side(text: str, labels: Sequence[str], words: Sequence[str], place: int) -> Sequence[str]:
    """The words around a place that were typed without anything between, so many before it and behind it at most."""
    first, behind = place, place + 1
    last = min(len(words), behind + LONGEST_INITIALS)
    while behind < last and "".join(labels[place : behind + 1]) in text:
        behind += 1
    while first > max(0, place - LONGEST_INITIALS) and "".join(labels[first - 1 : behind]) in text:
        first -= 1
    return words[first:behind]
