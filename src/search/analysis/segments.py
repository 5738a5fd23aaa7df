"""Highlights: the parts of an original text that a query matched, as segments that join to the original."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from search.analysis.fold import Folding
from search.analysis.tokens import RUN, latin_word

_FIRST_UNSPACED = "\u3005"
_LEAD = 12
_Stretch = tuple[int, int]
_BREAKS = "。！？；，、.!?;,\n"


class Segment(NamedTuple):
    """A stretch of original text; `match` says that the query matched it."""

    text: str
    match: bool


class Marker:
    """Marks in texts what the terms of one query matched.

    Terms are folded words and bigrams, as an Analyzer gives them; latin ones match whole words. Scripts, width and case
    do not matter: a simplified term marks its traditional form.
    """

    def __init__(self, terms: Collection[str], folding: Folding) -> None:
        self._chinese = [term for term in terms if term[0] >= _FIRST_UNSPACED]
        self._latin = frozenset(terms).difference(self._chinese)
        self._folding = folding

    def highlights(self, texts: Sequence[str]) -> Iterator[list[Segment]]:
        """For each of these texts segments that mark every occurrence of the terms; joined they equal the text."""
        for text, stretches in self._marked(texts):
            yield _segments(text, stretches, 0, len(text))

    def excerpts(self, texts: Sequence[str], length: int = 120) -> Iterator[list[Segment]]:
        """Of each text segments of the stretch of at most `length` characters with most matches, from a clause's beginning."""
        for text, stretches in self._marked(texts):
            start = 0
            if len(text) > length:
                start = _clause_start(text, _best_start(stretches, length, len(text)))
            yield _segments(text, stretches, start, min(len(text), start + length))

    def _marked(self, texts: Sequence[str]) -> Iterator[tuple[str, list[_Stretch]]]:
        """Each text, and where it matches, in order, neighbours joined."""
        for text, (folded, origin) in zip(texts, self._folding.fold_each(texts), strict=True):
            joined: list[_Stretch] = []
            first, last = 0, -1
            for begin, end in sorted(self._matches(folded)):
                start, stop = origin[begin], origin[end - 1] + 1
                if start > last:
                    if last > 0:
                        joined.append((first, last))
                    first = start
                last = max(last, stop)
            yield text, [*joined, (first, last)] if last > 0 else joined

    def _matches(self, folded: str) -> list[_Stretch]:
        """Where the terms stand in the folded text: Chinese ones anywhere, latin ones as whole words."""
        matches: list[_Stretch] = []
        for term in [term for term in self._chinese if term in folded]:
            place = folded.find(term)
            while place >= 0:
                matches.append((place, place + len(term)))
                place = folded.find(term, place + 1)
        if self._latin:
            words = (run for run in RUN.finditer(folded) if run[2])
            matches += [run.span(2) for run in words if latin_word(run[2]) in self._latin]
        return matches


def _segments(text: str, stretches: list[_Stretch], start: int, end: int) -> list[Segment]:
    """The text from `start` to `end`, cut where a match begins or ends."""
    segments = []
    place = start
    for begin, stop in stretches:
        if stop <= start or begin >= end:
            continue
        if begin > place:
            segments.append(Segment(text[place:begin], False))
        begin, place = max(begin, start), min(stop, end)
        segments.append(Segment(text[begin:place], True))
    return segments + ([Segment(text[place:end], False)] if place < end else [])


def _best_start(stretches: list[_Stretch], length: int, size: int) -> int:
    """Where the window with most matched characters begins, a little before its first match."""

    def covered(start: int) -> int:
        return sum(max(0, min(stop, start + length) - max(begin, start)) for begin, stop in stretches)

    last = size - length
    best = max((min(begin, last) for begin, _ in stretches), key=covered, default=0)
    first = next((begin for begin, stop in stretches if stop > best), best)
    return max(0, min(last, max(first, best) - _LEAD))


def _clause_start(text: str, start: int) -> int:
    """Just behind the first punctuation of the lead, so that a clause begins there; else `start`."""
    if start == 0:
        return 0
    near = text[start - 1 : start - 1 + _LEAD]
    ends = [start + place for place, character in enumerate(near) if character in _BREAKS]
    return ends[0] if ends and ends[0] < len(text) else start
