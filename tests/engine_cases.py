"""Engines with the documents that they should hold, and what must be found, worked out document by document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from search.documents import IndexDocument
from search.embedded.engine import EmbeddedEngine
from search.embedded.open_generation import OpenGeneration
from search.embedded.writer import Writer
from search.engine import Engine, Vector
from search.preparation import prepare
from search.query import Filters
from search.reading.reader import Reader
from search.reading.understanding import Unit
from search.specification import Specification

WORDS = (
    "敦煌",
    "石窟",
    "壁画",
    "青花瓷",
    "昆曲",
    "牡丹亭",
    "古籍",
    "瓷",
    "长安",
    "曾国藩",
    "Yungang",
    "Grottoes",
    "重庆",
)
CODES = {
    "kind": ("book", "heritage", "virtual"),
    "region": ("110000", "620000", "320000"),
    "period": ("tang", "song", "ming"),
    "access": ("open", "on_site"),
}
COUNT = 80


def made_document(number: int, seed: int) -> IndexDocument:
    """A document of a few words, codes and years drawn by the seed; some have no years, some no codes."""
    dice = np.random.default_rng(seed)
    words = dice.choice(WORDS, size=6)
    year = int(dice.integers(-200, 2000)) or 1
    title = " ".join(words[: int(dice.integers(1, 4))])
    return IndexDocument(
        number=number,
        revision=1 + seed % 3,
        title=title,
        titles=[title],
        names=[str(words[3]), str(words[0])],
        subjects=[str(words[5])],
        body=[f"{words[4]}与{words[5]}"],
        identifiers=[f"97871010{number:05}"],
        codes={name: list(dict.fromkeys(dice.choice(codes, size=dice.integers(0, 3)))) for name, codes in CODES.items()},
        year_from=None if seed % 7 == 0 else year,
        year_to=None if seed % 7 == 0 else year + int(dice.integers(0, 300)),
        work=(f"作品 {seed % 9}",) if seed % 3 == 0 else (),
        available=seed % 4 > 0,
    )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Case:
    """An engine with the documents that it should hold and their vectors."""

    engine: Engine
    documents: Mapping[int, IndexDocument]
    vectors: Mapping[int, Vector]
    specification: Specification

    @cached_property
    def reader(self) -> Reader:
        return reader_of(self.specification)

    @cached_property
    def tokens(self) -> Mapping[int, tuple[set[str], set[str], set[str], set[str]]]:
        """Bigrams, characters, the sounds of titles, and other sounds of each document."""
        analyze = self.specification.analyzer.analyze
        return {
            n: (
                set(analyze(document.text).bigrams),
                set(analyze(document.text).characters),
                self._sounds(document.titles),
                self._sounds(document.names) | self._initials(analyze(document.title).words),
            )
            for n, document in self.documents.items()
        }

    def _sounds(self, texts: Sequence[str]) -> set[str]:
        return {token for text in texts for token in self.specification.pinyin.pinyin_tokens(text)}

    def _initials(self, words: Sequence[str]) -> set[str]:
        each = ["".join(s[0] for s in self.specification.pinyin.syllables(word)) for word in words]
        pairs = {
            "".join(each[n : n + size]) for n in range(len(each)) for size in (2, 3) if n + size <= len(each)
        }
        return {letters for letters in pairs if 3 <= len(letters) <= 8}

    def has(self, number: int, unit: Unit) -> bool:
        bigrams, characters, *sounds = self.tokens[number]
        written = bool(unit.bigrams) and {*bigrams, *characters}.issuperset(unit.bigrams)
        spoken = bool(unit.pinyin) and any(heard.issuperset(unit.pinyin) for heard in sounds)
        year = self.documents[number].year_from
        dated = unit.years is not None and year is not None and unit.years[0] <= year <= unit.years[1]
        named = any({*bigrams, *characters}.issuperset(name) for name in unit.other_names)
        return written or spoken or dated or named or unit.character in characters

    def _found(self, unit: Unit) -> Unit:
        """The unit, or where nothing has it the parts that it is made of."""
        found = not unit.parts or any(self.has(number, unit) for number in self.documents)
        return unit if found else replace(unit, bigrams=unit.parts)

    def in_tier(self, text: str, tier: str, dropped: Sequence[str]) -> set[int]:
        read = self.reader.read(text)
        if tier == "everything":
            return set(self.documents)
        if tier == "identifier":
            return {n for n, d in self.documents.items() if read.identifier in d.identifiers}
        kept = [self._found(unit) for unit in read.units if unit.label not in dropped]
        found = {n: sum(self.has(n, unit) for unit in kept) for n in self.documents}
        least = len(kept) or 1
        if tier == "any":
            least = 2 if len(read.units) > 3 and max(found.values()) > 1 else 1
        return {n for n, count in found.items() if count >= least}

    def stands(self, phrase: Sequence[str]) -> bool:
        """Whether a document has these characters, one behind the other."""
        read = self.specification.analyzer
        sought = "\t".join(("", *phrase, ""))
        return any(
            sought in "\t".join(("", *read.characters(read.fold(line)), ""))
            for document in self.documents.values()
            for line in document.text.split("\n")
        )

    def allowed(self, filters: Filters) -> set[int]:
        return {n for n, d in self.documents.items() if allows(filters, d)}


def allows(filters: Filters, document: IndexDocument) -> bool:
    for name, wanted in filters.values.items():
        if not set(wanted) & set(document.codes.get(name, ())):
            return False
    if filters.year_from is not None and (document.year_to is None or document.year_to < filters.year_from):
        return False
    return filters.year_to is None or (
        document.year_from is not None and document.year_from <= filters.year_to
    )


def reader_of(parts: Specification) -> Reader:
    """What reads texts as the service does."""
    return Reader(parts.analyzer, parts.pinyin, parts.synonyms, parts.code_words)


def writer(folder: Path, specification: Specification) -> Writer:
    return Writer(folder, specification.embedding.dimension)


def embedded(folder: Path, specification: Specification, documents: Sequence[IndexDocument]) -> Engine:
    """Built in bulk."""
    writer(folder, specification).load([prepare(specification, documents)], len(documents))
    return opened(folder, specification)


def embedded_followed(
    folder: Path, specification: Specification, documents: Sequence[IndexDocument]
) -> Engine:
    """Built from other documents, and brought here change by change."""
    others = [made_document(number, 1000 + number) for number in range(1, COUNT + 20, 2)]
    embedded(folder, specification, others)
    generation = OpenGeneration(folder, specification.ranking.fields)
    for part in (documents[:30], documents[30:]):
        writer(folder, specification).apply(prepare(specification, part), [])
    gone = [document.number for document in others if document.number > COUNT]
    writer(folder, specification).apply(prepare(specification, []), gone)
    return generation.engine()


def opened(folder: Path, specification: Specification) -> EmbeddedEngine:
    return OpenGeneration(folder, specification.ranking.fields).engine()


ENGINES: dict[str, Callable[[Path, Specification, Sequence[IndexDocument]], Engine]] = {
    "embedded": embedded,
    "embedded, followed": embedded_followed,
}


texts = st.lists(
    st.sampled_from((*WORDS, "哪里", "不存在的", "yungang", "x", "明代", "乾隆时期", "昆剧", "青花")),
    max_size=5,
).map(" ".join)
filter_values = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from((*codes, "unknown")), min_size=1, max_size=2).map(tuple) for name, codes in CODES.items()}
)  # fmt: skip
years = st.none() | st.integers(-300, 2200)
filters = st.builds(Filters, filter_values, years, years)
