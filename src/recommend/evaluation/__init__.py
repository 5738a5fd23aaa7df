"""How good recommendations are, on published sets and beside what else there is."""
