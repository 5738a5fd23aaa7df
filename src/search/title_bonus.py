"""What a title near the text adds to a resource's score."""

from __future__ import annotations

import math

from search.analysis.fold import Folding
from search.engine import Engine, Tally
from search.query import Filters
from search.reading.understanding import Understanding, Unit, title_key

_TITLES = 20
# A title of which the text is half gets a sixteenth of what an exact one gets: enough to lead among equals.
_TITLE_STEEPNESS = 4
# A single word is a name more often than not, and a title has more than the name in it.
_NAME_STEEPNESS = 2
# What a title gets that reads as what was typed in latin letters: other characters read alike, too.
_SPOKEN = 0.5
# A title that has all of the text and hardly anything else, but for what is in brackets, is not the text.
_NEARLY = 0.7
# What the names of places end with that no list of regions has: 五台山佛光寺. A shorter title behind a place may be any thing there.
_PLACES, _SHORTEST_BESIDE = tuple("山岭峰河江湖海岛镇村"), 3
# What a question asks about counts so much less where a resource has most of the question: that one may answer it.
_COVERED = 0.25


class TitleBonus:
    """Looks titles up. One object serves all requests.

    `exact`: what a title gets that is just the text; `sure`: the coverage from which the keyword leg is sure.
    """

    def __init__(self, exact: float, sure: float, folding: Folding) -> None:
        self._exact, self._sure = exact, sure
        self._folding = folding

    def bonus(
        self, engine: Engine, text: Understanding, filters: Filters, tally: Tally, coverage: float
    ) -> tuple[dict[int, float], set[int]]:
        """The nearer a title comes to being the text, the more; a long title that holds it gets next to nothing.

        Of a question, the title that is most of what it asks about, less so where some resource covers it. Besides, which
        resources are called just what was typed, by their main title.
        """
        whole = self._exact
        asked = engine.titled(text.names, filters, _TITLES)
        shares = engine.title_shares(text, filters, _TITLES)
        asking = whole if coverage < self._sure else whole * _COVERED
        bonus = {n: asking * min(1.0, length / text.content_length) ** 2 for n, length in asked.items()}
        steepness = _NAME_STEEPNESS if len(text.units) == 1 else _TITLE_STEEPNESS
        for number, share in shares.items():
            bonus[number] = max(bonus.get(number, 0.0), whole * min(_NEARLY, share**steepness))
        for written in text.in_other_figures:
            # Who types the number of a part means that part, however much stands behind it.
            for number, share in engine.title_shares(written, filters, _TITLES).items():
                bonus[number] = max(bonus.get(number, 0.0), whole * math.sqrt(share))
        if text.pinyin and text.typed_pinyin:
            read = engine.titled_in_pinyin(text.typed_pinyin, filters, _TITLES)
            bonus |= {number: max(bonus.get(number, 0.0), whole * _SPOKEN) for number in read}
        # Of one thing of several names the title may be the standard one.
        names = text.standard_titles if text.is_one_thing else ()
        keys = [text.title_key, text.typed_key, self._counted_key(text, tally), *names]
        keys += self._beside_a_place(text)
        exact = engine.titled(keys, filters, _TITLES)
        made = engine.titled(text.beside_a_maker, filters, _TITLES, makers=text.makers)
        lengths = set(map(len, keys))
        called = {number for number, length in exact.items() if length in lengths}
        return bonus | dict.fromkeys([*made, *exact], whole), called

    def called(self, engine: Engine, text: Understanding, filters: Filters) -> set[int]:
        """What is called just what was typed, with nothing in brackets besides: of that the best is first, whatever else is near."""
        return engine.called([text.title_key, text.typed_key], filters, _TITLES)

    def _beside_a_place(self, text: Understanding) -> list[str]:
        """The last word of a text as a whole title would be keyed, if it is a long one and places stand before it; else nothing."""
        units = () if text.expression else text.units
        if len(units) < 2 or len(units[-1].label) < _SHORTEST_BESIDE or not all(map(_is_place, units[:-1])):
            return []
        return [title_key(self._folding.fold(units[-1].label))]

    def _counted_key(self, text: Understanding, tally: Tally) -> str:
        """What is left of a text without the words that the tier left out, as a whole title would be keyed."""
        counted = (unit.label for unit in text.units if unit.label not in tally.dropped)
        return title_key(self._folding.fold("".join(counted)))


def _is_place(unit: Unit) -> bool:
    return bool(unit.region) or unit.label.endswith(_PLACES)
