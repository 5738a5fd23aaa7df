"""Text analysis: folding, words, bigrams, characters, pinyin and highlighted segments."""
