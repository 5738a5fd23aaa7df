"""The default engine: tantivy for the keyword leg and its facets, FAISS for the vector leg, in one directory."""
