"""Numbers in other figures: 24史 is 二十四史, 三体2 is 三体Ⅱ, and 第三二〇窟 is 第320窟. Used on what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from catalog.reigns import chinese_number

_DIGITS = "零一二三四五六七八九"
_FIGURES = _DIGITS + "十百"
# A Chinese number is one where it is said to count: 第十二, 三百二十窟. Elsewhere 三千 and 十一 are words.
_MEASURES = "窟卷册集部批号回章节届次期辑层季版幕折讲课"
_COUNTED = re.compile(
    f"(?P<first>第)(?P<ordinal>[{_FIGURES}]+|[0-9]{{1,4}})(?P<of>[{_MEASURES}]?)"
    f"|(?P<number>[{_FIGURES}]{{2,}})(?P<measure>[{_MEASURES}])"
)
_SHORT_NUMBER = re.compile("[1-9][0-9]{0,3}")
_LONGEST = 6
_MOST_TENS, _MOST_HUNDREDS = 39, 999
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Number(NamedTuple):
    """A number, with 第 and the measure beside it, up to the word at `end`, and how it is written in other figures."""

    end: int
    others: tuple[str, ...]


def number_at(words: Sequence[str], place: int) -> Number | None:
    """The number, in Arabic, Roman or Chinese figures, that begins with the folded word at `place`."""
    word = words[place]
    if word.isascii():
        value = int(word) if _SHORT_NUMBER.fullmatch(word) else _FROM_ROMAN.get(word)
        return _named(place + 1, word, value, "", "") if value else None
    for end in range(min(len(words), place + _LONGEST), place, -1):
        text = "".join(words[place:end])
        if counted := _COUNTED.fullmatch(text):
            first, measure = counted["first"] or "", counted["of"] or counted["measure"] or ""
            value = chinese_number(counted["ordinal"] or counted["number"])
            return _named(end, text, value, first, measure) if value else None
    if 0 < place == len(words) - 1 and word in _FIGURES and len(word) == 1:
        # Behind a name it is the number of a part: 三体二.
        value = chinese_number(word)
        return _named(place + 1, word, value, "", "") if value else None
    return None


def _named(end: int, text: str, value: int, before: str, behind: str) -> Number:
    names = [before + figures + behind for figures in figures_of(value)]
    # 三体Ⅱ is the second part.
    names += [roman] if value <= _MOST_TENS and len(roman := _roman(value)) > 1 else []
    return Number(end, tuple(dict.fromkeys(name for name in names if name != text)))


def figures_of(value: int) -> Iterator[str]:
    """The figures of a number, folded: Arabic, Chinese as it is read, and digit by digit."""
    yield str(value)
    if value <= _MOST_HUNDREDS:
        yield _read(value)
    if len(str(value)) > 2:
        yield "".join(_DIGITS[int(digit)] for digit in str(value))


def _read(value: int) -> str:
    """三百二十 for 320, 一百零八 for 108, 十二 for 12."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += (_DIGITS[tens] if tens > 1 or hundreds else "") + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(value: int) -> str:
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (value // worth)
        value %= worth
    return text


# Of two and more letters: I, V and X are letters and words, too, and xi is a syllable (Xi'an).
_FROM_ROMAN = {roman: n for n in range(1, _MOST_TENS + 1) if len(roman := _roman(n)) > 1 and roman != "xi"}
