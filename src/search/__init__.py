"""Retrieval: text analysis, embedding, the engines, fusion, index generations and relevance."""
