"""Controlled vocabularies: the files of `schemas/vocabularies/`, one list of terms each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from catalog.errors import WenmaiError

# The C loader is ten times faster, but not every build of PyYAML has it.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TERM_KEYS = frozenset({"code", "zh", "en", "aliases", "parent", "from", "to", "note", "dynasty", "ruler"})


class VocabularyError(WenmaiError):
    """A vocabulary file does not have the form that is asked for."""

    title = "Vocabulary not readable"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a vocabulary.

    `start` and `end` are years, negative for BC (-140 is 140 BC; there is no year 0), None where open or not
    given. `number` is the position in the file, from 0. `dynasty` and `ruler` are set for reign titles only.
    """

    code: str
    zh: str
    en: str = ""
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    start: int | None = None
    end: int | None = None
    number: int = 0
    dynasty: str | None = None
    ruler: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Chinese name, English name and aliases, without the empty ones."""
        return tuple(name for name in (self.zh, self.en, *self.aliases) if name)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A named list of terms; `label` maps "zh" and "en" to the name that readers see."""

    name: str
    label: Mapping[str, str]
    terms: tuple[Term, ...]
    _by_code: Mapping[str, Term] = field(init=False, repr=False, compare=False)
    _by_text: Mapping[str, Term] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {term.code: term for term in self.terms})
        object.__setattr__(self, "_by_text", _text_index(self.terms))

    def get(self, code: str) -> Term | None:
        """The term with exactly this code."""
        return self._by_code.get(code)

    def find(self, text: str) -> Term | None:
        """The term whose Chinese name, code, English name or alias this is, in that order; case is ignored.

        Where several terms share a name, the first of the file is meant.
        """
        return self._by_text.get(text.strip().casefold())

    def ancestors(self, code: str) -> tuple[Term, ...]:
        """The terms above this one, nearest first; empty for an unknown code."""
        found: list[Term] = []
        term = self._by_code.get(code)
        while term and term.parent and (term := self._by_code.get(term.parent)):
            found.append(term)
        return tuple(found)


def load_vocabularies(directory: Path) -> Mapping[str, Vocabulary]:
    """All vocabularies of a folder, by name.

    Raises VocabularyError naming the file and the term that is wrong.
    """
    loaded = (load_vocabulary(path) for path in sorted(directory.glob("*.yaml")))
    return MappingProxyType({vocabulary.name: vocabulary for vocabulary in loaded})


def load_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary of one file. Raises VocabularyError naming the file and the term that is wrong."""
    try:
        with path.open("rb") as file:
            data = yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader, see above
    except yaml.YAMLError as error:
        raise VocabularyError(f"{path.name} is not YAML: {error}") from error
    if not isinstance(data, dict) or not {"name", "label", "terms"} <= data.keys():
        raise VocabularyError(f"{path.name} needs the keys name, label and terms")
    if data["name"] != path.stem:
        raise VocabularyError(f"{path.name} calls itself {data['name']!r}; file and name must be the same")
    terms = tuple(_term(raw, number, path.name) for number, raw in enumerate(data["terms"]))
    _check(terms, path.name)
    return Vocabulary(data["name"], data["label"], terms)


def _term(raw: Any, number: int, file: str) -> Term:
    if not isinstance(raw, dict) or not all(isinstance(raw.get(key), str) for key in ("code", "zh")):
        raise VocabularyError(f"{file}: term {number + 1} needs code and zh, both text (quote numbers)")
    if unknown := raw.keys() - _TERM_KEYS:
        raise VocabularyError(f"{file}: term {raw['code']!r} has unknown keys {sorted(unknown)}")
    return Term(
        code=raw["code"],
        zh=raw["zh"],
        en=raw.get("en", ""),
        aliases=tuple(raw.get("aliases", ())),
        parent=raw.get("parent"),
        start=raw.get("from"),
        end=raw.get("to"),
        number=number,
        dynasty=raw.get("dynasty"),
        ruler=raw.get("ruler"),
    )


def _check(terms: tuple[Term, ...], file: str) -> None:
    """Codes are unique and a parent stands before its children, which also rules out circles."""
    seen: set[str] = set()
    for term in terms:
        if term.code in seen:
            raise VocabularyError(f"{file}: the code {term.code!r} is given twice")
        if term.parent is not None and term.parent not in seen:
            raise VocabularyError(f"{file}: the parent {term.parent!r} of {term.code!r} must stand before it")
        seen.add(term.code)


def _text_index(terms: tuple[Term, ...]) -> dict[str, Term]:
    named = chain(
        ((term.zh, term) for term in terms),
        ((term.code, term) for term in terms),
        ((term.en, term) for term in terms if term.en),
        ((alias, term) for term in terms for alias in term.aliases),
    )
    index: dict[str, Term] = {}
    for name, term in named:
        index.setdefault(name.casefold(), term)
    return index
