"""Measurements of the running system, on catalogues made for the purpose."""
