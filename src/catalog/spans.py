"""A stretch of years as it is put together while a written date is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.edtf import astronomical, format_edtf
from catalog.vocabularies import Term

_QUALIFIER = {"approximate": "~", "uncertain": "?"}
# The least sure part decides how sure the whole is.
_SURENESS = ("certain", "inferred", "approximate", "uncertain")


@dataclass(frozen=True, slots=True)
class Span:
    """Years in *astronomical* counting (0 is 1 BC), None for an open side.

    `edtf` is set where the date is finer than a year or was EDTF already; `certainty` is a code of the
    vocabulary of that name.
    """

    start: int | None
    end: int | None
    certainty: str = "certain"
    edtf: str | None = None
    dynasty: str | None = None
    reign: str | None = None
    reign_year: int | None = None

    @staticmethod
    def of(dynasty: Term) -> Span:
        """The span of a dynasty, whose years count as historians do."""
        start, end = (None if year is None else astronomical(year) for year in (dynasty.start, dynasty.end))
        return Span(start, end, dynasty=dynasty.code)

    def as_edtf(self) -> str:
        """The span as an EDTF date."""
        return self.edtf or format_edtf(self.start, self.end, _QUALIFIER.get(self.certainty, ""))

    def but(self, certainty: str) -> Span:
        """The same span, at most this sure."""
        worse = max(self.certainty, certainty, key=_SURENESS.index)
        return replace(self, certainty=worse, edtf=self.edtf if worse == self.certainty else None)

    def before(self) -> Span:
        """Everything up to the span's first year."""
        return Span(None, self.start, self.certainty)

    def after(self) -> Span:
        """Everything from the span's last year on."""
        return Span(self.end, None, self.certainty)

    def part(self, number: int, of: int) -> Span:
        """One of `of` equal parts of the span, counted from 0, an end left open counting as the start."""
        if self.start is None or self.end is None:
            return self
        length = self.end - self.start + 1
        start = self.start + length * number // of
        end = max(start, self.start + length * (number + 1) // of - 1)
        return replace(self, start=start, end=end, edtf=None)


def union(spans: Sequence[Span]) -> Span:
    """The span from the first year of all to the last; keeps a dynasty that all of them share."""
    if len(spans) == 1:
        return spans[0]
    starts = [span.start for span in spans]
    ends = [span.end for span in spans]
    dynasties = {span.dynasty for span in spans}
    return Span(
        None if None in starts else min(year for year in starts if year is not None),
        None if None in ends else max(year for year in ends if year is not None),
        max((span.certainty for span in spans), key=_SURENESS.index),
        dynasty=dynasties.pop() if len(dynasties) == 1 else None,
    )
