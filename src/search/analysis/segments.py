"""Highlights: the parts of an original text that a query matched, as segments that join to the original."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate, groupby

from search.analysis.fold import Folding
from search.analysis.tokens import RUN, latin_word

_FIRST_UNSPACED = "\u3005"
_LEAD = 12
_BREAKS = "。！？；，、.!?;,\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of original text; `match` says that the query matched it."""

    text: str
    match: bool


def highlight(text: str, terms: Collection[str], folding: Folding) -> list[Segment]:
    """Segments of `text` that mark every occurrence of the terms; joined they equal `text`.

    Terms are folded words and bigrams, as an Analyzer gives them; latin ones match whole words.
    Scripts, width and case do not matter: a simplified term marks its traditional form.
    """
    marks = _marks(text, terms, folding)
    return _segments(text, marks, 0, len(text))


def excerpt(text: str, terms: Collection[str], folding: Folding, length: int = 120) -> list[Segment]:
    """Segments of the stretch of at most `length` characters with most matches, from a clause's beginning."""
    marks = _marks(text, terms, folding)
    if len(text) <= length:
        return _segments(text, marks, 0, len(text))
    start = _clause_start(text, _best_start(marks, length))
    return _segments(text, marks, start, min(len(text), start + length))


def _marks(text: str, terms: Collection[str], folding: Folding) -> list[bool]:
    """For each character of the original whether it belongs to a match."""
    folded, offsets = folding.fold_with_offsets(text)
    marks = [False] * len(text)
    for begin, end in _matches(folded, terms):
        if begin < end:
            stop = offsets[end - 1] + 1
            marks[offsets[begin] : stop] = [True] * (stop - offsets[begin])
    return marks


def _matches(folded: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Where the terms stand in the folded text: Chinese ones anywhere, latin ones as whole words."""
    matches: list[tuple[int, int]] = []
    for term in terms:
        if term[0] >= _FIRST_UNSPACED:
            place = folded.find(term)
            while place >= 0:
                matches.append((place, place + len(term)))
                place = folded.find(term, place + 1)
    for run in RUN.finditer(folded):
        if run[2] and latin_word(run[2]) in terms:
            matches.append(run.span(2))
    return matches


def _segments(text: str, marks: list[bool], start: int, end: int) -> list[Segment]:
    segments = []
    for match, group in groupby(range(start, end), marks.__getitem__):
        places = list(group)
        segments.append(Segment(text[places[0] : places[-1] + 1], match))
    return segments


def _best_start(marks: list[bool], length: int) -> int:
    """Where the window with most marked characters begins, a little before its first mark."""
    sums = [0, *accumulate(marks)]
    last = len(marks) - length
    best = max(range(last + 1), key=lambda start: sums[start + length] - sums[start])
    first = bisect_left(sums, sums[best] + 1) - 1 if sums[-1] > sums[best] else best
    return max(0, min(last, first - _LEAD))


def _clause_start(text: str, start: int) -> int:
    """Just behind the first punctuation of the lead, so that a clause begins there; else `start`."""
    if start == 0:
        return 0
    near = text[start - 1 : start - 1 + _LEAD]
    ends = [start + place for place, character in enumerate(near) if character in _BREAKS]
    return ends[0] if ends and ends[0] < len(text) else start
