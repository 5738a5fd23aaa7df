"""Recommendation: what readers did, what is learnt from it, and the lists that are made of it, each entry with its reason."""
