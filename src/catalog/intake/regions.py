"""Finding the GB/T 2260 code of a place that is written from the province down, as Chinese addresses are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from catalog.vocabularies import Term, Vocabulary

# What is left of an older name after its short form was recognised: 日喀则|地区.
_RANK = re.compile(r"(?:特别行政区|自治州|自治县|自治区|自治旗|地区|林区|矿区|新区|省|市|盟|县|区|旗)")


class Regions:
    """Walks an address down the tree of divisions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._below: dict[str | None, list[tuple[str, Term]]] = {}
        for term in vocabulary.terms:
            self._below.setdefault(term.parent, []).extend((name, term) for name in (term.zh, *term.aliases))
        self.code = lru_cache(maxsize=20_000)(self._code)

    def _code(self, address: str) -> str | None:
        """Code of the smallest division named at the start of `address`; None if it names no province."""
        found: Term | None = None
        rest = address.replace(" ", "")
        while match := self._match(found, rest):
            name, found = match
            rest = _behind(name, rest)
            # Municipalities are often written twice, as province and as city; but Jilin is a city of Jilin.
            if rest.startswith(name) and not self._match(found, rest):
                rest = _behind(name, rest)
        return found.code if found else None

    def _match(self, above: Term | None, rest: str) -> tuple[str, Term] | None:
        children = self._below.get(above.code if above else None, [])
        here = [(name, term) for name, term in children if rest.startswith(name)]
        if not here and above:
            below = (self._below.get(child.code, []) for child in _once(term for _, term in children))
            here = [(name, term) for names in below for name, term in names if rest.startswith(name)]
            if len({term.code for _, term in here}) > 1:
                return None
        return max(here, key=lambda entry: len(entry[0]), default=None)


def _behind(name: str, address: str) -> str:
    """What follows the name that an address begins with, and its rank."""
    rest = address.removeprefix(name)
    rank = _RANK.match(rest)
    return rest[rank.end() :] if rank else rest


def _once(terms: Iterable[Term]) -> Iterable[Term]:
    return {term.code: term for term in terms}.values()
