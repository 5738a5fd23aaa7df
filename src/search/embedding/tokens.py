"""The tokens of which a text's vector is the weighted sum."""

from __future__ import annotations

from search.analysis.tokens import FIRST_UNSPACED
from search.analysis.words import Analyzer

LONGEST_TEXT = 512
"""Characters of a text that count; what follows adds little to a sum and much to the time."""

_SHORTEST_WORD = 3


def embedding_tokens(analyzer: Analyzer, text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Characters, bigrams and dictionary words of three and more characters; latin words once, whole."""
    analysis = analyzer.analyze(text[:longest])
    tokens = analysis.characters
    tokens += [pair for pair in analysis.bigrams if pair[0] >= FIRST_UNSPACED]
    tokens += [word for word in analysis.words if len(word) >= _SHORTEST_WORD and word[0] >= FIRST_UNSPACED]
    return tokens
