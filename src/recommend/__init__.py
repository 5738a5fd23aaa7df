"""Recommendation from readers' events. Empty so far: similar items by content live in `search.similar`."""
