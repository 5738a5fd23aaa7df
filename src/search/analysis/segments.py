"""Highlights: the parts of an original text that a query matched, as segments that join to the original."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from search.analysis.fold import Folding, origin_of
from search.analysis.tokens import FIRST_UNSPACED, RUN, latin_word

_LEAD = 12
_LONGEST_EXCERPT = 120
# A book of which the whole text is kept has its subject in the first pages, and each page of results is marked anew.
_LOOKED_THROUGH = 20_000
_Stretch = tuple[int, int]
_BREAKS = "。！？；，、.!?;,\n"
# Between folded texts: none has it, for controls become spaces.
_BETWEEN = "\n"


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
        self._chinese = [term for term in terms if term[0] >= FIRST_UNSPACED]
        self._latin = frozenset(terms).difference(self._chinese)
        self._folding = folding

    def mark(
        self, titles: Sequence[str], bodies: Sequence[str], length: int = _LONGEST_EXCERPT
    ) -> Iterator[tuple[list[Segment], list[Segment]]]:
        """The highlights of each title, and the excerpt of the body beside it, in one look through all of them.

        Highlights mark every occurrence of the terms and join to the title. An excerpt is the stretch of at most `length`
        characters with most matches, from a clause's beginning; of a very long body the first part is looked through.
        """
        begun = [body[:_LOOKED_THROUGH] for body in bodies]
        stretches = list(self._stretches([*titles, *begun]))
        of_titles, of_bodies = stretches[: len(titles)], stretches[len(titles) :]
        for title, body, marks, body_marks in zip(titles, begun, of_titles, of_bodies, strict=True):
            yield _segments(title, marks, 0, len(title)), _excerpt(body, body_marks, length)

    def _stretches(self, texts: Sequence[str]) -> Iterator[list[_Stretch]]:
        """Where each text matches, in order, neighbours joined."""
        folded = list(self._folding.fold_each(texts))
        matches = sorted(self._matches(_BETWEEN.join([one for one, _ in folded])))
        begin = first = 0
        for text, (one, origin) in zip(texts, folded, strict=True):
            end = begin + len(one)
            behind = bisect_left(matches, (end,), first)
            own = [(start - begin, stop - begin) for start, stop in matches[first:behind]]
            if not isinstance(origin, range):
                own = [origin_of(origin, start, stop, len(text)) for start, stop in own]
            yield _joined(own)
            begin, first = end + len(_BETWEEN), behind

    def _matches(self, folded: str) -> list[_Stretch]:
        """Where the terms stand in folded texts: Chinese ones anywhere, latin ones as whole words."""
        matches: list[_Stretch] = []
        for term in self._chinese:
            place = folded.find(term)
            while place >= 0:
                matches.append((place, place + len(term)))
                place = folded.find(term, place + 1)
        if self._latin:
            words = (run for run in RUN.finditer(folded) if run[2])
            matches += [run.span(2) for run in words if latin_word(run[2]) in self._latin]
        return matches


def _joined(matches: list[_Stretch]) -> list[_Stretch]:
    """Matches in order, of which those that overlap or touch are one."""
    joined = matches[:1]
    for start, stop in matches[1:]:
        first, last = joined[-1]
        if start > last:
            joined.append((start, stop))
        elif stop > last:
            joined[-1] = (first, stop)
    return joined


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


def _excerpt(text: str, stretches: list[_Stretch], length: int) -> list[Segment]:
    """Segments of the stretch of the text with most matches."""
    start = 0
    if len(text) > length:
        start = _clause_start(text, _best_start(stretches, length, len(text)))
    return _segments(text, stretches, start, min(len(text), start + length))


def _best_start(stretches: list[_Stretch], length: int, size: int) -> int:
    """Where the window with most matched characters begins, a little before its first match."""
    begins = [begin for begin, _ in stretches]
    sums = [0, *accumulate(stop - begin for begin, stop in stretches)]

    def matched(place: int) -> int:
        """How many matched characters stand before a place."""
        begun = bisect_left(begins, place)
        return sums[begun] - (max(0, stretches[begun - 1][1] - place) if begun else 0)

    last = size - length
    starts = (min(begin, last) for begin in begins)
    best = max(starts, key=lambda start: matched(start + length) - matched(start), default=0)
    first = next((begin for begin, stop in stretches if stop > best), best)
    return max(0, min(last, max(first, best) - _LEAD))


def _clause_start(text: str, start: int) -> int:
    """Just behind the first punctuation of the lead, so that a clause begins there; else `start`."""
    if start == 0:
        return 0
    near = text[start - 1 : start - 1 + _LEAD]
    ends = [start + place for place, character in enumerate(near) if character in _BREAKS]
    return ends[0] if ends and ends[0] < len(text) else start
