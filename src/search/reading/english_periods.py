"""Times in English: Song dynasty, Ming and Qing, late Qing, Qianlong period, 18th century, 1930s, 221 BC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from catalog.edtf import astronomical, historical
from catalog.reigns import chronology, named_times
from catalog.spans import Span
from search.analysis.tokens import latin_word
from search.reading.periods import BY_YEARS, WIDEST_YEARS, Period

_LONGEST_ENGLISH = 6
_ENGLISH_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th) century( bce?)?")
_ENGLISH_DECADE = re.compile(r"(\d{3})0s")
_BEFORE_CHRIST = re.compile(r"(?:(?P<first>\d{1,4}) )?(?P<year>\d{1,4}) ?bce?")
# Alone, Song or Han is a song or a name; before such a thing it is a time: Ming porcelain.
_ENGLISH_THINGS = frozenset((
    "architecture", "art", "book", "bridge", "bronze", "calligraphy", "celadon", "ceramic", "coin", "drama", "embroidery",
    "furniture", "jade", "kiln", "lacquer", "lacquerware", "mirror", "mural", "novel", "opera", "pagoda", "painting", "palace",
    "poem", "poet", "poetry", "porcelain", "pottery", "prose", "sculpture", "seal", "silk", "statue", "temple", "tomb", "vase",
))  # fmt: skip
# Places bear the titles of reigns (Yongle Palace, Tianqi Temple); before such a thing one is a time: Qianlong vase.
_MADE_THINGS = _ENGLISH_THINGS - {
    "architecture",
    "bridge",
    "kiln",
    "pagoda",
    "palace",
    "statue",
    "temple",
    "tomb",
}
_ENGLISH_DURING = re.compile(r" (?:dynasty|dynasties|period|era|reign)$")
_ENGLISH_PHASE = re.compile(r"(early|mid|middle|late)[ -]")
_THIRDS = {"early": 0, "mid": 1, "middle": 1, "late": 2}
# What the Chinese name of a part of a dynasty begins with: 晚清, 盛唐.
_PARTS = {"early": "初", "high": "盛", "mid": "中", "middle": "中", "late": "晚"}
_AND = frozenset(("and", "to"))
# Dynasties that are named together without a word between them. Han Song is somebody, and tang yuan are dumplings.
_TOGETHER = frozenset((
    ("shang", "zhou"), ("qin", "han"), ("sui", "tang"), ("tang", "song"), ("song", "yuan"), ("yuan", "ming"), ("ming", "qing"),
))  # fmt: skip
# As pinyin these titles are other words, too: 天气, 通知, 先锋, 见闻, 正统.
_OTHER_WORDS = frozenset(("tianqi", "tongzhi", "xianfeng", "jianwen", "zhengtong"))


def english_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    """The longest time that English words from `place` on name."""
    return _row_at(words, place) or _one_at(words, place) or _bare_reign(words)


def _row_at(words: Sequence[str], place: int) -> tuple[int, Period] | None:
    """Several times, each of them later than the one before, as one: Ming and Qing."""
    end, row, has_and = place, list[Period](), False
    while True:
        has_word = bool(row) and _word(words, end) in _AND
        found = _one_at(words, end + has_word, told=True)
        if found is None or not _follows(found[1], row):
            break
        end, has_and = found[0], has_and or has_word
        row.append(found[1])
    # Yuan Ming Yuan is a garden.
    if len(row) < 2 or _word(words, end) in _english_dynasties():
        return None
    if not has_and and not _go_together(words, place, end):
        return None
    return end, Period(" ".join(words[place:end]), row[0].start, row[-1].end, _names_of_row(row))


def _names_of_row(row: Sequence[Period]) -> tuple[str, ...]:
    """What texts call any of these times; of dynasties of one character also all of them together: 明清."""
    dynasties = [period.names[0][0] for period in row if len(period.names) > 1]
    together = ("".join(dynasties),) if len(dynasties) == len(row) else ()
    return (*together, *(name for period in row for name in period.names))


def _follows(period: Period, row: Sequence[Period]) -> bool:
    """Whether a time may stand behind a row of others, or begin one: it is told by its years, and later."""
    if period.dynasty or period.start is None or period.end is None:
        return False
    return not row or (
        period.start > (row[-1].start or period.start) and period.end > (row[-1].end or period.end)
    )


def _go_together(words: Sequence[str], place: int, end: int) -> bool:
    """Whether dynasties are so called and are no names or syllables: with capitals, or before a thing."""
    names = [word for word in words[place:end] if not _ENGLISH_DURING.search(f" {word.lower()}")]
    told = len(names) < end - place or _word(words, end) in _ENGLISH_THINGS
    pairs = pairwise(names)
    return all((one.lower(), other.lower()) in _TOGETHER for one, other in pairs) and (
        told or all(name.istitle() for name in names)
    )


def _one_at(words: Sequence[str], place: int, *, told: bool = False) -> tuple[int, Period] | None:
    for end in range(min(len(words), place + _LONGEST_ENGLISH), place, -1):
        text = " ".join(words[place:end])
        if named := _english_span(text.lower(), _word(words, end), told=told):
            return end, replace(named, text=text)
    return None


def _bare_reign(words: Sequence[str]) -> tuple[int, Period] | None:
    """A reign by its title, with a capital and nothing beside it: what has none may be any pinyin."""
    title = words[0]
    reign = _english_reigns().get(title.lower()) if len(words) == 1 and title.istitle() else None
    return (1, replace(reign, text=title)) if reign and title.lower() not in _OTHER_WORDS else None


def _word(words: Sequence[str], place: int) -> str:
    """The word at a place, folded and without its plural; nothing behind the last."""
    return latin_word(words[place].lower()) if place < len(words) else ""


def _english_span(text: str, behind: str, *, told: bool = False) -> Period | None:
    """A century, a decade, a dynasty, a reign or a part of one in English; a single word only where it is `told` to be a time, or
    before a thing."""
    if part := _english_parts().get(_ENGLISH_DURING.sub("", text).replace("-", " ")):
        return part
    if phase := _ENGLISH_PHASE.match(text):
        whole = _english_span(text[phase.end() :], behind, told=True)
        return _third(whole, _THIRDS[phase[1]]) if whole else None
    if century := _ENGLISH_CENTURY.fullmatch(text):
        last = 100 * int(century[1])
        return Period(text, -last, -last + 99) if century[2] else Period(text, last - 99, last)
    if decade := _ENGLISH_DECADE.fullmatch(text):
        return Period(text, int(decade[1]) * 10, int(decade[1]) * 10 + 9)
    if ancient := _BEFORE_CHRIST.fullmatch(text):
        year = int(ancient["year"])
        first = int(ancient["first"] or year)
        return Period(text, -first, -year) if first >= year > 0 else None
    bare = _ENGLISH_DURING.sub("", text)
    told = told or bare != text
    if told or " " in text or behind in _ENGLISH_THINGS:
        dynasty = _english_dynasties().get(bare)
        if dynasty:
            return dynasty
    return _english_reigns().get(bare) if told or behind in _MADE_THINGS else None


def _third(whole: Period, number: int) -> Period:
    """The first, second or last third of a time; all of one that is told by its name and not by its years."""
    if whole.start is None or whole.end is None or whole.dynasty:
        return whole
    years = Span(astronomical(whole.start), astronomical(whole.end)).part(number, 3)
    start, end = (None if year is None else historical(year) for year in (years.start, years.end))
    return Period(whole.text, start, end)


@lru_cache(maxsize=1)
def _english_dynasties() -> dict[str, Period]:
    terms = chronology().dynasties.terms
    known = {
        _ENGLISH_DURING.sub("", term.en.lower()): Period(
            term.en, term.start, term.end, (f"{term.zh}代", f"{term.zh}朝") if len(term.zh) == 1 else (term.zh,),
            None if term.code in BY_YEARS else term.code,
        )
        for term in terms
        if term.en and term.start is not None and term.end is not None
        if term.end - term.start <= WIDEST_YEARS
    }  # fmt: skip
    return known | {"republican": known["republic of china"], "republic": known["republic of china"]}


@lru_cache(maxsize=1)
def _english_parts() -> dict[str, Period]:
    """The parts of dynasties that have a name of their own in Chinese, of which the years are not those of a third."""
    return {
        f"{part} {name}": Period(f"{part} {name}", *named_times()[chinese], (chinese,))
        for name, dynasty in _english_dynasties().items()
        for part, sign in _PARTS.items()
        if (chinese := sign + dynasty.names[0][:-1]) in named_times()
    }


@lru_cache(maxsize=1)
def _english_reigns() -> dict[str, Period]:
    """The reigns of the last two dynasties, which are better known by their titles than as words."""
    return {
        term.en.lower(): Period(term.en, term.start, term.end, (term.zh,))
        for term in chronology().reigns.terms
        if term.en and term.dynasty in ("ming", "qing")
    }
