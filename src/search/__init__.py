"""Retrieval: text analysis, reading what was typed, embedding, the engine, fusion, index generations and relevance."""
