"""Highlights: the parts of an original text that a query matched, as segments that join to the original."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from search.analysis.fold import Folding
from search.analysis.tokens import RUN, latin_word

_FIRST_UNSPACED = "\u3005"
_LEAD = 12
_Stretch = tuple[int, int]
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
    return _segments(text, _stretches(text, terms, folding), 0, len(text))


def excerpt(text: str, terms: Collection[str], folding: Folding, length: int = 120) -> list[Segment]:
    """Segments of the stretch of at most `length` characters with most matches, from a clause's beginning."""
    stretches = _stretches(text, terms, folding)
    if len(text) <= length:
        return _segments(text, stretches, 0, len(text))
    start = _clause_start(text, _best_start(stretches, length, len(text)))
    return _segments(text, stretches, start, min(len(text), start + length))


def _stretches(text: str, terms: Collection[str], folding: Folding) -> list[_Stretch]:
    """Where the original matches, in order, neighbours joined."""
    folded, origin = folding.fold_with_offsets(text)
    joined: list[_Stretch] = []
    for begin, end in sorted(_matches(folded, terms)):
        start, stop = origin[begin], origin[end - 1] + 1
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _matches(folded: str, terms: Collection[str]) -> list[_Stretch]:
    """Where the terms stand in the folded text: Chinese ones anywhere, latin ones as whole words."""
    matches: list[_Stretch] = []
    latin = False
    for term in terms:
        if term[0] >= _FIRST_UNSPACED:
            place = folded.find(term)
            while place >= 0:
                matches.append((place, place + len(term)))
                place = folded.find(term, place + 1)
        else:
            latin = True
    if latin:
        words = (run for run in RUN.finditer(folded) if run[2])
        matches += [run.span(2) for run in words if latin_word(run[2]) in terms]
    return matches


def _segments(text: str, stretches: list[_Stretch], start: int, end: int) -> list[Segment]:
    """The text from `start` to `end`, cut where a match begins or ends."""
    segments = []
    place = start
    for begin, stop in stretches:
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        if begin > place:
            segments.append(Segment(text[place:begin], False))
        segments.append(Segment(text[begin:stop], True))
        place = stop
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
