"""The fields of the keyword index, and what an index document has in them.

Text comes analysed: each field holds tokens joined by spaces. `text_*` holds everything together, `title_*`
the titles alone, so that a title can count for more. Fields of characters keep their positions, for phrases.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from search.analysis.pinyin import Pinyin
from search.analysis.words import Analysis, Analyzer
from search.documents import IndexDocument
from search.query import FACETS
from search.reading.understanding import bare_title, title_key

TOKEN_FIELDS = (
    "text_words", "text_bigrams", "title_words", "title_bigrams", "pinyin", "other_pinyin",
)  # fmt: skip
PHRASE_FIELDS = ("text_characters", "title_characters", "names_characters", "subjects_characters")
# A character of private use between two values, so that no phrase reaches from one into the next.
_BETWEEN = "\ue001"
_TITLES_KEYED = 5
_LONGEST_KEY = 200
_SHORTEST_INITIALS, _LONGEST_INITIALS = 3, 8
# Odd, so that multiplying by it is undone by its inverse; the golden ratio of 32 bits spreads neighbours widely.
_SCATTER, _NUMBERS = 0x9E3779B1, 1 << 32
_GATHER = pow(_SCATTER, -1, _NUMBERS)
# Of the columns by which hits are sorted one document in so many bears the least and the greatest value, too.
_SPREAD, _GREATEST = 128, 1 << 22
LONGEST_START = 6
"""Beginnings of completion keys up to this length are terms of their own; longer ones begin few keys."""


def schema() -> tantivy.Schema:
    """The tantivy schema of every generation."""
    builder = tantivy.SchemaBuilder()
    for name in TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in PHRASE_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("identifier", "title_key", "completion", "completion_start"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("number", *FACETS):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("scattered", "revision"):
        builder.add_unsigned_field(name, indexed=False, fast=True)
    for name in ("year_from", "year_to", "work"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("title_order", "title_length", "title_hash", "completion_weight"):
        builder.add_integer_field(name, indexed=False, fast=True)
    return builder.build()


def described_by(meta: Path) -> bool:
    """Whether an index's list of segments describes this schema to the letter.

    Tantivy passes over what it does not know in it, so that comparing schemas misses a damaged word.
    """
    described = json.loads(meta.read_bytes()).get("schema")
    return bool(described == schema().__reduce__()[1][0]["inner"])  # type: ignore[index]  # what a pickle of it holds


def scattered(number: int) -> int:
    """A number as the column has it that hits are read from: another number below 2^32.

    Numbers that nearly form a line are compressed by lines, and every search that opens such a column reads all of
    them first: a third of a millisecond with ten million. Scattered ones are packed plainly, and open at once.
    """
    return number * _SCATTER % _NUMBERS


def spread(number: int, value: int) -> list[int]:
    """A value to sort the document of this number by, as its column has it: the first one counts.

    The others keep the column as quick to open as scattered numbers are: values that are near each other within a stretch of the
    column would be compressed by lines, too.
    """
    return [value] if number % _SPREAD else [value, 0, _GREATEST]


def gathered(values: Sequence[int]) -> list[int]:
    """The numbers that were scattered."""
    return [value * _GATHER % _NUMBERS for value in values]


def open_index(directory: Path) -> tantivy.Index:
    """The keyword index in `directory`, made if there is none."""
    directory.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(schema(), str(directory))


@dataclass(frozen=True, slots=True)
class Layout:
    """Turns index documents into the fields of the keyword index, all but the facets."""

    analyzer: Analyzer
    pinyin: Pinyin

    def fields(self, document: IndexDocument) -> Mapping[str, Any]:
        """Field names to values; what a document lacks is absent."""
        fields: dict[str, Any] = {
            "number": document.number,
            "scattered": scattered(document.number),
            "revision": document.revision,
            "title_order": self.pinyin.sort_key(document.title),
            "title_length": spread(document.number, self._title_length(document.title)),
            "identifier": document.identifiers,
            "year_from": document.year_from,
            "year_to": document.year_to,
            "work": self._work(document),
            **self._tokens(document),
            **self._keys(document.titles),
        }
        return {name: value for name, value in fields.items() if value is not None and value != []}

    def _title_length(self, title: str) -> int:
        return len(title_key(self.analyzer.fold(bare_title(title))))

    def _work(self, document: IndexDocument) -> int:
        """The number of its work; a resource that is a work of its own has one that no other can have."""
        key = "\n".join(title_key(self.analyzer.fold(part)) for part in document.work)
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        return int.from_bytes(digest) >> 1 if document.work else -document.number

    def _tokens(self, document: IndexDocument) -> dict[str, str]:
        title, names, subjects, body = (
            self._analysed(values)
            for values in (document.titles, document.names, document.subjects, document.body)
        )
        every = (title, names, subjects, body)
        tokens = {
            "title_words": title.words,
            "title_bigrams": title.bigrams,
            "title_characters": title.characters,
            "names_characters": names.characters,
            "subjects_characters": subjects.characters,
            "text_words": [token for part in every for token in part.words],
            "text_bigrams": [token for part in every for token in part.bigrams],
            "text_characters": _joined([part.characters for part in every]),
            "pinyin": self._sounds(document.titles),
            "other_pinyin": [
                *self._sounds(document.names),
                *filter(None, map(self.pinyin.whole_name, [*document.titles, *document.names])),
                *self._initials(title.words),
                *(line for text in document.body for line in self.pinyin.lines(text)),
            ],
        }
        return {name: " ".join(values) for name, values in tokens.items()}

    def _sounds(self, texts: list[str]) -> list[str]:
        return [token for text in texts for token in self.pinyin.pinyin_tokens(text)]

    def _initials(self, words: list[str]) -> list[str]:
        """Initials of two and three neighbouring words of a title, as readers type a part of it: dhbh for 敦煌壁画."""
        each = ["".join(syllable[0] for syllable in self.pinyin.syllables(word)) for word in words]
        joined = (
            "".join(each[first : first + size]) for size in (2, 3) for first in range(len(each) - size + 1)
        )
        return [letters for letters in joined if _SHORTEST_INITIALS <= len(letters) <= _LONGEST_INITIALS]

    def _analysed(self, values: list[str]) -> Analysis:
        if len(values) < 2:
            return self.analyzer.analyze(values[0] if values else "")
        analysis = self.analyzer.analyze(f"\n{_BETWEEN}\n".join(values))
        words = [word for word in analysis.words if word != _BETWEEN]
        return Analysis(words, analysis.bigrams, analysis.characters)

    def completion_keys(self, titles: Sequence[str]) -> list[str]:
        """What the titles of a resource may be begun to be typed as: folded, in pinyin, in initials."""
        keys = dict.fromkeys(self._title_keys(titles))
        for title in titles[:_TITLES_KEYED]:
            syllables = self.pinyin.syllables(title)[:_LONGEST_KEY]
            keys["".join(syllables)] = None
            keys["".join(syllable[0] for syllable in syllables)] = None
        return [key for key in keys if key]

    def _title_keys(self, titles: Sequence[str]) -> list[str]:
        return [title_key(self.analyzer.fold(title))[:_LONGEST_KEY] for title in titles[:_TITLES_KEYED]]

    def _keys(self, titles: list[str]) -> dict[str, list[str]]:
        completions = self.completion_keys(titles)
        starts = dict.fromkeys(key[:size] for key in completions for size in range(1, LONGEST_START + 1))
        return {
            "title_key": self._title_keys(titles),
            "completion": completions,
            "completion_start": list(starts),
        }


def _joined(parts: list[list[str]]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if part:
            joined += [_BETWEEN, *part] if joined else part
    return joined
