from __future__ import annotations

from catalog.assets import asset
from search.analysis.words import Analyzer
from search.embedding.tokens import LONGEST_TEXT, embedding_tokens


def test_tokens_are_characters_pairs_and_long_words_with_latin_words_once() -> None:
    tokens = embedding_tokens(Analyzer(asset("index_config")), "傳承人 Museums")
    assert tokens == ["传", "承", "人", "museum", "传承", "承人", "传承人"]


def test_only_the_beginning_of_a_long_text_counts() -> None:
    tokens = embedding_tokens(Analyzer(asset("index_config")), "。" * LONGEST_TEXT + "云冈")
    assert tokens == []
