"""Completions of what is being typed: titles that begin with it or hold it, and names of those who made something.

Where nothing does, what it resembles is completed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import accumulate, islice
from string import ascii_letters

from catalog.resources import Resource
from search.engine import Engine
from search.fusion import reciprocal_rank
from search.query import NO_FILTERS, Filters
from search.reading.reader import Reader
from search.reading.understanding import Understanding, title_key
from search.results import Suggestion
from search.specification import Specification
from search.used_titles import UsedTitles

# Records looked at for each completion wanted: several may have one title.
_COMPLETIONS = 3
# So many names at most, read from so many records of each reading: what sounds alike is not one name.
_NAMES, _READINGS, _OF_A_READING = 2, 6, 4
# So many works of a maker, those first that have most of what is typed.
_OF_A_MAKER = 60
# A syllable in letters begins all too many names.
_LETTERS_OF_A_NAME, _SHORTEST_SOUND = 4, 2
_INITIALS = (2, 3, 4)
_LETTERS_OF_A_SLIP = 3
# So many of the best of a search are looked through for titles that hold a sound.
_HOLDING = 20
_ROMAN = "ivx"
_CHARACTERS_FIRST = re.compile("[^a-z]+(?=[a-z])")
_END_OF_SYLLABLE = re.compile(r"['’`\s]+")


class Suggester:
    """Completes from an engine's titles and names. `load` gives the published ones of some resources, in their order.

    `correct` gives a text as the catalogue's titles and names spell what it resembles, None where nothing does.
    """

    def __init__(
        self,
        specification: Specification,
        reader: Reader,
        used: UsedTitles,
        load: Callable[[Sequence[int]], list[Resource]],
        correct: Callable[[Understanding, Engine], str | None],
    ) -> None:
        self._fold = specification.analyzer.fold
        self._pinyin = specification.pinyin
        self._reader, self._used, self._load, self._correct = reader, used, load, correct

    def suggest(
        self, engine: Engine, text: str, size: int, filters: Filters = NO_FILTERS
    ) -> list[Suggestion]:
        """Titles, of what the filters let pass, that begin with the text, in characters, pinyin, initials or other figures, those of many records and uses first.

        Where they are too few, titles that hold the text follow. Each title once. What is typed to its end comes before
        them all, then names of makers that begin with it.
        """
        read = self._reader.read(text, plain=True)
        if not read.typed_key:
            return []
        if found := self._completions(engine, read, size, filters):
            return found
        key = read.typed_key
        is_enough = len(key) >= (_LETTERS_OF_A_SLIP if key.isascii() else _SHORTEST_SOUND)
        spelt = self._correct(read, engine) if is_enough else None
        if not spelt and not (spelt := self._sound(key)):
            return []
        return self._completions(engine, self._reader.read(spelt, plain=True), size, filters)

    def _sound(self, key: str) -> str | None:
        """What two characters or more are read as: a keyboard offers many words of one sound (敦皇)."""
        syllables = self._pinyin.syllables(key)
        return "".join(syllables) if _SHORTEST_SOUND <= len(syllables) == len(key) else None

    def _completions(
        self, engine: Engine, read: Understanding, size: int, filters: Filters
    ) -> list[Suggestion]:
        spelt = [read.typed_pinyin] if read.typed_pinyin else []
        figures = [written.typed_key for written in read.in_other_figures]
        keys = [read.typed_key, *spelt, *self._reader.half_converted(read.folded), *figures]
        keys, wanted = list(dict.fromkeys(keys)), size * _COMPLETIONS
        kept, used = engine.complete(keys, filters, wanted), self._used.beginning(keys, wanted)
        if filters != NO_FILTERS:
            passing = engine.passing(used, filters)
            used = [number for number in used if number in passing]
        titles = self._by_title(reciprocal_rank([kept, used]) if used else kept)
        if _says_more_than_its_sound(read):
            titles = self._as_typed(engine, read, filters, titles)
        for written in (read, *read.in_other_figures):
            if len(titles) < size:
                titles = titles | self._by_title(engine.title_shares(written, filters, wanted), titles)
        titles = self._with_next_numbers_last(titles, [read.typed_key, *figures])
        if not titles:
            titles = self._beside_a_maker(engine, read, filters) or self._holding_sound(engine, read, filters)
        whole = [title for title in titles if self._is_whole(title, read)]
        names = {name: one for name, one in self._names(engine, read, filters).items() if name not in titles}
        if _says_more_than_its_sound(read):
            names = {name: one for name, one in names.items() if self._begins_as_typed(name, read)}
        told = [Suggestion(title, titles[title]) for title in dict.fromkeys([*whole, *titles])]
        makers = [Suggestion(name, one, is_name=True) for name, one in islice(names.items(), _NAMES)]
        return [*told[: len(whole)], *makers, *told[len(whole) :]][:size]

    def _as_typed(
        self, engine: Engine, read: Understanding, filters: Filters, titles: dict[str, Resource]
    ) -> dict[str, Resource]:
        """Of titles that sound like the text, and of the best of a search, those that begin as it was typed; all titles where none does."""
        found = self._by_title(hit.number for hit in engine.rank(read, filters, _HOLDING))
        begun = {title: one for title, one in (titles | found).items() if self._begins_as_typed(title, read)}
        return begun or titles

    def _begins_as_typed(self, title: str, read: Understanding) -> bool:
        """Whether it begins with the characters before the letters (西an is not 咸安), and with the syllables (xi'an is not 现)."""
        characters = _CHARACTERS_FIRST.match(read.typed)
        if characters and not title_key(self._fold(title)).startswith(title_key(characters[0])):
            return False
        ends = () if characters else accumulate(map(len, _END_OF_SYLLABLE.split(read.typed)[:-1]))
        syllables = self._pinyin.syllables(title)
        return "".join(syllables).startswith(read.typed_pinyin) and set(ends).issubset(
            accumulate(map(len, syllables))
        )

    def _is_whole(self, title: str, read: Understanding) -> bool:
        """Whether a title is just what was typed, or reads so."""
        if title_key(self._fold(title)) == read.typed_key:
            return True
        return bool(read.typed_pinyin) and "".join(self._pinyin.syllables(title)) == read.typed_pinyin

    def _with_next_numbers_last(
        self, titles: dict[str, Resource], keys: Sequence[str]
    ) -> dict[str, Resource]:
        """The same titles, last those of another part than the one that was typed: 三体Ⅲ goes on from 三体Ⅱ by its letters only."""
        endings = tuple(key + sign for key in keys if key[-1] in _ROMAN for sign in _ROMAN)
        if not endings:
            return titles
        return dict(sorted(titles.items(), key=lambda one: title_key(self._fold(one[0])).startswith(endings)))

    def _holding_sound(self, engine: Engine, read: Understanding, filters: Filters) -> dict[str, Resource]:
        """The titles in which what was typed in pinyin is read somewhere (bingmayong)."""
        if not read.typed_pinyin:
            return {}
        found = self._by_title(hit.number for hit in engine.rank(read, filters, _HOLDING))
        return {t: one for t, one in found.items() if read.typed_pinyin in "".join(self._pinyin.syllables(t))}

    def _beside_a_maker(self, engine: Engine, read: Understanding, filters: Filters) -> dict[str, Resource]:
        """Of 老舍 茶 the titles that begin with the second word, of what the first one made."""
        maker, _, begun = read.folded.partition(" ")
        begun = title_key(begun)
        if not begun or not read.makers:
            return {}
        made = self._by_title(hit.number for hit in engine.made_by(read, filters, _OF_A_MAKER))
        return {
            title: one
            for title, one in made.items()
            if title_key(self._fold(title)).startswith(begun)
            if any(maker == self._fold(str(by["name"])) for by in one.data.get("contributors") or ())
        }

    def _by_title(self, numbers: Iterable[int], known: Collection[str] = ()) -> dict[str, Resource]:
        """The first published resource of each title that is not known yet, in their order."""
        titles: dict[str, Resource] = {}
        for resource in self._load(list(numbers)):
            if resource.title not in known:
                titles.setdefault(resource.title, resource)
        return titles

    def _names(self, engine: Engine, read: Understanding, filters: Filters) -> dict[str, Resource]:
        """Names of makers that begin with what is typed, or whose initials it is, each with one of its records.

        Those of most records come first.
        """
        key, is_latin = read.typed_key, read.typed_key.isascii()
        half = self._reader.half_converted(read.folded)
        reading = key if is_latin else half[0] if half else "".join(self._pinyin.syllables(key))
        written = key.rstrip(ascii_letters)
        if not reading.isalpha():
            return {}
        names: dict[str, Resource] = {}
        if not is_latin or len(key) >= _LETTERS_OF_A_NAME:
            begun = self._pinyin.begun_name(reading)
            names = self._makers(
                engine.named(begun, filters, _READINGS, _OF_A_READING),
                lambda name: (
                    (self._pinyin.whole_name(name) or "").startswith(begun)
                    and (is_latin or self._fold(name).startswith(written))
                ),
            )
        if is_latin and len(key) in _INITIALS:
            names |= self._makers(
                engine.sounding(key, filters, _READINGS * _OF_A_READING),
                lambda name: self._pinyin.initials(name) == key,
            )
        return names

    def _makers(self, numbers: Sequence[int], is_meant: Callable[[str], bool]) -> dict[str, Resource]:
        """The names, of those who made these resources, that are meant, the commonest first."""
        found: dict[str, tuple[str, Resource]] = {}
        counts: Counter[str] = Counter()
        for resource in self._load(numbers):
            for maker in resource.data.get("contributors") or ():
                if is_meant(name := str(maker["name"])):
                    folded = self._fold(name)
                    found.setdefault(folded, (name, resource))
                    counts[folded] += 1
        return dict(found[folded] for folded, _ in counts.most_common())


def _says_more_than_its_sound(read: Understanding) -> bool:
    """Whether it has characters beside letters, or signs between syllables of letters alone."""
    return bool(read.half_spoken) or (read.typed_key.isascii() and bool(_END_OF_SYLLABLE.search(read.typed)))
