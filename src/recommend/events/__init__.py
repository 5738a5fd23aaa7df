"""What readers did: taken in, kept for a while, counted."""
