"""Rankings that lack one ingredient each, to see what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.specification import Ranking

FIELDS: Mapping[str, tuple[str, ...]] = {
    "words": ("text_words", "title_words"),
    "bigrams": ("text_bigrams",),
    "characters": ("text_characters",),
    "pinyin": ("pinyin", "other_pinyin", "spoken_names"),
    "other_names": ("other_parts", "title_endings"),
}
"""What is left out by leaving out fields."""


def rankings_without(ranking: Ranking) -> dict[str, Ranking]:
    """The ranking without each of FIELDS, without vectors, loose ranking, the bonus for titles, quotations or all words, or the choice for each query.

    Without the choice, all queries have one weight of the vector leg, the middle of what they get, and no loose ranking.
    """
    middle = (ranking.vector.unsure + ranking.vector.least) / 2
    changes: dict[str, dict[str, Any]] = {
        "vectors": {"vector": ranking.vector.model_copy(update={"unsure": 0.0, "least": 0.0})},
        "loose": {"loose_below": 0.0},
        "titles": {"exact_title": 0.0},
        "misquoted": {"misquoted": 0.0},
        "whole": {"whole": 0.0},
        "choice": {
            "loose_below": 0.0,
            "vector": ranking.vector.model_copy(update={"unsure": middle, "least": middle}),
        },
    }
    lacking = {name: {"fields": _without(ranking.fields, gone)} for name, gone in FIELDS.items()}
    return {name: ranking.model_copy(update=change) for name, change in (lacking | changes).items()}


def _without(fields: Mapping[str, float], gone: tuple[str, ...]) -> dict[str, float]:
    return {name: weight for name, weight in fields.items() if name not in gone}
